// How often a fuzz test goes round.

import { writeSync } from 'node:fs';
import { VERBOSE } from './ask.ts';

/** Rounds that `npm test` makes of each test. */
const ROUNDS = 6;

const seconds = Number(process.env['INQUEST_FUZZ_SECONDS'] ?? 0);
const first = Number(process.env['INQUEST_FUZZ_SEED'] ?? 1);

/**
 * Seeds: a few, always the same; with INQUEST_FUZZ_SECONDS as many as that time allows, from INQUEST_FUZZ_SEED on. What a round
 * throws gets its seed in front.
 */
export function forSeeds(round: (seed: number) => void): void {
  const started = performance.now();
  for (let seed = first; seconds > 0 ? performance.now() - started < seconds * 1000 : seed < first + ROUNDS; seed++) {
    if (VERBOSE) writeSync(2, `seed ${seed}\n`);
    try {
      round(seed);
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
}

/** Time that one test may take, in milliseconds. */
export const TIMEOUT: number = 120_000 + seconds * 2000;
