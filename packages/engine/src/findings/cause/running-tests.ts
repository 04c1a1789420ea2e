/** A stack of which only names and places are asked. */
export interface NamedStack {
  readonly id: number | undefined;
  readonly status: string;
  readonly frames: readonly { readonly function: string; readonly file: string; readonly line: number }[];
}

/** A test that ran when package testing ended the program. */
export interface RunningTest {
  readonly goroutine: number | undefined;
  readonly status: string;
  /** The function of the test. */
  readonly test: string;
  /** Where it was: its innermost frame outside of the standard library. */
  readonly at: { readonly function: string; readonly file: string; readonly line: number };
}

/** What package testing calls tests by, and where a test waits for others: then it is not itself what went on too long. */
const RUNNER = 'testing.tRunner';
const WAITS_FOR_TESTS = /^testing\.\(\*(?:T|testState|testContext|testingContext)\)\.(?:Run|Parallel|waitParallel)$/;

/**
 * The tests that ran on, by their stacks. `isUser` tells code of the program from that of the standard library and the
 * runtime.
 */
export function findRunningTests(
  stacks: Iterable<NamedStack>,
  isUser: (functionName: string) => boolean,
): readonly RunningTest[] {
  const found: RunningTest[] = [];
  for (const { id, status, frames } of stacks) {
    const runner = frames.findIndex((frame) => frame.function === RUNNER);
    const inner = frames.slice(0, Math.max(0, runner));
    const test = inner.at(-1)?.function;
    const at = inner.find((frame) => isUser(frame.function));
    if (test === undefined || at === undefined || inner.some((frame) => WAITS_FOR_TESTS.test(frame.function))) continue;
    found.push({ goroutine: id, status, test, at });
  }
  return found;
}

/** `example.com/t.TestSlow was still running: goroutine 7 [chan receive], in example.com/t.slow at x_test.go:3`. */
export function runningTestText({ goroutine, status, test, at }: RunningTest): string {
  const where = at.function === test ? '' : `in ${at.function} `;
  const file = at.file.split('/').at(-1) ?? at.file;
  return `${test} was still running: goroutine ${goroutine ?? '?'} [${status}], ${where}at ${file}:${at.line}`;
}
