export const command: number = 1;
