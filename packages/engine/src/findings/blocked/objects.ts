import type { GoRuntime } from '../../runtime/go-runtime.ts';
import { pendingTimers, type PendingTimer } from '../../runtime/timers.ts';
import { readState, type ObjectState } from './state.ts';
import type { ObjectKind, Wait, Way } from './wait.ts';

/** Something that goroutines wait on. */
export interface WaitedObject {
  readonly kind: ObjectKind;
  readonly address: number;
  /** Read when it is asked for, and kept: there can be one for each goroutine. */
  readonly state: ObjectState | undefined;
  /** In the order of the runtime's list of goroutines. */
  readonly waiters: readonly { readonly wait: Wait; readonly way: Way }[];
}

/** The objects that goroutines wait on. */
export class WaitedObjects {
  private readonly runtime: GoRuntime;
  private readonly byKind = new Map<ObjectKind, Map<number, WaitedObject>>();
  private timersByChannel: ReadonlyMap<number, PendingTimer> | undefined;

  constructor(runtime: GoRuntime, waits: Iterable<Wait>) {
    this.runtime = runtime;
    for (const wait of waits)
      for (const { kind, address, way } of wait.targets) this.waitersOf(kind, address).push({ wait, way });
  }

  get(kind: ObjectKind, address: number): WaitedObject | undefined {
    return this.byKind.get(kind)?.get(address);
  }

  *[Symbol.iterator](): Generator<WaitedObject> {
    for (const objects of this.byKind.values()) yield* objects.values();
  }

  private waitersOf(kind: ObjectKind, address: number): { wait: Wait; way: Way }[] {
    let objects = this.byKind.get(kind);
    if (objects === undefined) {
      objects = new Map<number, LazyObject>();
      this.byKind.set(kind, objects);
    }
    const known = objects.get(address);
    if (known !== undefined) return known.waiters as { wait: Wait; way: Way }[];
    const object = new LazyObject(kind, address, () => this.stateOf(kind, address));
    objects.set(address, object);
    return object.waiters;
  }

  private stateOf(kind: ObjectKind, address: number): ObjectState | undefined {
    const state = readState(this.runtime, kind, address);
    // Before Go 1.23, and after with asynctimerchan=1, a channel does not lead to its timer, but the timer to the channel.
    if (state?.kind !== 'channel' || state.capacity !== 1 || state.timer !== undefined) return state;
    this.timersByChannel ??= new Map(pendingTimers(this.runtime).map((timer) => [timer.argument, timer]));
    const timer = this.timersByChannel.get(address);
    return timer === undefined ? state : { ...state, timer: { ...timer, running: true } };
  }
}

class LazyObject implements WaitedObject {
  readonly kind: ObjectKind;
  readonly address: number;
  readonly waiters: { wait: Wait; way: Way }[] = [];
  private readonly read: () => ObjectState | undefined;
  private found: { readonly state: ObjectState | undefined } | undefined;

  constructor(kind: ObjectKind, address: number, read: () => ObjectState | undefined) {
    this.kind = kind;
    this.address = address;
    this.read = read;
  }

  get state(): ObjectState | undefined {
    this.found ??= { state: this.read() };
    return this.found.state;
  }
}
