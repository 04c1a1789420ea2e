import { describe, expect, it } from 'vitest';
import { listFixtures, openFixture } from '../../../fixtures/fixtures.mjs';
import { askInquest, scoreOf, wrongOnes } from './truth-score.ts';

const fixtures = listFixtures().filter(({ hasTruth }) => hasTruth);

describe.skipIf(fixtures.length === 0)('values against the truth', () => {
  it.each(fixtures.flatMap((fixture) => [true, false].map((withSources) => ({ ...fixture, withSources }))))(
    '$id, sources: $withSources',
    ({ id, program, flags, withSources }) => {
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
        if (withSources) expect(score.right).toBeGreaterThan(least);
      }
      expect(judged.length).toBeGreaterThan(200);
    },
  );
});
