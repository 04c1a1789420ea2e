/**
 * Numbers by which a client asks for things later. A core does not run, so they hold for the whole session, and the same thing
 * gets the same number again however often it is asked for.
 */
export class Handles<T> {
  private readonly values = new Map<number, T>();
  private readonly numbers = new Map<string, number>();
  private next: number;

  /** @param first the first number */
  constructor(first: number) {
    this.next = first;
  }

  /** The number of the thing with that key, which `make` makes when it is new. */
  numberOf(key: string, make: () => T): number {
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.next++;
      this.numbers.set(key, number);
      this.values.set(number, make());
    }
    return number;
  }

  get(number: number): T | undefined {
    return this.values.get(number);
  }
}
