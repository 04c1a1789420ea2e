/** What the runtime printed, out of everything that a program wrote to standard error. */
export function runtimeText(stderr: string): string;
/** The text without what differs between two runs of a program. */
export function normaliseRun(text: string): string;
