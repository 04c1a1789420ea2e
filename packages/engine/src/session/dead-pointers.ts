import { readU64 } from '../base/cursor.ts';
import { attempt } from '../base/errors.ts';
import { HeapObjects } from '../findings/blocked/heap-objects.ts';
import type { Program } from '../program/program.ts';
import type { GoRuntime } from '../runtime/go-runtime.ts';
import type { GoType } from '../types/go-type.ts';
import type { Call } from '../unwind/call-stack.ts';
import type { FrameValues } from '../unwind/flow/frame-values.ts';
import type { Frame } from '../unwind/frame.ts';
import { liveSlots } from '../unwind/live-slots.ts';
import type { StackBounds } from '../unwind/stacks.ts';
import type { ValueContext } from '../values/context.ts';
import { bytesOf, type Value } from '../values/handle.ts';

/** Size of the stacks that goroutines begin with (runtime.stackMin): one of that size never moved, as long as nothing was collected. */
const FIRST_STACK = 2048;
/** Size of the objects that small ones share (runtime.maxTinySize). */
const TINY = 16;
/** Size of objects from which on one with pointers has its type before it (runtime.minSizeForMallocHeader). */
const TYPED = 512;
/** From Go 1.23 on variables of a frame that are not in use at the same time share their room, where the optimiser is at work. */
const SHARED_SLOTS = 23;
/** Frames around one that are looked at. */
const FARTHEST = 100;
/** Bytes of a variable that are looked at for pointers. */
const MOST_BYTES = 1 << 16;

const DEAD = 'no longer used here, so its memory may have been reused';

/** What a call's variables are looked up with. */
export interface PointerScope {
  readonly context: ValueContext;
  /** The flow of values of the call's function; undefined where its code is not understood. */
  readonly values: () => FrameValues | undefined;
  /** False for code in which every variable has its own room. */
  readonly isOptimised: boolean;
}

/**
 * Tells of the pointers in variables whether what they lead to must still be there. A variable is dead behind its last use: the
 * collector frees what only such ones lead to, and a stack that moves does not take them along. The compiler's maps tell which slots of
 * a frame are in use, so a pointer is good if one of those, of this call or of those that wait for it, has it as well.
 */
export class DeadPointers {
  private readonly program: Program;
  private readonly runtime: GoRuntime;
  private readonly stackAt: (sp: number) => StackBounds | undefined;
  private readonly live = new WeakMap<Frame, ReadonlySet<number>>();
  private collected: boolean | undefined;
  private objects: { readonly found: HeapObjects | undefined } | undefined;

  /** `stackAt` finds the stack of the goroutine that is asked about, if it is there that a stack pointer points to. */
  constructor(runtime: GoRuntime, stackAt: (sp: number) => StackBounds | undefined) {
    this.program = runtime.program;
    this.runtime = runtime;
    this.stackAt = stackAt;
  }

  /** Why what a variable leads to may be something else by now; undefined if it is what it was. */
  doubt(call: Call, value: Value, scope: PointerScope): string | undefined {
    const { frame } = call;
    if (frame.stack !== 'goroutine' || frame.cfa === undefined || frame.found === undefined) return undefined;
    const pointers = attempt(() => pointersIn(value.type, bytesOf(scope.context, value))) ?? [];
    const own = value.place.kind === 'memory' ? value.place.address : undefined;
    return this.doubtAboutAll(call, pointers, scope, own === undefined ? undefined : [own, own + value.type.size]);
  }

  /** The same for the address of a variable that was moved to the heap. */
  doubtAboutTarget(call: Call, address: number, size: number, scope: PointerScope): string | undefined {
    return this.doubtAboutAll(call, [{ word: address, size }], scope, undefined);
  }

  private doubtAboutAll(
    call: Call,
    pointers: readonly Pointer[],
    { values, isOptimised }: PointerScope,
    own: readonly [start: number, end: number] | undefined,
  ): string | undefined {
    const { frame } = call;
    const open = pointers.filter(({ word }) => word !== 0 && !this.isLasting(frame, word, isOptimised));
    if (open.length === 0 || (own !== undefined && this.isInUse(call, own))) return undefined;
    const isGood = (pointer: Pointer): boolean =>
      this.isHeld(call, pointer.word, values) || this.isAsMade(frame, pointer);
    return open.every(isGood) ? undefined : DEAD;
  }

  /** True for what is never freed: what the linker laid down, and the frames of this stack. */
  private isLasting(frame: Frame, address: number, isOptimised: boolean): boolean {
    const hasOwnRoom = this.program.minor < SHARED_SLOTS || !isOptimised;
    if (hasOwnRoom && frame.sp <= address && address < (this.stackAt(frame.sp)?.high ?? 0)) return true;
    return this.program.imageAt(address) !== undefined;
  }

  /**
   * True for a pointer that leads to where it always did because nothing was ever collected. Into a stack that was left when it became
   * too small a dead one may still lead, and that memory may be objects by now: those have the size of what the pointer is for, and begin
   * where it leads to, only by chance.
   */
  private isAsMade(frame: Frame, { word, size }: Pointer): boolean {
    this.collected ??= attempt(() => this.sweepGeneration()) !== 0;
    if (this.collected) return false;
    const stack = this.stackAt(frame.sp);
    if (stack !== undefined && stack.high - stack.low === FIRST_STACK) return true;
    this.objects ??= { found: HeapObjects.read(this.runtime) };
    const object = this.objects.found?.objectAt(word);
    if (object === undefined) return false;
    const offset = word - object.start;
    // Objects of less than 16 bytes without pointers share one, and large ones with pointers may have a word for their type before them.
    const isStart = offset === 0 || (object.size === TINY && object.noScan) || (offset === 8 && object.size > TYPED);
    return isStart && (size === undefined || (object.size - offset >= size && object.size <= size * 1.25 + TINY));
  }

  /** runtime.mheap_.sweepgen, which stands before allspans in all releases (runtime/mheap.go): 0 until the first collection. */
  private sweepGeneration(): number | undefined {
    const heap = this.program.symbol('runtime.mheap_');
    return heap && this.program.memory.u32(heap + this.runtime.layout.get('mheap', 'allspans') - 8);
  }

  /** True for a variable in its own memory that a pointer in use leads to. */
  private isInUse({ frame, chain }: Call, [start, end]: readonly [start: number, end: number]): boolean {
    const leadsThere = (word: number): boolean => word >= start && word < end;
    let at: Frame | undefined = frame;
    for (let i = 0; i < FARTHEST && at !== undefined; i++, at = chain.inner(at))
      for (const word of this.liveWords(at)) if (leadsThere(word)) return true;
    return false;
  }

  /** True if something that is in use holds a pointer: here, in the call that was made, or in one that waits for this one. */
  private isHeld({ frame, chain }: Call, word: number, values: PointerScope['values']): boolean {
    if (this.isDying(frame, chain) ? this.heldSinceCall(frame, word, values) : this.liveWords(frame).has(word))
      return true;
    const inner = chain.inner(frame);
    if (inner !== undefined && !inner.interrupted && this.liveWords(inner).has(word)) return true;
    let at = chain.outer(frame);
    for (let i = 0; i < FARTHEST && at !== undefined; i++, at = chain.outer(at))
      if (this.liveWords(at).has(word)) return true;
    return false;
  }

  /** True for a frame that stopped for good where it is: between its last call and here nothing can have been collected. */
  private isDying(frame: Frame, chain: Call['chain']): boolean {
    if (frame.interrupted) return true;
    let at = chain.inner(frame);
    if (!/^runtime\.(?:go)?[pP]anic|^runtime\.(?:throw|fatal)/.test(at?.found?.func.name ?? '')) return false;
    for (; at !== undefined && at.stack === 'goroutine'; at = chain.inner(at))
      if (at.found?.func.name.startsWith('runtime.') !== true) return false;
    return true;
  }

  /** True if a pointer is in a register, or was in use at each of the calls that may have been the last one. */
  private heldSinceCall(frame: Frame, word: number, values: PointerScope['values']): boolean {
    const { found, registers } = frame;
    if (found === undefined) return false;
    if (frame.interrupted && registers.numbers().some((number) => registers.get(number) === BigInt(word))) return true;
    const { entry } = found.func;
    const known = values();
    const calls = known?.flow.analysis.callsBefore(known.at, ({ target }) => !this.mayCollect(entry + target));
    if (calls === undefined) return this.liveWords(frame).has(word);
    return calls.every((at) => this.liveAt(frame, entry + at).has(word));
  }

  /** False for calls of assembly, which has no places where the collector may stop it, but for those that make room on the stack. */
  private mayCollect(target: number): boolean {
    const found = this.program.findFunc(target);
    return found?.pclntab.isAssembly(found.func) !== true || found.func.name.startsWith('runtime.morestack');
  }

  /** What the slots hold that are in use where a frame stopped. */
  private liveWords(frame: Frame): ReadonlySet<number> {
    let words = this.live.get(frame);
    if (words === undefined) this.live.set(frame, (words = this.liveAt(frame, frame.lookupPc)));
    return words;
  }

  private liveAt(frame: Frame, lookup: number): ReadonlySet<number> {
    const { cfa, sp } = frame;
    const { memory } = this.program;
    const slots = cfa === undefined ? undefined : attempt(() => liveSlots(this.program, lookup, sp, cfa));
    return new Set(slots?.map((slot) => attempt(() => memory.u64(slot)) ?? 0));
  }
}

/** A pointer, and the size in bytes of what it is for; undefined if that is not known. */
interface Pointer {
  readonly word: number;
  readonly size: number | undefined;
}

/** The pointers in a value that lead to something of its own: not those of empty strings and slices. */
function pointersIn(type: GoType, bytes: Uint8Array, start = 0, found: Pointer[] = []): Pointer[] {
  if (start + type.size > Math.min(bytes.length, MOST_BYTES)) return found;
  const word = (offset: number): number => readU64(bytes, start + offset);
  const add = (offset: number, size: number | undefined): void => {
    found.push({ word: word(offset), size });
  };
  switch (type.kind) {
    case 'pointer':
      add(0, type.elem?.size);
      break;
    case 'unsafe.Pointer':
    case 'map':
    case 'chan':
    case 'func':
      add(0, undefined);
      break;
    case 'string':
      if (word(8) > 0) add(0, word(8));
      break;
    case 'slice':
      if (word(16) > 0) add(0, word(16) * (type.elem?.size ?? 0));
      break;
    case 'interface':
      if (word(0) !== 0) add(8, undefined);
      break;
    case 'struct':
      for (const field of type.fields) pointersIn(field.type, bytes, start + field.offset, found);
      break;
    case 'array':
      for (let i = 0; type.elem !== undefined && type.elem.size > 0 && i < type.size / type.elem.size; i++)
        pointersIn(type.elem, bytes, start + i * type.elem.size, found);
      break;
    default:
  }
  return found;
}
