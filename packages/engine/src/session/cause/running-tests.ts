import { findRunningTests, runningTestText, type NamedStack } from '../../findings/cause/running-tests.ts';
import { packageOf } from '../../pclntab/function-name.ts';
import { packageOwner } from '../../runtime/packages.ts';
import type { CauseFinding } from '../results.ts';
import type { CauseContext } from './context.ts';

/** Goroutines and frames that are searched for tests. */
const MOST_GOROUTINES = 1000;
const DEPTH = 200;

/** The tests that ran on when their time was over. */
export function testFindings({ session }: CauseContext): CauseFinding[] {
  const { program, runtime } = session;
  const info = program.main?.buildInfo;
  const isUser = (name: string): boolean => ['own', 'dependency'].includes(packageOwner(packageOf(name), info));
  const stacks = function* (): Generator<NamedStack, void, undefined> {
    let left = MOST_GOROUTINES;
    for (const goroutine of runtime.iterGoroutines()) {
      if (left-- === 0) return;
      const calls = session.stackOf({ goroutine, thread: undefined }).first(DEPTH);
      const frames = calls.map(({ name, file, line }) => ({ function: name, file, line }));
      yield { id: goroutine.id, status: goroutine.statusText, frames };
    }
  };
  return findRunningTests(stacks(), isUser).map((test) => ({
    text: runningTestText(test),
    confidence: 'proven',
    evidence: `the stack of goroutine ${test.goroutine ?? '?'}`,
  }));
}
