// Takes out of an output what a rebuilt fixture or another machine would change.

/** What is known of the session that printed the lines. */
export interface World {
  /** Linux ids of the threads, in the order of the core. */
  readonly threads: readonly number[];
  /** Prefixes of paths and what is written for them; the first that fits counts. */
  readonly paths: readonly (readonly [string, string])[];
}

/** Smaller numbers in hexadecimal are data, not addresses. */
const LEAST_ADDRESS = 0x10000;

/**
 * A function that normalises the lines of one command, first Inquest's, then Delve's: equal addresses get equal numbers, `0x#1`.
 * Zero-padded addresses stay as wide as they were.
 */
export function normaliser(world: World): (text: string) => string[] {
  const numbers = new Map<number, number>();
  const label = (digits: string): string => {
    const address = Number.parseInt(digits, 16);
    const number = numbers.get(address) ?? numbers.size + 1;
    numbers.set(address, number);
    return digits.startsWith('0') ? `#${number}`.padStart(digits.length, '0') : `#${number}`;
  };
  const tids = new Map(world.threads.map((tid, i) => [String(tid), `T${i + 1}`]));
  return (text) => {
    let plain = text;
    for (const [prefix, name] of world.paths) plain = plain.replaceAll(prefix, name);
    return plain
      .replace(/\b\d+\b/g, (digits) => tids.get(digits) ?? digits)
      .replace(/\b0x([0-9a-f]+)\b/g, (whole, digits: string) =>
        Number.parseInt(digits, 16) < LEAST_ADDRESS ? whole : `0x${label(digits)}`,
      )
      .replace(/\(PC: ([0-9a-f]+)\)/g, (_, digits: string) => `(PC: ${label(digits)})`)
      .split('\n')
      .map((line) => line.trimEnd());
  };
}
