import { readU32 } from '../base/cursor.ts';
import { attempt } from '../base/errors.ts';
import type { Memory } from '../bytes/memory.ts';
import type { RuntimeThread } from '../runtime/goroutine.ts';
import type { Stop } from './interrupted.ts';
import type { Printer } from './printer.ts';

type Handler = Extract<Stop, { readonly kind: 'signal' }>;

/** A thread that printed itself, and where its handler waits. */
export interface Relayed {
  readonly thread: RuntimeThread;
  readonly stop: Handler;
}

/** What the last thread calls: it waits for nobody. */
const ENDS: ReadonlySet<string> = new Set(['runtime.crash', 'runtime.dieFromSignal']);

/**
 * The order in which threads printed themselves after the first. The kernel gives a signal to the threads by turns in the order of
 * their age, but where the turn begins depends on the past. Since Go 1.23 each thread waits with the count of those that had
 * printed when it began to wait; until Go 1.21 the last one ends the program. In Go 1.22 nothing tells: the oldest is taken for
 * the first.
 */
export function inRelayOrder(printer: Printer, threads: readonly Relayed[]): readonly Relayed[] {
  const byAge = [...threads].sort((a, b) => a.thread.tid - b.thread.tid);
  if (printer.minor <= 21) {
    const last = byAge.findIndex(({ stop }) => ENDS.has(stop.handler.callee));
    return last < 0 ? byAge : rotated(byAge, last + 1);
  }
  const counted: { readonly each: Relayed; readonly count: number }[] = [];
  for (const each of byAge) {
    const count = printer.minor < 23 ? undefined : countAtWait(printer.memory, each.stop.handler);
    if (count === undefined) return byAge;
    counted.push({ each, count });
  }
  return byCounts(counted).map(({ each }) => each);
}

function rotated<T>(list: readonly T[], first: number): readonly T[] {
  return [...list.slice(first), ...list.slice(0, first)];
}

/**
 * A thread has counted itself and those before it, and those after it that were quicker than it was to begin waiting: so its place
 * is not behind its count. The first turn of which that holds, or, if one was left out of its turn, the order of the counts.
 * @param byAge the threads after the first, the oldest first; the first of all had counted as one
 */
export function byCounts<T extends { readonly count: number }>(byAge: readonly T[]): readonly T[] {
  for (let first = 0; first < byAge.length; first++) {
    const turn = rotated(byAge, first);
    if (turn.every(({ count }, i) => count >= i + 2)) return turn;
  }
  return [...byAge].sort((a, b) => a.count - b.count);
}

/** `MOVL reg, slot(SP)`, `MOVL $10000000, (SP)`, `CALL usleep`: how many bytes before the return address they begin. */
const STORE = 16;
const TEN_SECONDS = 10_000_000;

/**
 * The count that a waiting handler keeps in its frame. There need be no debug information: the store stands before the call, on
 * amd64. Undefined where the code is not that.
 */
function countAtWait(memory: Memory, { pc, sp }: Handler['handler']): number | undefined {
  return attempt(() => {
    const code = memory.read(pc - STORE, STORE);
    const [opcode, register = 0, base, slot = 0] = code;
    const stores = opcode === 0x89 && (register & 0xc7) === 0x44 && base === 0x24;
    const waits = code[4] === 0xc7 && code[5] === 0x04 && code[6] === 0x24 && readU32(code, 7) === TEN_SECONDS;
    return stores && waits && code[11] === 0xe8 ? memory.u32(sp + slot) : undefined;
  });
}
