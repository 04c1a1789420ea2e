/**
 * The registers of one thread or frame, by DWARF number. A number that is not set is not known.
 * General-purpose registers are exact 64-bit values; wide ones (SIMD) are bytes.
 */
export class RegisterSet {
  private readonly words = new Map<number, bigint>();
  /** Made when it is needed: a stack has millions of sets without. */
  private wide: Map<number, Uint8Array> | undefined;

  get(dwarfNumber: number): bigint | undefined {
    return this.words.get(dwarfNumber);
  }

  set(dwarfNumber: number, value: bigint): void {
    this.words.set(dwarfNumber, BigInt.asUintN(64, value));
  }

  /** The bytes of a SIMD register. */
  getWide(dwarfNumber: number): Uint8Array | undefined {
    return this.wide?.get(dwarfNumber);
  }

  setWide(dwarfNumber: number, bytes: Uint8Array): void {
    this.wide ??= new Map();
    this.wide.set(dwarfNumber, bytes);
  }

  delete(dwarfNumber: number): void {
    this.words.delete(dwarfNumber);
    this.wide?.delete(dwarfNumber);
  }

  copy(): RegisterSet {
    const set = new RegisterSet();
    for (const [number, value] of this.words) set.words.set(number, value);
    if (this.wide !== undefined) set.wide = new Map(this.wide);
    return set;
  }

  /** Numbers that are known, ascending. */
  numbers(): number[] {
    return [...new Set([...this.words.keys(), ...(this.wide?.keys() ?? [])])].sort((a, b) => a - b);
  }
}
