import { listenToWork } from '@inquest/engine';
import { afterEach, describe, expect, it } from 'vitest';
import { INTERRUPTED, runInterruptible } from '../src/prompt/interruptible.ts';
import { openRunner } from './open-runner.ts';

afterEach(() => listenToWork(undefined));

/** Runs a line and presses Ctrl-C when its work is told of for the nth time; false if it was done before that. */
function isCancelled(opened: ReturnType<typeof openRunner>, line: string, nth: number): boolean {
  let reports = 0;
  listenToWork(() => {
    if (++reports !== nth) return;
    process.kill(process.pid, 'SIGINT');
    // The signal comes through another thread.
    for (const end = Date.now() + 10_000; Date.now() < end;);
  });
  const recover = opened.runner.remember();
  const outcome = runInterruptible(() => opened.run(line));
  listenToWork(undefined);
  if (outcome !== INTERRUPTED) return false;
  recover();
  return true;
}

describe('a query that Ctrl-C gives up', () => {
  it.each([
    ['bt -bottom 3', 'crash/go1.24/default/mutual'],
    ['types', 'sum/go1.26/default'],
    ['deadlocks', 'waits/go1.24/default/planted'],
  ])('%s is answered when it is asked again', (line, id) => {
    const expected = openRunner(id).run(line);
    let cancelled = 0;
    for (const nth of [1, 2, 3]) {
      const opened = openRunner(id);
      if (isCancelled(opened, line, nth)) cancelled++;
      expect(opened.run(line)).toBe(expected);
    }
    expect(cancelled).toBeGreaterThan(0);
  });
});
