/** What stands for the state of `runtime stack:`, which is no goroutine's. */
export const RUNTIME_STACK = 'runtime stack';

/** True for the functions by which a program prints its own stack: it goes on then, as a rule. */
export function isOwnStack(functionName: string): boolean {
  return functionName === 'runtime/debug.Stack' || functionName === 'runtime/debug.PrintStack';
}

/** A frame as a crash text has it; what the text does not say is undefined. Addresses are hex strings with 0x. */
export interface TextFrame {
  /** The function; `runtime.gopanic` for `panic`. */
  readonly function: string;
  /** What stands between the parentheses, as it is: words of memory, not values. `...` where the call was inlined. */
  readonly arguments: string;
  readonly inlined: boolean;
  /** '' where the text has no place, as for C code. */
  readonly file: string;
  readonly line: number;
  /** Distance of pc from the function's entry. */
  readonly offset: number | undefined;
  readonly fp: string | undefined;
  readonly sp: string | undefined;
  readonly pc: string | undefined;
}

/** Where a goroutine was started. */
export interface TextCreator {
  readonly function: string;
  readonly file: string;
  readonly line: number;
  /** The goroutine that did it (Go 1.21+). */
  readonly goroutine: number | undefined;
}

/** A stack of a crash text: a goroutine's, or that of the runtime itself. */
export interface TextGoroutine {
  /** 0 for the stacks of threads; undefined for `runtime stack:` and in goroutine profiles. */
  readonly id: number | undefined;
  /** How many goroutines have this stack: more than one in goroutine profiles. */
  readonly count: number;
  /** `running`, `chan receive`, … without time and marks. */
  readonly status: string;
  readonly minutes: number | undefined;
  readonly lockedToThread: boolean;
  /** Other marks of the state, as they are: `synctest bubble 1`. */
  readonly marks: readonly string[];
  /** Labels as they are printed. */
  readonly labels: string | undefined;
  readonly frames: readonly TextFrame[];
  /** Frames that the runtime left out. */
  readonly elided: number;
  /** True if it left out more, without saying how many. */
  readonly cutOff: boolean;
  readonly createdBy: TextCreator | undefined;
  /** Why there are no frames: it ran on another thread. */
  readonly unavailable: boolean;
  /** Line of the text that it begins on, from 1. */
  readonly textLine: number;
}

export interface TextPanic {
  readonly text: string;
  readonly recovered: boolean;
  readonly repanicked: boolean;
}

/** The signal of a crash text. */
export interface TextSignal {
  readonly name: string;
  readonly code: string;
  readonly address: string | undefined;
  readonly pc: string | undefined;
}

/** What a program printed when it died, or when its goroutines were dumped. */
export interface CrashText {
  /** Line of the text that it begins on, from 1. */
  readonly textLine: number;
  /** The oldest first. */
  readonly panics: readonly TextPanic[];
  readonly fatal: string | undefined;
  /** A signal that ended the program, or the fault behind a panic. */
  readonly signal: TextSignal | undefined;
  /** True if the signal itself is the cause: `SIGQUIT: quit`. */
  readonly bySignal: boolean;
  /** Lines of the runtime that explain a fatal error. */
  readonly explanation: readonly string[];
  readonly goroutines: readonly TextGoroutine[];
  readonly registers: Readonly<Record<string, string>> | undefined;
  /** True if the first stack has no head: what was before is not in the text. */
  readonly startsInside: boolean;
  /** True if the text ends inside a stack. */
  readonly endsInside: boolean;
}

/** Numbers of lines, from one up to another, that one included. */
export type LineRange = readonly [first: number, last: number];

/** All that a text has of Go programs that died. */
export interface CrashTexts {
  /** In the order in which they begin; at least one. */
  readonly crashes: readonly CrashText[];
  /** Lines that are not the runtime's: of logs, of the program. */
  readonly strange: readonly LineRange[];
  /** Lines on which reports of the race detector begin. */
  readonly races: readonly number[];
}

/** True if the program recovered from its panic, by what it printed, and went on. */
export function isSurvived({ panics, goroutines }: CrashText): boolean {
  const last = panics.at(-1);
  if (last === undefined) return false;
  return (last.recovered && !last.repanicked) || isOwnStack(goroutines[0]?.frames[0]?.function ?? '');
}
