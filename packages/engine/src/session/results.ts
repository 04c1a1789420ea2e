import type { Confidence, DeathKind } from '../findings/cause/death.ts';
import type { ValueTree } from '../values/tree.ts';
import type { Parameters } from './parameters.ts';

/** A list that may have been cut: `total` counts what there is, `truncated` says that `items` are fewer. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly truncated: boolean;
}

/** One logical frame. Addresses are hex strings with 0x. */
export interface FrameResult {
  readonly index: number;
  readonly pc: string;
  readonly function: string;
  /** Absolute path as compiled in; '' when not known. */
  readonly file: string;
  readonly line: number;
  readonly inlined: boolean;
  /** Distance of pc from the function's entry; of the physical function where inlined. */
  readonly offset: number;
  /** Path of the executable or library that C code is in; undefined for Go. */
  readonly module: string | undefined;
  readonly stack: 'goroutine' | 'system' | 'signal' | 'native';
  /** True where the function was interrupted (fault, signal, preemption) and did not call on. */
  readonly interrupted: boolean;
  /** Canonical frame address, where known. */
  readonly cfa: string | undefined;
  /** True for frames of the runtime's crash machinery and other plumbing that reports fold away. */
  readonly plumbing: boolean;
  readonly arguments: readonly VariableResult[] | undefined;
  readonly locals: readonly VariableResult[] | undefined;
  /** With `-offsets`. */
  readonly offsets?: FrameOffsets;
  /** With `-defer`: the calls that it deferred and that have not returned, the next to run first. */
  readonly deferred?: readonly DeferredResult[];
}

/** Bytes from the top of the goroutine's stack, which is above, so they are negative. */
export interface FrameOffsets {
  readonly frame: number | undefined;
  readonly framePointer: number | undefined;
}

/** A deferred call of a frame. */
export interface DeferredResult {
  /** Counts from 1. */
  readonly number: number;
  /** Where the function begins that was deferred. */
  readonly pc: string;
  readonly function: string;
  readonly file: string;
  readonly line: number;
  readonly deferredBy: string;
  /** The `defer` statement, where it is recorded. */
  readonly deferredAt: LocationResult | undefined;
  /** True while it runs (told by Go 1.21 and before). */
  readonly running: boolean;
  /** True if the compiler keeps it in the frame, and not the runtime in a record. */
  readonly openCoded: boolean;
  /** Address of the function value. */
  readonly closure: string;
}

/** A goroutine that another descends from, as it was at its `go` statement. */
export interface AncestorResult {
  readonly goroutine: number;
  readonly frames: readonly LocationResult[];
  readonly truncated: boolean;
  readonly createdBy: LocationResult | undefined;
}

export interface StackResult {
  readonly goroutine: number | undefined;
  readonly thread: number | undefined;
  readonly frames: readonly FrameResult[];
  /** True when more frames follow than were asked for. */
  readonly truncated: boolean;
  /** Why the stack ends, when it does not end as it should. */
  readonly problem: string | undefined;
  /** Why frames are missing in the middle of the stack, if some are: C code that cannot be followed. */
  readonly gap: string | undefined;
  /** Frames that were asked for are counted from here. */
  readonly selected: number;
  /** With `-a`. */
  readonly ancestors?: readonly AncestorResult[];
}

/** A variable of a frame or package: a value, or a reason why there is none. */
export interface VariableResult {
  readonly name: string;
  readonly type: string;
  readonly class: 'argument' | 'result' | 'local' | 'global' | 'constant';
  /** Undefined exactly if `absent` is set. */
  readonly value: ValueTree | undefined;
  /** Why there is no value, in plain words. */
  readonly absent: string | undefined;
  /** Set when the value may be older than this point of the program, and why. */
  readonly stale: string | undefined;
  /** Where the value was read from: for `locals -v`. */
  readonly from: string | undefined;
  /** Hidden by a variable of the same name in an inner scope. */
  readonly shadowed: boolean;
  readonly line: number | undefined;
}

export interface VariablesResult {
  readonly frame: FrameResult | undefined;
  readonly variables: readonly VariableResult[];
  /** Why there are none at all, if nothing can be said about them. */
  readonly problem: string | undefined;
}

export interface LocationResult {
  readonly pc: string;
  readonly function: string;
  readonly file: string;
  readonly line: number;
}

export interface GoroutineResult {
  readonly id: number;
  /** The runtime's word: `running`, `chan receive`, `sync.Mutex.Lock, locked to thread` … */
  readonly status: string;
  /** When a garbage collection first saw it waiting, in nanoseconds of the runtime's clock. */
  readonly waitSince: number | undefined;
  /** Nanoseconds that it waited at least; a core does not record when it was written. */
  readonly waitedAtLeast: number | undefined;
  readonly thread: number | undefined;
  readonly system: boolean;
  readonly selected: boolean;
  readonly crashed: boolean;
  /** Where it is in user code, or the top frame if it is in none. */
  readonly userLocation: LocationResult | undefined;
  readonly currentLocation: LocationResult | undefined;
  readonly goLocation: LocationResult | undefined;
  readonly startLocation: LocationResult | undefined;
  readonly parent: number | undefined;
  readonly labels: Readonly<Record<string, string>> | undefined;
  readonly stack: readonly FrameResult[] | undefined;
  /** True when the stack has more frames than `stack`. */
  readonly stackTruncated: boolean;
  /** Where another goroutine was selected by the command: that one. */
  readonly switchedFrom?: number;
  /** What the command of -exec answered for this goroutine. */
  readonly exec?: ExecResult;
}

/** A command that was run on each of many things. */
export interface ExecResult {
  readonly operation: string;
  readonly parameters: Parameters;
  readonly result: unknown;
  readonly error: { readonly code: string; readonly message: string; readonly hint: string | undefined } | undefined;
}

/** Goroutines that share something; `ids` holds the first few. */
export interface GoroutineGroup {
  readonly key: string;
  readonly count: number;
  readonly ids: readonly number[];
  readonly status: string;
  readonly system: boolean;
  readonly location: LocationResult | undefined;
  readonly createdBy: LocationResult | undefined;
  /** The goroutines of `ids`, where they differ in more than what they share. */
  readonly members?: readonly GoroutineResult[];
}

export interface GoroutinesResult {
  readonly goroutines: readonly GoroutineResult[];
  readonly groups: readonly GoroutineGroup[] | undefined;
  /** How many groups there are; `groups` may hold fewer. */
  readonly groupCount: number | undefined;
  readonly total: number;
  readonly truncated: boolean;
  readonly diagnostics: readonly string[];
}

export interface ThreadResult {
  readonly id: number;
  readonly selected: boolean;
  readonly crashed: boolean;
  readonly signal: string | undefined;
  readonly goroutine: number | undefined;
  readonly location: LocationResult | undefined;
  /** Where another thread was selected by the command: that thread. */
  readonly switchedFrom?: number;
  /** What the command of -exec answered for this thread. */
  readonly exec?: ExecResult;
}

export interface SourceLine {
  readonly number: number;
  readonly text: string;
  readonly current: boolean;
}

export interface SourceResult {
  readonly file: string;
  readonly line: number;
  /** Undefined when the source is not at hand; `problem` says where it was looked for. */
  readonly lines: readonly SourceLine[] | undefined;
  readonly problem: string | undefined;
}

/** What `list` answers: source, and whose it is. */
export interface ListResult extends SourceResult {
  /** Address where code of the line begins, or where the frame is; undefined where the line has no code. */
  readonly pc: string | undefined;
  readonly function: string | undefined;
  /** Set when the source is that of a frame. */
  readonly goroutine: number | undefined;
  readonly frame: number | undefined;
}

/** What `edit` answers: the place to open. */
export interface EditResult {
  /** As compiled in. */
  readonly file: string;
  readonly line: number;
  /** Where the file is on this machine. */
  readonly path: string;
}

export interface PrintResult {
  readonly expression: string;
  readonly variable: VariableResult;
  /** Of a channel: who waits to receive from it or to send to it, the first ones. */
  readonly waiting?: readonly WaitingResult[];
}

/** A goroutine that waits on a channel. */
export interface WaitingResult {
  readonly goroutine: number;
  readonly action: 'send' | 'receive';
  /** What it sends. */
  readonly item: ValueTree | undefined;
  readonly location: LocationResult | undefined;
}

/** A file that was mapped into the process. */
export interface LibraryResult {
  /** As the process named it. */
  readonly path: string;
  /** `data` is a file that was mapped without being code. */
  readonly kind: 'executable' | 'library' | 'data';
  readonly start: string;
  readonly end: string;
  readonly opened: boolean;
  /** GNU build ID, else Go's: of a library by its first page in the core. */
  readonly buildId: string | undefined;
  /** The file that is used for it. */
  readonly found: string | undefined;
  /** The file with its debugging information, where that is kept apart. */
  readonly debugFile: string | undefined;
  /** What it explains code by: `Go` (function tables), `DWARF`, `symbols`. */
  readonly has: readonly string[];
  readonly problem: string | undefined;
  /** Files that were found under its name and are not it, each with the reason. */
  readonly rejected: readonly string[];
  /** What can be done about the problem. */
  readonly hint: string | undefined;
}

/** One panic of the chain, the newest last. */
export interface PanicResult {
  /** What the runtime prints behind `panic: `, as far as memory tells; undefined for runtime.Goexit. */
  readonly text: string | undefined;
  readonly value: ValueTree | undefined;
  readonly recovered: boolean;
  readonly repanicked: boolean;
  readonly goexit: boolean;
}

/** Something that is known of the cause besides its headline: which pointer was nil, who sent the signal. */
export interface CauseFinding {
  readonly text: string;
  readonly confidence: 'proven' | 'likely';
  /** What it rests on, in a few words. */
  readonly evidence: string;
}

/** Functions that called each other until the stack was full. */
export interface RecursionResult {
  /** The innermost first; one for a function that calls itself. */
  readonly functions: readonly string[];
  /** Index in the stack of the first frame of the cycle. */
  readonly first: number;
  /** How many frames of the cycle there are, all rounds together. */
  readonly frames: number;
  /** Bytes of stack that one round takes. */
  readonly bytesPerRound: number;
  /** What called the first function of the outermost round, and its callers. */
  readonly callers: readonly LocationResult[];
}

/** Why the process died. */
export interface CauseResult {
  readonly kind: 'panic' | 'nil-dereference' | 'fatal-error' | 'signal' | 'none';
  /** The kind of death more exactly. */
  readonly death: DeathKind;
  /** How sure `death` is. */
  readonly confidence: Confidence;
  /** What else is known, the most telling first. */
  readonly findings: readonly CauseFinding[];
  /** One line: `panic: :(`, `fatal error: all goroutines are asleep - deadlock!`, `SIGABRT: abort`. */
  readonly headline: string;
  /** The panics that were under way, the oldest first. */
  readonly panics: readonly PanicResult[];
  /** The signal behind it: the original one (SIGSEGV of a nil dereference), not the final SIGABRT. */
  readonly signal:
    | {
        readonly name: string;
        readonly code: string;
        readonly address: string | undefined;
        readonly pc: string | undefined;
      }
    | undefined;
  /** What the conclusion rests on, a line each. */
  readonly evidence: readonly string[];
  readonly goroutine: number | undefined;
  readonly thread: number | undefined;
}
