/** How much of the process is at hand, and what would have kept the rest. */
export interface HealthResult {
  readonly core: {
    readonly path: string;
    /** Bytes. */
    readonly size: number;
    /** Bytes that the core would have if it were not cut off. */
    readonly wholeSize: number;
  };
  /** Memory that the process could access, in bytes. */
  readonly memory: {
    readonly total: number;
    readonly inCore: number;
    /** In the executable and libraries that were found. */
    readonly inFiles: number;
    readonly missing: number;
    /** Of `total`, with one decimal; 100 only if nothing is missing. */
    readonly presentPercent: number;
  };
  readonly executable: {
    readonly path: string | undefined;
    readonly proof: 'proven' | 'unproven' | 'differs' | undefined;
    /** How it was proven, or why not; a sentence. */
    readonly how: string;
  };
  readonly missing: readonly LossResult[];
  /** What else is doubtful about the files, a sentence each. */
  readonly doubts: readonly string[];
}

/** Something that is missing. */
export interface LossResult {
  readonly kind: 'cut off' | 'left out' | 'file' | 'executable' | 'proof' | 'list of files';
  readonly what: string;
  /** Bytes of memory; undefined where it is not memory. */
  readonly bytes: number | undefined;
  /** Commands and settings for the next time, or what to give now; the likeliest first. */
  readonly fixes: readonly string[];
}
