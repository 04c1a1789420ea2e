import { attempt } from '../base/errors.ts';
import type { GoRuntime } from './go-runtime.ts';
import type { Goroutine } from './goroutine.ts';

/** One runtime._defer: a deferred call that the runtime keeps in a list, the newest first. */
export interface DeferRecord {
  /** Stack pointer of the function that deferred it. */
  readonly sp: number;
  /** Return address of the `defer` statement; 0 where it is not recorded. */
  readonly pc: number;
  /** Address of the function value: a word with the code's address, and what it captured behind it. 0 for nil. */
  readonly closure: number;
  /** True while the call runs (Go 1.21 and before keep it in the list meanwhile). */
  readonly started: boolean;
  /** Arguments as they were at the `defer` statement, before Go 1.17; size in bytes. */
  readonly argumentsAt: number;
  readonly argumentsSize: number;
}

/** Longest list believed. */
const MOST_DEFERS = 1_000_000;
/** runtime.badDefer: the end of the list of a range-over-func loop that is over. */
const BAD_DEFER = 1;

/**
 * The deferred calls of a goroutine that are records of the runtime (runtime/runtime2.go _defer), the next to run first. A list
 * that cannot be read ends early. Calls that the compiler keeps in the frame (open-coded) are not among them.
 */
export function* readDefers(runtime: GoRuntime, goroutine: Goroutine): Generator<DeferRecord, void, undefined> {
  const { memory } = runtime.program;
  const { layout } = runtime;
  const seen = new Set<number>();
  const link = layout.get('_defer', 'link');
  for (let at = goroutine.deferred; at !== 0 && !seen.has(at) && seen.size < MOST_DEFERS;) {
    seen.add(at);
    const address = at;
    const record = attempt(() => readRecord(runtime, address));
    if (record === undefined) return;
    if (record.head !== 0) yield* ofRangeFunc(runtime, record);
    // A frame with open-coded calls has a record of its own while it panics (Go 1.21 and before); see its bits for them.
    else if (!record.openCoded) yield record;
    at = attempt(() => memory.u64(address + link)) ?? 0;
  }
}

/** Calls deferred in bodies of range-over-func loops (Go 1.23+) hang off the record of the function that they belong to. */
function* ofRangeFunc(runtime: GoRuntime, owner: DeferRecord & { readonly head: number }): Generator<DeferRecord> {
  const { memory } = runtime.program;
  const seen = new Set<number>();
  for (let at = owner.head; at > BAD_DEFER && !seen.has(at) && seen.size < MOST_DEFERS;) {
    seen.add(at);
    const address = at;
    const record = attempt(() => readRecord(runtime, address));
    if (record === undefined) return;
    yield { ...record, sp: owner.sp, pc: record.pc === 0 ? owner.pc : record.pc };
    at = attempt(() => memory.u64(address + runtime.layout.get('_defer', 'link'))) ?? 0;
  }
}

function readRecord(
  { program, layout }: GoRuntime,
  at: number,
): DeferRecord & { readonly head: number; readonly openCoded: boolean } {
  const { memory } = program;
  const flag = (name: string): boolean => {
    const offset = layout.find('_defer', name);
    return offset !== undefined && memory.u8(at + offset) !== 0;
  };
  const sizeAt = layout.find('_defer', 'siz');
  const size = layout.get('_defer', 'size');
  return {
    sp: memory.u64(at + layout.get('_defer', 'sp')),
    pc: memory.u64(at + layout.get('_defer', 'pc')),
    closure: memory.u64(at + layout.get('_defer', 'fn')),
    started: flag('started'),
    argumentsAt: at + size,
    argumentsSize: sizeAt === undefined ? 0 : memory.u32(at + sizeAt),
    head: flag('rangefunc') ? memory.u64(at + layout.get('_defer', 'head')) : 0,
    openCoded: flag('openDefer'),
  };
}
