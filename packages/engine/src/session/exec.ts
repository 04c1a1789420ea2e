import { DebugError, isDebugError } from '../base/errors.ts';
import { parseCommandLine, type CommandLine } from './command-line.ts';
import type { Operation } from './operation.ts';
import type { ExecResult } from './results.ts';
import type { Selection, Session } from './session.ts';

/** Parses the command of -exec. Throws `usage` if there is none, and for commands that go over all goroutines themselves. */
export function parseExec(text: string, table: readonly Operation[], forbidden: readonly string[]): CommandLine {
  const command = parseCommandLine(text, table);
  if (command === undefined) throw new DebugError('-exec needs a command', { code: 'usage' });
  if (forbidden.includes(command.operation.name))
    throw new DebugError(`${command.operation.name} cannot be run on each of many`, { code: 'usage' });
  return command;
}

/** Runs a command with a stack selected. */
export function runAt(session: Session, selection: Selection, { operation, parameters, scope }: CommandLine): unknown {
  const run = (): unknown => operation.run(session, parameters);
  const isScoped = scope.goroutine !== undefined || scope.frame !== undefined;
  return session.withSelection(selection, () => (isScoped ? session.within(scope, run) : run()));
}

/** The same; what goes wrong is part of the answer, so that the others get theirs. */
export function runExec(session: Session, selection: Selection, command: CommandLine): ExecResult {
  const { operation, parameters } = command;
  const base = { operation: operation.name, parameters };
  try {
    return { ...base, result: runAt(session, selection, command), error: undefined };
  } catch (error) {
    if (!isDebugError(error)) throw error;
    const { code, hint } = error.detail;
    return { ...base, result: undefined, error: { code, message: error.message, hint } };
  }
}
