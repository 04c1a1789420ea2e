import type { Goroutine } from '../../runtime/goroutine.ts';
import { G_LEAKED, G_SYSCALL, G_WAITING } from '../../runtime/status.ts';

/** What kind of thing a wait is for, as far as the runtime's word for it tells. */
export type ReasonClass =
  | 'sleep'
  | 'network'
  | 'nil channel'
  | 'no cases'
  | 'send'
  | 'receive'
  | 'select'
  | 'condition'
  | 'semaphore'
  | 'runtime'
  | 'unknown';

const CLASSES: ReadonlyMap<string, ReasonClass> = new Map([
  ['IO wait', 'network'],
  ['chan receive (nil chan)', 'nil channel'],
  ['chan send (nil chan)', 'nil channel'],
  ['select (no cases)', 'no cases'],
  ['chan receive', 'receive'],
  ['chan send', 'send'],
  ['select', 'select'],
  ['sync.Cond.Wait', 'condition'],
  ['semacquire', 'semaphore'],
  ['', 'unknown'],
]);

/** Of the reasons met so far: a program has a few dozen. */
const classes = new Map<string, ReasonClass>();

/** By the reason alone, in the words of all releases. */
export function classOf(waitReason: string): ReasonClass {
  let known = classes.get(waitReason);
  if (known === undefined) {
    // Bubbles of testing/synctest have reasons of their own, which tell the same.
    const reason = waitReason.replace(/ \((durable|synctest)\)$/, '');
    const byName = reason.startsWith('sync.') ? 'semaphore' : /^sleep\b/.test(reason) ? 'sleep' : 'runtime';
    known = CLASSES.get(reason) ?? byName;
    classes.set(waitReason, known);
  }
  return known;
}

/** What is not in memory that a goroutine waits for; undefined if it waits for something else, or not at all. */
export function outsideKind({ status, waitReason }: Goroutine): 'system call' | 'sleep' | 'network' | undefined {
  if (status === G_SYSCALL) return 'system call';
  if (status !== G_WAITING) return undefined;
  const kind = classOf(waitReason);
  return kind === 'sleep' || kind === 'network' ? kind : undefined;
}

/** False for one that runs, or could. */
export function isWaiting({ status }: Goroutine): boolean {
  return status === G_SYSCALL || status === G_WAITING || status === G_LEAKED;
}

/** True for one that sleeps on a semaphore, as those do that wait for a lock or for a group of goroutines. */
export function isAtSemaphore({ status, waitReason }: Goroutine): boolean {
  return (status === G_WAITING || status === G_LEAKED) && classOf(waitReason) === 'semaphore';
}
