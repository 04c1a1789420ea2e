export const high: number = 1;
