import type { Memory } from '../bytes/memory.ts';
import { fault } from '../base/errors.ts';
import type { SavedContext, StackBounds } from '../unwind/stacks.ts';
import type { GoroutineFields } from './goroutine-fields.ts';
import type { Goroutine } from './goroutine.ts';
import { G_LEAKED, G_SCAN, G_WAITING, statusName } from './status.ts';

/** What all goroutines of a program are decoded by. */
export interface RecordSource {
  readonly memory: Memory;
  readonly fields: GoroutineFields;
  /** Looked up only for goroutines that wait. */
  waitReasons(): readonly string[];
  /** Linux id of the thread whose runtime.m is there. */
  tidOf(m: number): number | undefined;
  /** Texts of states that were met, by status, reason and lock. */
  readonly stateTexts: Map<number, string>;
}

/** The bytes of one runtime.g, of which each field is decoded when it is asked for: lists of a million need few of each. */
export class GoroutineRecord implements Goroutine {
  readonly address: number;
  readonly id: number;
  readonly m: number;
  private readonly source: RecordSource;
  private readonly rawStatus: number;

  /** Throws `fault` where it is not in the core. */
  constructor(source: RecordSource, address: number) {
    const { memory, fields } = source;
    const last = address + fields.size - 1;
    if (!memory.has(last)) throw fault(last, 'the goroutine is not all there');
    this.source = source;
    this.address = address;
    this.rawStatus = memory.u32(address + fields.status);
    this.id = memory.u64(address + fields.goid);
    this.m = memory.u64(address + fields.m);
  }

  private word(offset: number | undefined): number {
    return offset === undefined ? 0 : this.source.memory.u64(this.address + offset);
  }

  get status(): number {
    return this.rawStatus & ~G_SCAN;
  }

  get scanning(): boolean {
    return (this.rawStatus & G_SCAN) !== 0;
  }

  /** The number of the reason why it waits; 0 where it does not. */
  private get reason(): number {
    const { source, status } = this;
    return status === G_WAITING || status === G_LEAKED ? source.memory.u8(this.address + source.fields.waitReason) : 0;
  }

  get waitReason(): string {
    const { reason } = this;
    return reason === 0 ? '' : (this.source.waitReasons()[reason] ?? `unknown wait reason ${reason}`);
  }

  get waitSince(): number {
    const { memory, fields } = this.source;
    const at = this.address + fields.waitSince;
    return memory.u32(at) + (memory.u32(at + 4) | 0) * 0x1_0000_0000;
  }

  get statusText(): string {
    const { status, reason, lockedToThread, source } = this;
    const key = (status * 0x100 + reason) * 2 + Number(lockedToThread);
    let text = source.stateTexts.get(key);
    if (text === undefined) {
      const state = this.waitReason || statusName(status);
      text = `${state}${status === G_LEAKED ? ' (leaked)' : ''}${lockedToThread ? ', locked to thread' : ''}`;
      source.stateTexts.set(key, text);
    }
    return text;
  }

  get stack(): StackBounds {
    return { low: this.word(0), high: this.word(8) };
  }

  get sched(): SavedContext {
    const { fields } = this.source;
    return { pc: this.word(fields.pc), sp: this.word(fields.sp), fp: this.word(fields.fp), lr: this.word(fields.lr) };
  }

  get syscall(): SavedContext {
    const { syscallPc, syscallSp, syscallFp } = this.source.fields;
    return { pc: this.word(syscallPc), sp: this.word(syscallSp), fp: this.word(syscallFp), lr: 0 };
  }

  get tid(): number | undefined {
    return this.m === 0 ? undefined : this.source.tidOf(this.m);
  }

  get lockedToThread(): boolean {
    return this.lockedM !== 0;
  }

  get lockedM(): number {
    return this.word(this.source.fields.lockedM);
  }

  get goPc(): number {
    return this.word(this.source.fields.goPc);
  }

  get startPc(): number {
    return this.word(this.source.fields.startPc);
  }

  get parentId(): number {
    return this.word(this.source.fields.parent);
  }

  get panic(): number {
    return this.word(this.source.fields.panic);
  }

  get deferred(): number {
    return this.word(this.source.fields.deferred);
  }

  get ancestors(): number {
    return this.word(this.source.fields.ancestors);
  }

  get labels(): number {
    return this.word(this.source.fields.labels);
  }

  get signal(): number {
    return this.source.memory.u32(this.address + this.source.fields.signal);
  }

  get signalCode(): number {
    return this.source.memory.u32(this.address + this.source.fields.signalCode) | 0;
  }

  get signalAddress(): number {
    return this.word(this.source.fields.signalAddress);
  }

  get signalPc(): number {
    return this.word(this.source.fields.signalPc);
  }

  get preemptedVectors(): number {
    return this.word(this.source.fields.preemptedVectors);
  }
}
