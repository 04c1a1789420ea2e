import { describe, expect, it } from 'vitest';
import { listFixtures, openFixture } from '../../../fixtures/fixtures.mjs';
import { askInquest, scoreOf, wrongOnes } from './truth-score.ts';

const fixtures = listFixtures().filter(({ program }) => program === 'truth');

describe.skipIf(fixtures.length === 0)('values against the truth', () => {
  it.each(fixtures.flatMap((fixture) => [true, false].map((withSources) => ({ ...fixture, withSources }))))(
    '$id, sources: $withSources',
    ({ id, program, flags, go, withSources }) => {
      const { judged, missing } = askInquest(openFixture(id), program, withSources);
      const score = scoreOf(judged);
      expect(missing).toEqual([]);
      expect(wrongOnes(judged)).toEqual([]);
      if (flags === 'noopt') {
        expect(judged.filter(({ shown }) => 'absent' in shown)).toEqual([]);
        expect(score.right).toBe(judged.length);
      } else {
        expect(score.right + score.rightFlagged).toBeGreaterThan(190);
        if (withSources) expect(score.right).toBeGreaterThan(190);
      }
      expect(judged.length).toBeGreaterThan(go === '1.15' ? 150 : 170);
    },
  );
});
