export type High = number;
