import { describe, expect, it } from 'vitest';
import { listFixtures, openFixture } from '../../../fixtures/fixtures.mjs';
import { askInquest, scoreOf, showExpression, wrongOnes } from './truth-score.ts';

const all = listFixtures().filter(({ hasTruth }) => hasTruth);
const fixtures = all.filter(({ program }) => program !== 'reused');
const reused = all.filter(({ program }) => program === 'reused');

/** Right values that Delve 1.27 shows of the program deaths, built with optimisation. */
const DELVE_ON_DEATHS: Readonly<Record<string, number>> = {
  '1.19': 103,
  '1.21': 100,
  '1.22': 104,
  '1.23': 104,
  '1.24': 105,
  '1.26': 105,
  '1.27': 109,
};

describe.skipIf(fixtures.length === 0)('values against the truth', () => {
  it.each(fixtures.flatMap((fixture) => [true, false].map((withSources) => ({ ...fixture, withSources }))))(
    '$id, sources: $withSources',
    ({ id, program, go, flags, withSources }) => {
      const { judged, missing } = askInquest(openFixture(id), program, withSources);
      const score = scoreOf(judged);
      expect(missing).toEqual([]);
      expect(wrongOnes(judged)).toEqual([]);
      if (flags === 'noopt') {
        expect(judged.filter(({ shown }) => 'absent' in shown)).toEqual([]);
        expect(score.right).toBe(judged.length);
      } else {
        const least = { truth: 190, deaths: 120 }[program] ?? 0;
        expect(score.right + score.rightFlagged).toBeGreaterThan(least + 10);
        if (withSources) {
          const delve = program === 'deaths' ? (DELVE_ON_DEATHS[go] ?? 0) : 0;
          expect(score.right).toBeGreaterThanOrEqual(delve * 1.5);
          expect(score.right).toBeGreaterThan(program === 'deaths' ? 155 : 205);
        }
      }
      expect(judged.length).toBeGreaterThan(200);
    },
  );
});

describe.skipIf(reused.length === 0)('memory that was freed and given to others', () => {
  const inUse = new Set(['main.kept', 'main.caller', 'main.callee']);

  it.each(reused.flatMap((fixture) => [true, false].map((withSources) => ({ ...fixture, withSources }))))(
    '$id, sources: $withSources',
    ({ id, program, flags, withSources }) => {
      const { judged, missing } = askInquest(openFixture(id), program, withSources);
      expect(missing).toEqual([]);
      expect(wrongOnes(judged)).toEqual([]);
      if (flags !== 'noopt' && !withSources) return;
      // What is used behind the call, there or in a function that waits for it, is in no doubt.
      const kept = judged.filter(({ func }) => inUse.has(func));
      expect(kept.map(({ value, shown }) => [shown, value])).toEqual(
        kept.map(({ value }) => [{ text: value, stale: undefined }, value]),
      );
      if (flags !== 'noopt') return;
      const others = judged.filter(({ func }) => !inUse.has(func));
      const doubts = others.map(({ shown }) => ('absent' in shown ? shown.absent : (shown.stale ?? 'none')));
      expect(doubts.filter((doubt) => !/no longer used|damaged|cannot read memory/.test(doubt))).toEqual([]);
      expect(doubts.filter((doubt) => /no longer used/.test(doubt)).length).toBeGreaterThan(5);
    },
  );
});

describe('the main example, of which sum is divisible by 42 where it dies', () => {
  const examples = listFixtures().filter(({ program, flags }) => program === 'sum' && flags !== 'stripped');
  it.each(examples.flatMap((fixture) => [true, false].map((withSources) => ({ ...fixture, withSources }))))(
    '$id, sources: $withSources',
    ({ id, withSources }) => {
      const shown = showExpression(openFixture(id), 'sum', withSources, 'main.main', 'sum');
      if ('absent' in shown) expect(shown.absent).toMatch(/available/);
      else if (shown.stale === undefined) expect(BigInt(shown.text) % 42n).toBe(0n);
    },
  );
});
