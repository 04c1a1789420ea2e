/** What the command ends with. */
export const EXIT = {
  ok: 0,
  /** A command of the session failed. */
  failed: 1,
  /** The arguments were not understood. */
  usage: 2,
  /** The core or its executable cannot be loaded. */
  load: 3,
  /** A bug of ours (EX_SOFTWARE of sysexits.h). */
  internal: 70,
} as const;
