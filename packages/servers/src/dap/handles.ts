/** Numbers that are kept; what was handed out long before must be asked for again. */
const MOST = 250_000;

/**
 * Numbers by which a client asks for things later. A core does not run, so they hold for the whole session, and the same thing
 * gets the same number again however often it is asked for.
 */
export class Handles<T> {
  private readonly values = new Map<number, { readonly key: string; readonly value: T }>();
  private readonly numbers = new Map<string, number>();
  private readonly most: number;
  private next = 1;

  constructor(most: number = MOST) {
    this.most = most;
  }

  /** The number of the thing with that key, which `make` makes when it is new. */
  numberOf(key: string, make: () => T): number {
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.next++;
      this.numbers.set(key, number);
      this.values.set(number, { key, value: make() });
      this.forgetOldest();
    }
    return number;
  }

  get(number: number): T | undefined {
    return this.values.get(number)?.value;
  }

  private forgetOldest(): void {
    if (this.values.size <= this.most) return;
    for (const [number, { key }] of this.values) {
      this.values.delete(number);
      this.numbers.delete(key);
      return;
    }
  }
}
