import { openCore } from '@inquest/node';
import { openFixture } from '../../../fixtures/fixtures.mjs';
import { createStyle } from '../src/output/style.ts';
import { Runner } from '../src/runner.ts';

/** A session over a fixture in this process, as at the prompt. `run` returns what a line would have written. */
export function openRunner(id: string): { readonly runner: Runner; readonly run: (line: string) => string } {
  const { exe, core } = openFixture(id);
  const { session } = openCore({ paths: [exe, core] });
  const runner = new Runner({
    session,
    core: { path: core, executable: exe, buildId: undefined },
    warnings: [],
    style: (settings) => createStyle(false, Number.POSITIVE_INFINITY, undefined, undefined, settings),
    json: false,
    pager: false,
  });
  return {
    runner,
    run: (line) =>
      runner.channel.capture(() => {
        runner.run(line, { prompt: true });
      }),
  };
}

/** Number of the frame of a function: it changes when a fixture is built anew. */
export function frameOf({ options: { session } }: Runner, name: string): number {
  const call = session.stack.first(500).find((each) => each.name === name);
  if (call === undefined) throw new Error(`no frame of ${name}`);
  return call.index;
}
