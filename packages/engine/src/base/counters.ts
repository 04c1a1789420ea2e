/** What the engine has done since the process began. Each is a plain number that is added to where the work is done. */
export interface Counters {
  /** Pages of files that were read, and all bytes that were read of files. */
  pagesRead: number;
  bytesRead: number;
  /** Compressed sections that were opened, and the bytes that were made of them. */
  sectionsInflated: number;
  bytesInflated: number;
  /** Of debugging information: units whose headers were read, entries that were passed or read, rows of line tables. */
  unitsRead: number;
  entriesRead: number;
  lineRows: number;
  /** Addresses whose function was looked for in the function tables. */
  functionLookups: number;
  /** Frames that were found on stacks, whatever for. */
  framesUnwound: number;
  goroutinesRead: number;
  instructionsDecoded: number;
  /** Values of variables and of their parts. */
  valuesLoaded: number;
  stringsDecoded: number;
}

/** Those of this process: for `--stats`, and for tests that nothing needless is done. */
export const counters: Counters = {
  pagesRead: 0,
  bytesRead: 0,
  sectionsInflated: 0,
  bytesInflated: 0,
  unitsRead: 0,
  entriesRead: 0,
  lineRows: 0,
  functionLookups: 0,
  framesUnwound: 0,
  goroutinesRead: 0,
  instructionsDecoded: 0,
  valuesLoaded: 0,
  stringsDecoded: 0,
};
