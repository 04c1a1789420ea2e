import {
  configOperation,
  DebugError,
  defineOperation,
  findCommand,
  formatUsage,
  type Operation,
  type Parameter,
  withAliases,
} from '@inquest/engine';
import type { CommandHelp, HelpResult } from './render/help.ts';
import { VERSION } from './version.ts';

const TITLES: readonly (readonly [Operation['group'], string])[] = [
  ['look', 'Where it died'],
  ['goroutines', 'Goroutines and threads'],
  ['data', 'Values'],
  ['symbols', 'The program'],
  ['session', 'This session'],
];

/** The operations of the engine, and those of the prompt itself: `help`, `version`, `exit`. */
export function withDoorOperations(operations: readonly Operation[]): readonly Operation[] {
  const table: Operation[] = [...operations];
  const own = [configOperation(() => table), helpOperation(table), versionOperation, exitOperation];
  table.push(...own.filter(({ name }) => !operations.some((operation) => operation.name === name)));
  return table;
}

function helpOperation(table: readonly Operation[]): Operation<HelpResult> {
  return defineOperation({
    name: 'help',
    aliases: ['h'],
    group: 'session',
    summary: 'List the commands, or tell about one',
    parameters: [
      { name: 'command', kind: 'string', positional: true, completes: 'command', summary: 'name of a command' },
    ],
    run(session, parameters) {
      const { command } = parameters;
      return describeTable(
        withAliases(table, session.settings.aliases),
        typeof command === 'string' ? command : undefined,
      );
    },
  });
}

/** The table as `help` shows it; throws `not-found` for a command that is not in it. */
export function describeTable(table: readonly Operation[], command: string | undefined): HelpResult {
  if (command !== undefined) return { groups: [], command: describeOperation(findCommand(command, table)) };
  const groups = TITLES.map(([group, title]) => ({
    title,
    commands: table.filter((operation) => operation.group === group).map(describeOperation),
  }));
  return { groups: groups.filter(({ commands }) => commands.length > 0), command: undefined };
}

function describeOperation(operation: Operation): CommandHelp {
  const { name, aliases, summary, details, parameters } = operation;
  return {
    name,
    aliases,
    summary,
    details,
    usage: formatUsage(operation),
    parameters: parameters.map(describeParameter),
  };
}

/** What stands for a flag's value, where that is not the name of its kind. */
const VALUE_WORDS: Readonly<Partial<Record<Parameter['kind'], string>>> = {
  number: 'N',
  phrase: 'WHAT',
  rest: 'COMMAND',
};

function describeParameter({ name, aliases, kind, positional, summary }: Parameter): {
  spelling: string;
  summary: string;
} {
  if (positional === true) return { spelling: name, summary };
  const spellings = [name, ...(aliases ?? [])].map((each) => `-${each}`).join(', ');
  return {
    spelling: kind === 'flag' ? spellings : `${spellings} ${VALUE_WORDS[kind] ?? kind.toUpperCase()}`,
    summary,
  };
}

const versionOperation: Operation<{ text: string }> = defineOperation({
  name: 'version',
  aliases: [],
  group: 'session',
  summary: 'Print the version of inquest',
  parameters: [],
  run: () => ({ text: versionText() }),
});

/** `inquest 0.1.0 (Node 20.20.2, linux x64)`. */
export function versionText(): string {
  return `inquest ${VERSION} (Node ${process.versions.node}, ${process.platform} ${process.arch})`;
}

const exitOperation: Operation<undefined> = defineOperation({
  name: 'exit',
  aliases: ['quit', 'q'],
  group: 'session',
  summary: 'Leave',
  parameters: [],
  run: () => undefined,
});

/** The name of the operation that ends a session. */
export const EXIT_OPERATION = 'exit';

/** Refuses `inquest help X` for what is neither a sub-command nor a command. */
export function unknownTopic(topic: string): DebugError {
  return new DebugError(`there is no help on ${topic}`, { code: 'usage', hint: 'inquest help lists the commands' });
}
