import type { LocationResult, SourceResult } from './results.ts';

/** A goroutine in a list of those that wait. */
export interface WaiterResult {
  readonly id: number;
  /** The runtime's words for how it waits: `chan receive`. */
  readonly status: string;
  /** Nanoseconds that it has waited at least; undefined where the core does not tell. */
  readonly waitedAtLeast: number | undefined;
  readonly location: LocationResult | undefined;
  /** What is its own among those that wait alike: `file descriptor 7`, `due in at most 5s`. */
  readonly detail: string | undefined;
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
  /** Others that wait for one of them, directly or not. */
  readonly behind: readonly WaiterResult[];
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

/** `why`. */
export interface WhyResult {
  readonly goroutine: WaiterResult;
  /** Undefined for goroutines that wait for nothing. */
  readonly waitsFor: string | undefined;
  readonly objects: readonly { readonly way: string; readonly object: WaitObjectResult }[];
  /** Whom it waits for, whom that one waits for, and so on. */
  readonly chain: readonly WaitStepResult[];
  /** How the chain ends, or what could wake the goroutine. */
  readonly ending: string;
  readonly source: SourceResult | undefined;
  readonly diagnostics: readonly string[];
}
