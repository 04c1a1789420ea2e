import type { LocationResult, SourceResult } from './results.ts';

/** A goroutine in a list of those that wait. */
export interface WaiterResult {
  readonly id: number;
  /** The runtime's words for how it waits: `chan receive`. */
  readonly status: string;
  /** Nanoseconds that it has waited at least; undefined where the core does not tell. */
  readonly waitedAtLeast: number | undefined;
  readonly location: LocationResult | undefined;
  /** What is its own among those that wait alike: `reads file descriptor 7`, `due in at most 5s`. */
  readonly detail: string | undefined;
  /** What it waits on of the network poller. */
  readonly descriptor: DescriptorResult | undefined;
  /** The system call or C function that it is in. */
  readonly systemCall: SystemCallResult | undefined;
  /** Nanoseconds until its sleep ends, at most: the core tells only a time that the process surely reached. */
  readonly dueInAtMost: number | undefined;
}

/** A file descriptor that the network poller watches for a goroutine. */
export interface DescriptorResult {
  readonly fd: number;
  readonly deed: 'read' | 'write' | 'accept' | 'connect';
  /** Go's word for the network: `tcp`, `unix`; undefined for files, and where it is not known. */
  readonly network: string | undefined;
  /** Addresses of both ends: `127.0.0.1:80`, a path. */
  readonly local: string | undefined;
  readonly remote: string | undefined;
  /** Name of a file or pipe. */
  readonly file: string | undefined;
}

/** What a goroutine does outside of Go. */
export interface SystemCallResult {
  /** Of the system call, as Linux calls it, or of the C function. */
  readonly name: string;
  readonly inC: boolean;
  /** Number of the system call. */
  readonly number: number | undefined;
  /** The file descriptor that it was given. */
  readonly fd: number | undefined;
}

/** Something that goroutines wait on. */
export interface WaitObjectResult {
  readonly kind: 'channel' | 'mutex' | 'rwmutex' | 'waitgroup' | 'cond' | 'once' | 'semaphore';
  /** Hex. */
  readonly address: string;
  /** As Go writes it: `chan int`, `sync.Mutex`. */
  readonly type: string;
  /** An expression that means it; undefined if no variable that was looked at leads to it. */
  readonly name: string | undefined;
  /** Where the expression holds; undefined for package variables. */
  readonly nameIn: { readonly goroutine: number; readonly frame: number } | undefined;
  /** What its own words say: `locked, 2 waiting`. */
  readonly state: string;
  /** Numbers of goroutines in its queues, in order; for channels by what they want. */
  readonly receivers: readonly number[] | undefined;
  readonly senders: readonly number[] | undefined;
  /** Items in the buffer of a channel, and its room. */
  readonly length: number | undefined;
  readonly capacity: number | undefined;
  /** Who has the lock, as far as stacks show it. */
  readonly owners: readonly OwnerResult[];
}

/** A goroutine that has what others wait for. */
export interface OwnerResult {
  readonly goroutine: number;
  readonly certainty: 'proven' | 'likely';
  /** What shows it. */
  readonly reason: string;
  /** The frame of that goroutine that shows it. */
  readonly frame: number | undefined;
  readonly location: LocationResult | undefined;
}

/** Goroutines that wait on the same thing at the same place. */
export interface WaitGroupResult {
  /** What they wait for, in words: `receive from results (chan string)`. */
  readonly waitsFor: string;
  /** One thing, or the cases of a select with the way of each; empty where it is nothing in memory. */
  readonly objects: readonly { readonly way: string; readonly object: WaitObjectResult }[];
  readonly count: number;
  /** The first of them. */
  readonly waiters: readonly WaiterResult[];
  /** The longest of their waits, in nanoseconds. */
  readonly longest: number | undefined;
}

/** `waiting`. */
export interface WaitsResult {
  readonly groups: readonly WaitGroupResult[];
  readonly groupCount: number;
  /** Goroutines that wait. */
  readonly total: number;
  readonly truncated: boolean;
  readonly diagnostics: readonly string[];
}

/** A goroutine, what it waits for, and who has that. */
export interface WaitStepResult {
  readonly waiter: WaiterResult;
  readonly waitsFor: string;
  readonly object: WaitObjectResult;
  readonly heldBy: OwnerResult;
}

/** Goroutines that wait for each other. */
export interface CycleResult {
  readonly steps: readonly WaitStepResult[];
  /** `proven` if every step is. */
  readonly certainty: 'proven' | 'likely';
  /** Others that wait for one of them, directly or not; the first of `behindCount`. */
  readonly behind: readonly WaiterResult[];
  readonly behindCount: number;
}

/** Goroutines that nothing can wake. */
export interface StuckResult {
  readonly waitsFor: string;
  readonly objects: readonly { readonly way: string; readonly object: WaitObjectResult }[];
  readonly count: number;
  readonly waiters: readonly WaiterResult[];
  /** Goroutines that refer to the thing as well, all of which nothing can wake either. */
  readonly referrers: readonly number[];
  /** What the conclusion rests on. */
  readonly evidence: string;
}

/** `deadlocks`. */
export interface DeadlocksResult {
  readonly cycles: readonly CycleResult[];
  readonly stuck: readonly StuckResult[];
  /** Blocked goroutines that were looked at. */
  readonly examined: number;
  /** Bytes of memory that were searched for references. */
  readonly searched: number;
  /** Why it cannot be said which goroutines nothing can wake; undefined if it can. */
  readonly problem: string | undefined;
  readonly truncated: boolean;
  readonly diagnostics: readonly string[];
}

/** What a report says of waits; parts are empty where they tell nothing. */
export interface WaitSummaryResult {
  /** The first of `cycleCount`. */
  readonly cycles: readonly CycleResult[];
  readonly cycleCount: number;
  /** Locks that several wait for who are in no cycle, the most wanted first. */
  readonly contended: readonly WaitGroupResult[];
  /** Those that nothing can wake, the first groups of them; undefined where that was not looked for: it takes a search of all memory. */
  readonly stuck: readonly StuckResult[] | undefined;
  /** How many goroutines nothing can wake, those in cycles left out. */
  readonly stuckCount: number;
  /** Those that have waited a minute and longer, the longest first. */
  readonly longest: readonly WaiterResult[];
}

/** The waits of a program, for the long forms of a report. */
export interface WaitsDetail {
  readonly waiting: WaitsResult;
  readonly deadlocks: DeadlocksResult;
}

/** Goroutines of the same stack, or a timer, that could wake one that waits. */
export interface WakerResult {
  /** The first of them; none for a timer. */
  readonly goroutines: readonly number[];
  readonly count: number;
  /** `proven`: a deferred call or a timer will do it; `likely`: the source does it further on; `possible`: a variable leads to the thing. */
  readonly certainty: 'proven' | 'likely' | 'possible';
  readonly reason: string;
  /** The frame of the first that shows it. */
  readonly frame: number | undefined;
  readonly location: LocationResult | undefined;
}

/** `why`. */
export interface WhyResult {
  readonly goroutine: WaiterResult;
  /** Undefined for goroutines that wait for nothing. */
  readonly waitsFor: string | undefined;
  readonly objects: readonly { readonly way: string; readonly object: WaitObjectResult }[];
  /** Whom it waits for, whom that one waits for, and so on. */
  readonly chain: readonly WaitStepResult[];
  /** Who could wake it from a channel, a wait group or a condition, as far as stacks show it; the surest first. */
  readonly wakers: readonly WakerResult[];
  /** How the chain ends, or what could wake the goroutine. */
  readonly ending: string;
  readonly source: SourceResult | undefined;
  readonly diagnostics: readonly string[];
}
