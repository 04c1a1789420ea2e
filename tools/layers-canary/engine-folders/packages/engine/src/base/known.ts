export const known: number = 1;
