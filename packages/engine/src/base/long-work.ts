/** Hears from time to time how far a work is. */
export type WorkListener = (work: LongWork, done: number) => void;

let listener: WorkListener | undefined;

/** Who hears of all work that may take long; nobody by default. */
export function listenToWork(hear: WorkListener | undefined): void {
  listener = hear;
}

/** A work that may take more than a second. To tell how far it is costs a comparison, unless enough was done since. */
export class LongWork {
  /** In words, as in `searching memory`. */
  readonly what: string;
  /** What is counted, in the plural. */
  readonly unit: string;
  /** How much there is to be done; undefined where that is not known. */
  readonly total: number | undefined;
  /** By the clock of the host, in milliseconds. */
  readonly started: number = Date.now();
  private readonly step: number;
  private next: number;

  /** @param step how much is done between two reports: some milliseconds' worth */
  constructor(what: string, unit: string, total: number | undefined, step: number) {
    this.what = what;
    this.unit = unit;
    this.total = total;
    this.step = step;
    this.next = step;
  }

  at(done: number): void {
    if (done < this.next) return;
    this.next = done + this.step;
    listener?.(this, done);
  }
}
