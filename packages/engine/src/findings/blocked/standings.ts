/** A goroutine, and the calls of its stack. */
export interface Standing {
  /** Address of its runtime.g. */
  readonly g: number;
  /** Names of the calls, innermost first: the same list for the same stack. */
  readonly functions: readonly string[];
}

/** What is known of a goroutine without looking at what it waits on. */
export type Posture = 'at a semaphore' | 'waiting otherwise' | 'not waiting';

const POSTURES: readonly Posture[] = ['at a semaphore', 'waiting otherwise', 'not waiting'];

/** Where goroutines stand: two numbers for each, for there can be a million of them. */
export class Standings {
  private readonly addresses: number[] = [];
  /** Number of the list of calls, times the number of postures, plus that of the posture. */
  private readonly places: number[] = [];
  private readonly lists: (readonly string[])[] = [];
  private readonly numbers = new Map<readonly string[], number>();

  add({ g, functions }: Standing, posture: Posture): void {
    let list = this.numbers.get(functions);
    if (list === undefined) {
      list = this.lists.length;
      this.lists.push(functions);
      this.numbers.set(functions, list);
    }
    this.addresses.push(g);
    this.places.push(list * POSTURES.length + POSTURES.indexOf(posture));
  }

  /** The goroutine of an address, and how it stands; undefined for one that was not added. */
  of(g: number): readonly [Standing, Posture] | undefined {
    const row = this.addresses.indexOf(g);
    return row < 0 ? undefined : [this.at(row), this.posture(row)];
  }

  /** Those that wait, in the order in which they were added, and how. */
  *waiting(): Generator<readonly [Standing, Posture]> {
    for (let row = 0; row < this.places.length; row++) {
      const posture = this.posture(row);
      if (posture !== 'not waiting') yield [this.at(row), posture];
    }
  }

  /** Those that do not. */
  *others(): Generator<Standing> {
    for (let row = 0; row < this.places.length; row++) if (this.posture(row) === 'not waiting') yield this.at(row);
  }

  private posture(row: number): Posture {
    return POSTURES[(this.places[row] as number) % POSTURES.length] as Posture;
  }

  private at(row: number): Standing {
    const list = Math.floor((this.places[row] as number) / POSTURES.length);
    return { g: this.addresses[row] as number, functions: this.lists[list] as readonly string[] };
  }
}
