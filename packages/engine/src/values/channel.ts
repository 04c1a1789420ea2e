import { attempt, badData, hex } from '../base/errors.ts';
import { GoType, pointerTo, VOID_TYPE } from '../types/go-type.ts';
import type { ValueContext } from './context.ts';
import { memoryPlace } from './place.ts';
import { wordOf, type Value } from './handle.ts';

/** runtime.hchan (runtime/chan.go): offsets in bytes; the first fields are the same in all releases. */
const HCHAN_QCOUNT = 0;
const HCHAN_DATAQSIZ = 8;
const HCHAN_BUF = 16;
const HCHAN_ELEMSIZE = 24;
const HCHAN_CLOSED = 28;
/** Go 1.23 put the timer before elemtype; then sendx, recvx and the two queues {first, last} follow. */
const HCHAN_TIMER = 32;

/** runtime.sudog (runtime/runtime2.go): g, next, prev, elem; the same in all releases. */
const SUDOG_G = 0;
const SUDOG_NEXT = 8;
const SUDOG_ELEM = 24;

/** Longest queue of waiting goroutines believed. */
const MOST_WAITING = 10_000_000;

/** A goroutine that waits on a channel. */
export interface Waiter {
  /** Address of its runtime.g. */
  readonly g: number;
  /** Address of its runtime.sudog. */
  readonly sudog: number;
  /** What a sender sends; for a receiver, where the item will be put. Undefined if it takes none. */
  readonly item: Value | undefined;
}

/** A channel's state (runtime.hchan, runtime/chan.go). */
export interface ChannelState {
  /** Address of the hchan. */
  readonly address: number;
  /** As `len` and `cap` tell: 0 for the channels of timers since Go 1.23. */
  readonly length: number;
  readonly capacity: number;
  readonly closed: boolean;
  /** True for the channels of timers and tickers, Go 1.23 and later. */
  readonly timer: boolean;
  /** What is odd about it. */
  readonly note: string | undefined;
  /** Buffered items, the next to be received first. */
  item(index: number): Value;
  /** Goroutines that wait to receive or to send, in their order. Throws `fault` or `bad-data` for a damaged queue. */
  receivers(): Generator<Waiter, void, undefined>;
  senders(): Generator<Waiter, void, undefined>;
}

/** The channel behind a channel value; undefined for nil. Throws `fault` or `bad-data` when it cannot be one. */
export function channelOf(context: ValueContext, value: Value): ChannelState | undefined {
  const address = wordOf(context, value);
  if (address === 0) return undefined;
  const { memory, minor } = context;
  const shift = minor >= 23 ? 8 : 0;
  const word = (offset: number): number => memory.u64(address + offset);
  const capacity = word(HCHAN_DATAQSIZ);
  const buffer = word(HCHAN_BUF);
  const elemSize = memory.u16(address + HCHAN_ELEMSIZE);
  const recvx = word(48 + shift);
  const count = word(HCHAN_QCOUNT);
  if (count > capacity || (capacity > 0 && recvx >= capacity)) throw badData(`damaged channel at ${hex(address)}`);
  const elem = value.type.elem ?? VOID_TYPE;
  const timer = shift !== 0 && word(HCHAN_TIMER) !== 0;
  const queue = (offset: number): Generator<Waiter, void, undefined> => waiters(context, word(offset), elem);
  return {
    address,
    // A timer's channel has room for one, which nobody is to know (runtime/chan.go chanlen).
    length: timer ? 0 : count,
    capacity: timer ? 0 : capacity,
    closed: memory.u32(address + HCHAN_CLOSED) !== 0,
    timer,
    note:
      elemSize === elem.size || elem.size > 0xffff
        ? undefined
        : `the channel's items have ${elemSize} bytes, not ${elem.size}`,
    item: (index) => ({
      type: elem,
      place: memoryPlace(buffer + ((recvx + index) % Math.max(1, capacity)) * elemSize),
    }),
    receivers: () => queue(56 + shift),
    senders: () => queue(72 + shift),
  };
}

/** Walks a queue; a sudog that comes again ends it. */
function* waiters(context: ValueContext, first: number, elem: GoType): Generator<Waiter, void, undefined> {
  const { memory } = context;
  const seen = new Set<number>();
  for (let sudog = first; sudog !== 0; sudog = memory.u64(sudog + SUDOG_NEXT)) {
    if (seen.has(sudog) || seen.size > MOST_WAITING) throw badData(`the queue of sudogs at ${hex(first)} is endless`);
    seen.add(sudog);
    const item = memory.u64(sudog + SUDOG_ELEM);
    yield {
      g: memory.u64(sudog + SUDOG_G),
      sudog,
      item: item === 0 ? undefined : { type: elem, place: memoryPlace(item) },
    };
  }
}

/**
 * The runtime.hchan behind a channel value as a struct, with `buf` as a pointer to an array of the channel's own items, as Delve
 * shows it. Undefined for nil, and where DWARF does not describe the struct.
 */
export function channelStruct(context: ValueContext, value: Value): Value | undefined {
  const address = wordOf(context, value);
  const struct = value.type.implementation;
  if (address === 0 || struct?.kind !== 'struct') return undefined;
  const { elem } = value.type;
  const capacity = attempt(() => context.memory.u64(address + HCHAN_DATAQSIZ));
  if (elem === undefined || capacity === undefined) return { type: struct, place: memoryPlace(address) };
  return { type: withBuffer(struct, elem, capacity), place: memoryPlace(address) };
}

/** The struct type with an `unsafe.Pointer` buf replaced by a pointer to the array that it is. */
function withBuffer(struct: GoType, elem: GoType, capacity: number): GoType {
  const array = new GoType({ name: `[${capacity}]${elem.name}`, kind: 'array', size: capacity * elem.size }, () => ({
    elem,
    length: capacity,
  }));
  return new GoType({ name: struct.name, kind: 'struct', size: struct.size, dwarfOffset: struct.dwarfOffset }, () => ({
    fields: struct.fields.map((field) => (field.name === 'buf' ? { ...field, type: pointerTo(array) } : field)),
  }));
}
