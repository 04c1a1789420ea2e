import type { WaiterResult, WaitGroupResult, WaitObjectResult, WaitsDetail } from '@inquest/engine';

/** A goroutine, several of them, or what they wait on. */
export interface WaitNode {
  readonly id: string;
  readonly kind: 'goroutine' | 'object';
  /** Two lines of text. */
  readonly title: string;
  readonly detail: string;
  /** In a cycle, or lost. */
  readonly isStuck: boolean;
}

/** Who waits on what, or what is held by whom. */
export interface WaitArrow {
  readonly from: string;
  readonly to: string;
  readonly kind: 'waits' | 'held' | 'refers';
  readonly isCycle: boolean;
}

export interface WaitDrawing {
  readonly nodes: readonly WaitNode[];
  readonly arrows: readonly WaitArrow[];
  /** Things that were left out, as there were too many. */
  readonly leftOut: number;
}

/** Things drawn. */
const MOST_OBJECTS = 40;

type Place = (waiter: WaiterResult) => string;

/**
 * Who waits for whom as a graph: goroutines, what they wait on, who holds it; of those that nothing can wake, who refers to it too. What
 * one group waits on and nobody is known to hold is left to the list.
 */
export function waitDrawing(waits: WaitsDetail, place: Place): WaitDrawing {
  const { waiting, deadlocks } = waits;
  const drawing = new Drawing(place, deadlocks);
  const referrersOf = new Map(
    deadlocks.stuck.flatMap(({ objects, referrers }) => objects.map(({ object }) => [object.address, referrers])),
  );
  const held = waiting.groups.flatMap(({ objects }) => objects.flatMap(({ object }) => object.owners));
  const wanted = new Set([...held.map(({ goroutine }) => goroutine), ...[...referrersOf.values()].flat()]);
  const addresses = waiting.groups.flatMap(({ objects }) => objects.map(({ object }) => object.address));
  for (const group of waiting.groups) {
    for (const { object } of group.objects) {
      const { address, owners } = object;
      const referrers = referrersOf.get(address) ?? [];
      const isShared = addresses.indexOf(address) !== addresses.lastIndexOf(address);
      if (owners.length === 0 && referrers.length === 0 && !isShared) continue;
      if (!drawing.addObject(object, referrersOf.has(address))) continue;
      drawing.addWaiters(group, object, wanted);
      for (const { goroutine } of owners) drawing.addHolder(object, goroutine, 'held');
      for (const id of referrers) drawing.addHolder(object, id, 'refers');
    }
  }
  for (const { waiters } of waiting.groups) for (const waiter of waiters) drawing.describe(waiter);
  return drawing.done();
}

/** Numbers of those that cannot go on, as far as they are told. */
export function lostNumbers({ cycles, stuck }: WaitsDetail['deadlocks']): Set<number> {
  const inCycles = cycles.flatMap(({ steps, behind }) => [...steps.map(({ waiter }) => waiter), ...behind]);
  return new Set([...inCycles, ...stuck.flatMap(({ waiters }) => waiters)].map(({ id }) => id));
}

class Drawing {
  private readonly place: Place;
  private readonly lost: ReadonlySet<number>;
  private readonly inCycle: ReadonlySet<number>;
  private readonly nodes = new Map<string, WaitNode>();
  private readonly arrows = new Map<string, WaitArrow>();
  private objects = 0;
  private leftOut = 0;

  constructor(place: Place, deadlocks: WaitsDetail['deadlocks']) {
    this.place = place;
    this.lost = lostNumbers(deadlocks);
    this.inCycle = new Set(deadlocks.cycles.flatMap(({ steps }) => steps.map(({ waiter }) => waiter.id)));
  }

  /** False if there are too many already. */
  addObject({ address, name, type, state }: WaitObjectResult, isStuck: boolean): boolean {
    if (this.nodes.has(address)) return true;
    if (this.objects >= MOST_OBJECTS) {
      this.leftOut++;
      return false;
    }
    this.objects++;
    this.nodes.set(address, { id: address, kind: 'object', title: name ?? type, detail: state, isStuck });
    return true;
  }

  /** Those that others wait for, or that are in a cycle, stand alone; the others together. */
  addWaiters({ waiters, count }: WaitGroupResult, { address }: WaitObjectResult, wanted: ReadonlySet<number>): void {
    const known = waiters.filter(({ id }) => wanted.has(id) || this.inCycle.has(id));
    const alone = count - known.length === 1 ? waiters : known;
    for (const waiter of alone) {
      this.addGoroutine(waiter);
      this.addArrow(`g${waiter.id}`, address, 'waits', this.inCycle.has(waiter.id));
    }
    const first = waiters.find((waiter) => !alone.includes(waiter));
    if (first === undefined) return;
    const id = `c${address} ${first.id}`;
    const title = `${count - alone.length} × ${first.location?.function ?? '?'}`;
    const isStuck = this.lost.has(first.id);
    this.nodes.set(id, { id, kind: 'goroutine', title, detail: this.place(first), isStuck });
    this.addArrow(id, address, 'waits', false);
  }

  /** A goroutine of which no more is known yet than its number. */
  addHolder({ address }: WaitObjectResult, number: number, kind: 'held' | 'refers'): void {
    const id = `g${number}`;
    const title = `goroutine ${number}`;
    if (!this.nodes.has(id))
      this.nodes.set(id, { id, kind: 'goroutine', title, detail: 'does not wait', isStuck: false });
    const waitsInCycle = [...this.arrows.values()].some((arrow) => arrow.to === address && arrow.isCycle);
    this.addArrow(address, id, kind, kind === 'held' && waitsInCycle && this.inCycle.has(number));
  }

  /** Says where a goroutine is that was met as a number only. */
  describe(waiter: WaiterResult): void {
    if (this.nodes.get(`g${waiter.id}`)?.title === `goroutine ${waiter.id}`) this.addGoroutine(waiter);
  }

  private addGoroutine(waiter: WaiterResult): void {
    const id = `g${waiter.id}`;
    const title = `${waiter.id} ${waiter.location?.function ?? '?'}`;
    const isStuck = this.lost.has(waiter.id);
    this.nodes.set(id, { id, kind: 'goroutine', title, detail: this.place(waiter), isStuck });
  }

  private addArrow(from: string, to: string, kind: WaitArrow['kind'], isCycle: boolean): void {
    const key = `${from}>${to}`;
    const known = this.arrows.get(key);
    if (known === undefined || (isCycle && !known.isCycle)) this.arrows.set(key, { from, to, kind, isCycle });
  }

  done(): WaitDrawing {
    return { nodes: [...this.nodes.values()], arrows: [...this.arrows.values()], leftOut: this.leftOut };
  }
}
