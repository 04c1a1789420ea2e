export const heavy: number = 1;
