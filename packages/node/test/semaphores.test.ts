import { openCore } from '@inquest/node';
import { describe, expect, it } from 'vitest';
import { listFixtures, openFixture } from '../../../fixtures/fixtures.mjs';
import { readSemaphores, semaphoreOf } from '../../engine/src/runtime/wait-queues.ts';

const fixtures = listFixtures().filter(
  ({ program, scenario, committed }) => committed && ['blocked', 'waits'].includes(program) && scenario !== 'outside',
);

describe('semaphores that goroutines sleep on, without the table of them', () => {
  it.each(fixtures)('$id: the same as by the table', ({ id, scenario }) => {
    const { exe, core } = openFixture(id);
    const { runtime } = openCore({ paths: [exe, core] }).session;
    const { byGoroutine, problem } = readSemaphores(runtime);
    expect(problem).toBeUndefined();
    const wrong: string[] = [];
    for (const goroutine of runtime.iterGoroutines()) {
      // Who waits on a condition is in a list of that.
      if (goroutine.waitReason === 'sync.Cond.Wait') continue;
      const [found, wanted] = [semaphoreOf(runtime, goroutine), byGoroutine.get(goroutine.address)];
      if (found !== wanted) wrong.push(`goroutine ${goroutine.id}: ${String(found)}, not ${String(wanted)}`);
    }
    expect(wrong).toEqual([]);
    if (scenario !== 'healthy') expect(byGoroutine.size).toBeGreaterThan(0);
  });
});
