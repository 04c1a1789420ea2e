import { describe, expect, it } from 'vitest';
import { listFixtures, openFixture } from '../../../fixtures/fixtures.mjs';
import { askInquest, scoreOf, wrongOnes } from './truth-score.ts';

const fixtures = listFixtures().filter(({ program }) => program === 'truth');

describe.skipIf(fixtures.length === 0)('values against the truth', () => {
  it.each(fixtures)('$id', ({ id, flags, go }) => {
    const { judged, missing } = askInquest(openFixture(id));
    const score = scoreOf(judged);
    const absent = judged.filter(({ shown }) => 'absent' in shown);
    console.log(
      `${id}: ${score.right} right, ${score.rightFlagged} right but flagged, ${score.wrongFlagged} flagged and older, ${score.absent} absent`,
    );
    expect(missing).toEqual([]);
    expect(wrongOnes(judged)).toEqual([]);
    if (flags === 'noopt') {
      expect(absent).toEqual([]);
      expect(score.right).toBe(judged.length);
    }
    expect(score.right).toBeGreaterThan(flags === 'noopt' ? 150 : 60);
    expect(judged.length).toBeGreaterThan(go === '1.15' ? 150 : 170);
  });
});
