import { DebugError, operations, parseCommandLine, type Session } from '@inquest/engine';
import { openCore } from '@inquest/node';
import { openFixture } from '../../../fixtures/fixtures.mjs';
import { withDoorOperations } from '../src/door-operations.ts';
import { createStyle } from '../src/output/style.ts';
import { renderResult } from '../src/render/index.ts';

const PLAIN = createStyle(false, 100);
const TABLE = withDoorOperations(operations);

/** A session over a fixture. */
export function openSession(id: string): Session {
  const { exe, core, libs } = openFixture(id);
  return openCore({ paths: [exe, core], places: { libs, debugDirectories: () => [], onlyGiven: true } }).session;
}

/** What a line of the prompt prints, without colours; the message of an error, with its hint. */
export function say(session: Session, line: string): string {
  try {
    const command = parseCommandLine(line, TABLE);
    if (command === undefined) return '';
    const { operation, parameters, scope } = command;
    const run = (): unknown => operation.run(session, parameters);
    const result = scope.goroutine === undefined && scope.frame === undefined ? run() : session.within(scope, run);
    return renderResult(operation.name, result, PLAIN, parameters).join('\n');
  } catch (error) {
    if (!(error instanceof DebugError)) throw error;
    const { hint } = error.detail;
    return hint === undefined ? error.message : `${error.message} | ${hint}`;
  }
}
