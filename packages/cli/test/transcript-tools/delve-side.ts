// Runs commands through `dlv core`, one process for all.
import { askDelveTerminal } from '../../../testkit/src/index.ts';
import { openFixture } from '../../../../fixtures/fixtures.mjs';
import { COMPILED_IN, PROGRAMS } from '../../../../fixtures/fixtures.mjs';

/** What each of the commands printed. `goroot` is where Go's sources were compiled: they are shown to be on no machine. */
export function runDelve(id: string, commands: readonly string[], goroot: string | undefined): string[] {
  const { exe, core } = openFixture(id);
  const setup = [`config substitute-path ${COMPILED_IN} ${PROGRAMS}`];
  if (goroot !== undefined) setup.push(`config substitute-path ${goroot}/ $GOROOT/`);
  return askDelveTerminal(exe, core, commands, setup);
}
