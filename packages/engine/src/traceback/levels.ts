/** What GOTRACEBACK can be set to, from nothing but the message to all that there is. */
export const TRACEBACK_LEVELS = ['none', 'single', 'all', 'system', 'crash'] as const;

export type TracebackLevel = (typeof TRACEBACK_LEVELS)[number];
