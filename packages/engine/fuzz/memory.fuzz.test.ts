import { describe, expect, it } from 'vitest';
import { addressesIn, ask, type Tally } from './ask.ts';
import { Patient, randomFrom } from './damage.ts';
import { forSeeds, TIMEOUT } from './rounds.ts';

/** Megabytes by which the process may grow while it answers. */
const GROWTH = 1500;

/** Go 1.23 has the classic maps, later ones Swiss tables. */
const FIXTURES = ['truth/go1.23/noopt', 'truth/go1.27/noopt'];

describe.each(FIXTURES)('damaged memory of %s', (id) => {
  const patient = new Patient(id);
  const tally: Tally = { answered: 0, refused: 0 };

  it('around the values: slices, strings, maps, channels, interfaces, closures', { timeout: TIMEOUT }, () => {
    const healthy = patient.open();
    const questions = ['vars ^main\\.', 'stack -full 40'];
    const words = patient.wordsAround(addressesIn(questions.map((line) => ask(healthy, line, tally))));
    expect(words.length).toBeGreaterThan(1000);
    const before = process.memoryUsage().rss;
    forSeeds((seed) => {
      const random = randomFrom(seed);
      patient.damageWords(words, words.length >> (2 + random(6)), random);
      try {
        const session = patient.open();
        for (const line of questions) ask(session, line, tally);
      } finally {
        patient.mend();
      }
    });
    expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(GROWTH);
    expect(tally.answered).toBeGreaterThan(2);
  });

  it('anywhere: goroutines, threads, defers, panics, stacks', { timeout: TIMEOUT }, () => {
    const words = patient.writableWords();
    forSeeds((seed) => {
      const random = randomFrom(seed + 1000);
      patient.damageWords(words, words.length >> (3 + random(8)), random);
      try {
        const session = patient.open();
        for (const line of ['report', 'goroutines -t', 'threads', 'stack 200', 'regs', 'traceback', 'vars ^runtime\\.'])
          ask(session, line, tally);
        for (const goroutine of session.runtime.goroutines.slice(0, 8))
          ask(session, `goroutine ${goroutine.id} stack -full 20`, tally);
      } finally {
        patient.mend();
      }
    });
    expect(tally.answered).toBeGreaterThan(8);
  });
});
