/** Values of parameters by name; absent ones are left out. */
export type Parameters = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
