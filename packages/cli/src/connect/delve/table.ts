import { operations, type Operation, type Parameters } from '@inquest/engine';
import { CONTROL, versionText, withDoorOperations } from '../../door-operations.ts';
import { describeTable } from '../../help.ts';
import { CODE_COMMANDS } from './code.ts';
import { GOROUTINE_COMMANDS } from './goroutines.ts';
import type { DelveCommand, DelveCommands } from './server.ts';
import { STACK_COMMANDS } from './stacks.ts';
import { VALUE_COMMANDS } from './values.ts';

/** Everything that the prompt knows, on a core that is open here. */
const ALL: readonly Operation[] = withDoorOperations(operations);

/** Commands that are carried out here, by the prompt itself. */
export const OF_THE_PROMPT: ReadonlySet<string> = new Set([CONTROL.exit, CONTROL.source, 'transcript']);

function here(takes: readonly string[], answer: (parameters: Parameters) => unknown): DelveCommand {
  return { takes, run: (_server, parameters) => Promise.resolve(answer(parameters)) };
}

export const DELVE_COMMANDS: DelveCommands = {
  ...STACK_COMMANDS,
  ...GOROUTINE_COMMANDS,
  ...VALUE_COMMANDS,
  ...CODE_COMMANDS,
  echo: here(['text'], ({ text }) => ({ text: typeof text === 'string' ? text : '' })),
  help: here(['command'], ({ command }) =>
    describeTable(DELVE_TABLE, typeof command === 'string' ? command : undefined),
  ),
  version: here([], () => ({ text: versionText() })),
};

/** The operations that a server of Delve can answer, with the parameters of which it knows. */
export const DELVE_TABLE: readonly Operation[] = ALL.flatMap((operation) => {
  if (OF_THE_PROMPT.has(operation.name)) return [operation];
  const command = DELVE_COMMANDS[operation.name];
  if (command === undefined) return [];
  const parameters = operation.parameters.filter(({ name }) => command.takes.includes(name));
  const { details, ...rest } = operation;
  // Examples may be of what is not taken.
  const isWhole = parameters.length === operation.parameters.length;
  return [{ ...rest, ...(isWhole && details !== undefined ? { details } : {}), parameters }];
});

/** True for commands that need a core that is open here, or a server of ours. */
export function isOurs(word: string): boolean {
  return ALL.some(({ name, aliases }) => name === word || aliases.includes(word));
}
