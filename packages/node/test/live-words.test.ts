import { openCore } from '@inquest/node';
import { describe, expect, it } from 'vitest';
import { listFixtures, openFixture } from '../../../fixtures/fixtures.mjs';
import { StackWords } from '../../engine/src/findings/blocked/live-words.ts';

const fixtures = listFixtures().filter(
  ({ program, flags }) => flags !== 'stripped' && ['blocked', 'waits', 'truth'].includes(program),
);

describe('words in use of parked stacks', () => {
  it.each(fixtures)('$id: each is a pointer to data, or nil', ({ id }) => {
    const { exe, core } = openFixture(id);
    const { runtime, program } = openCore({ paths: [exe, core] }).session;
    const stackWords = new StackWords(runtime);
    let count = 0;
    const strange: string[] = [];
    for (const goroutine of runtime.iterGoroutines()) {
      const live = stackWords.of(goroutine);
      for (const word of live?.words ?? []) {
        const value = program.memory.u64((live?.sp ?? 0) + word);
        count++;
        // A slot beside it would have a return address, a number, or what another call left.
        const isData = program.memory.has(value) && program.findFunc(value) === undefined;
        if (value !== 0 && !isData) strange.push(`goroutine ${goroutine.id}: ${value.toString(16)} at ${word}`);
      }
    }
    expect(strange).toEqual([]);
    expect(count).toBeGreaterThan(4);
  });
});
