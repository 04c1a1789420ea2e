import type { Goroutine } from '../runtime/goroutine.ts';

/** Waits that are kept. */
const MOST_LONG = 2;
/** A wait that is worth telling, in nanoseconds. */
const LONG = 60e9;

interface OldWait {
  readonly goroutine: Goroutine;
  readonly since: number;
}

/** Finds the program's goroutines that have waited longest, among those that it is shown in the runtime's order. */
export class OldestWaits {
  private readonly isSystem: (goroutine: Goroutine) => boolean;
  private readonly found: OldWait[] = [];
  /** Who began to wait later is not among them. */
  private latest: number;

  /** @param now on the runtime's clock, in nanoseconds; where it is not known, nobody has waited long */
  constructor(now: number | undefined, isSystem: (goroutine: Goroutine) => boolean) {
    this.isSystem = isSystem;
    this.latest = (now ?? Number.NEGATIVE_INFINITY) - LONG;
  }

  /** The longest wait first. */
  get goroutines(): readonly Goroutine[] {
    return this.found.map(({ goroutine }) => goroutine);
  }

  see(goroutine: Goroutine): void {
    const since = goroutine.waitSince;
    if (since <= 0 || since > this.latest) return;
    if (goroutine.waitReason === '' || this.isSystem(goroutine)) return;
    const place = this.found.findIndex((each) => each.since > since);
    this.found.splice(place < 0 ? this.found.length : place, 0, { goroutine, since });
    if (this.found.length > MOST_LONG) this.found.pop();
    if (this.found.length === MOST_LONG) this.latest = Math.min(this.latest, (this.found.at(-1)?.since ?? 0) - 1);
  }
}
