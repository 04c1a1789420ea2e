export const dial: number = 1;
