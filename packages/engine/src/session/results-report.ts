import type {
  CauseResult,
  GoroutineGroup,
  LocationResult,
  RecursionResult,
  SourceResult,
  StackResult,
  VariableResult,
} from './results.ts';
import type { HealthResult } from './results-health.ts';
import type { WaitsDetail, WaitSummaryResult } from './results-waits.ts';

/** `report`. */
export interface ReportResult {
  readonly program: {
    readonly executable: string | undefined;
    /** Path of the core, or of the text that the report is about. */
    readonly core: string;
    /** Set where the report is about the text that a program printed: memory and values are absent. */
    readonly input?: 'crash text';
    readonly goVersion: string | undefined;
    readonly arch: string;
    readonly pid: number | undefined;
    readonly command: string | undefined;
    readonly mainPackage: string | undefined;
    /** Flags of note: stripped, optimised, trimmed paths, position-independent, cgo. */
    readonly build: readonly string[];
    readonly proof: string | undefined;
  };
  readonly cause: CauseResult;
  /** Stack of the goroutine that crashed, all frames; `plumbing` marks those to fold. */
  readonly stack: StackResult | undefined;
  /** Set where functions called each other until the stack overflowed: frames of `stack` that are alike. */
  readonly recursion: RecursionResult | undefined;
  /** Index in `stack.frames` of the frame where the user's code failed. */
  readonly userFrame: number | undefined;
  readonly source: SourceResult | undefined;
  readonly arguments: readonly VariableResult[];
  readonly locals: readonly VariableResult[];
  readonly variablesProblem: string | undefined;
  readonly others: readonly GoroutineGroup[];
  readonly goroutineCount: number;
  /** Who waits for whom; undefined where that tells nothing, and for crash texts. */
  readonly waits?: WaitSummaryResult;
  /** What is missing or doubtful about the input, a sentence each. */
  readonly health: readonly string[];
  /** How much of the process is at hand, and what would have kept the rest; a crash text has no memory. */
  readonly input: HealthResult | undefined;
  /** With `-full`, and in the forms that show it: the frames with their variables, the stacks of the other goroutines. */
  readonly detail?: ReportDetail;
  /** Set where the contents of strings and bytes are hidden. */
  readonly redacted?: true;
}

/** What the long forms of a report show besides. */
export interface ReportDetail {
  /** Frames of the stack that died, but for plumbing; the first ones, if there are many. */
  readonly frames: readonly FrameDetail[];
  /** Stacks of `others`, the largest groups first. */
  readonly stacks: readonly GroupStack[];
  /** Groups of others whose stacks were left out. */
  readonly stacksLeftOut: number;
  /** Who waits for what, and which cannot go on; undefined where nobody of the program waits, and for crash texts. */
  readonly waits?: WaitsDetail;
}

/** What a frame held. */
export interface FrameDetail {
  readonly index: number;
  readonly source: SourceResult;
  readonly arguments: readonly VariableResult[];
  readonly locals: readonly VariableResult[];
  /** Why there are no variables, if nothing can be said about them. */
  readonly problem: string | undefined;
}

/** The stack that the goroutines of a group share. */
export interface GroupStack {
  /** `key` of the group. */
  readonly key: string;
  /** From the innermost call on. */
  readonly frames: readonly LocationResult[];
  /** True when more frames follow. */
  readonly truncated: boolean;
}
