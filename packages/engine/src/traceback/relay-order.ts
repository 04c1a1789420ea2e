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
/** Where a thread that held signals off gets them: one that starts, for instance. */
const HOLDS_OFF = 'runtime.rtsigprocmask';

/**
 * The order in which threads printed themselves after the first. The kernel gives a signal to the threads by turns in the order of
 * their age, but where the turn begins depends on the past, and a thread that held signals off comes when it takes them again. Since
 * Go 1.23 each thread waits with the count of those that had printed when it began to wait; until Go 1.21 the last one ends the
 * program. In Go 1.22 nothing tells: the oldest is taken for the first. What may be otherwise is noted.
 */
export function inRelayOrder(printer: Printer, threads: readonly Relayed[]): readonly Relayed[] {
  const byAge = [...threads].sort((a, b) => a.thread.tid - b.thread.tid);
  const { order, isCertain } = printer.minor <= 22 ? byEnd(printer, byAge) : byCountsOf(printer, byAge);
  if (!isCertain && order.length > 1)
    printer.note(
      'the order in which the threads behind ----- printed themselves is not known: it may have been another',
    );
  return order;
}

/** An order, and whether no other is possible. */
export interface Order<T> {
  readonly order: readonly T[];
  readonly isCertain: boolean;
}

function byEnd({ minor, runtime }: Printer, byAge: readonly Relayed[]): Order<Relayed> {
  const last = minor === 22 ? -1 : byAge.findIndex(({ stop }) => ENDS.has(stop.handler.callee));
  if (last < 0) return { order: byAge, isCertain: false };
  const heldOff = byAge.some(({ stop }) => runtime.program.findFunc(stop.interrupted.pc)?.func.name === HOLDS_OFF);
  return { order: rotated(byAge, last + 1), isCertain: !heldOff };
}

function byCountsOf({ memory }: Printer, byAge: readonly Relayed[]): Order<Relayed> {
  const counted: { readonly each: Relayed; readonly count: number }[] = [];
  for (const each of byAge) {
    const count = countAtWait(memory, each.stop.handler);
    if (count === undefined) return { order: byAge, isCertain: false };
    counted.push({ each, count });
  }
  const { order, isCertain } = byCounts(counted);
  return { order: order.map(({ each }) => each), isCertain };
}

function rotated<T>(list: readonly T[], first: number): readonly T[] {
  return [...list.slice(first), ...list.slice(0, first)];
}

/**
 * A thread has counted itself and those before it, and those after it that were quicker than it was to begin waiting: so its place
 * is not behind its count. The first turn of which that holds, or, if one was left out of its turn, the order of the counts.
 * @param byAge the threads after the first, the oldest first; the first of all had counted as one
 */
export function byCounts<T extends { readonly count: number }>(byAge: readonly T[]): Order<T> {
  const turns = byAge
    .map((_, first) => rotated(byAge, first))
    .filter((turn) => turn.every(({ count }, i) => count >= i + 2));
  const [only] = turns;
  if (only !== undefined) return { order: only, isCertain: turns.length === 1 };
  const order = [...byAge].sort((a, b) => a.count - b.count);
  return { order, isCertain: order.every(({ count }, i) => count === i + 2) };
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
