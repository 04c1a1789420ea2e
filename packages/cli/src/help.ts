import {
  DebugError,
  defineOperation,
  findCommand,
  findLiveCommand,
  formatUsage,
  isDebugError,
  LIVE_COMMANDS,
  SCALARS,
  type LiveCommand,
  type Operation,
  type Parameter,
} from '@inquest/engine';
import type { CommandHelp, HelpResult } from './render/help.ts';
import { findTopic, TOPICS, type Topic } from './help-topics.ts';

/** The groups of operations, in the order in which they are shown. */
export const GROUP_TITLES: readonly (readonly [Operation['group'], string])[] = [
  ['look', 'Where it died'],
  ['goroutines', 'Goroutines and threads'],
  ['data', 'Values'],
  ['symbols', 'The program'],
  ['session', 'This session'],
  ['scripts', 'Of scripts'],
];

/** The operation `help`; `table` gives the commands of now. */
export function helpOperation(table: () => readonly Operation[]): Operation<HelpResult> {
  return defineOperation({
    name: 'help',
    aliases: ['h'],
    group: 'session',
    summary: 'List the commands, or tell about one',
    details: `help                       all commands
help bt                    one of them
help config max-string-len one setting
help expressions           a topic: ${TOPICS.map(({ name }) => name).join(', ')}`,
    parameters: [
      {
        name: 'command',
        kind: 'rest',
        positional: true,
        completes: 'command',
        summary: 'name of a command or a topic',
      },
    ],
    run: (_session, { command }) => describeTable(table(), typeof command === 'string' ? command : undefined),
  });
}

const NOTHING: HelpResult = { groups: [], topics: [], command: undefined, topic: undefined };

/** The table as `help` shows it, or one command or topic; throws `not-found` for what is neither. */
export function describeTable(table: readonly Operation[], asked: string | undefined): HelpResult {
  if (asked === undefined) {
    const groups = GROUP_TITLES.map(([group, title]) => ({
      title,
      commands: table.filter((operation) => operation.group === group).map(describeOperation),
    }));
    return { ...NOTHING, groups: groups.filter(({ commands }) => commands.length > 0), topics: TOPICS };
  }
  const [word = '', ...more] = asked.trim().split(/\s+/);
  if (word === 'config' && more.length > 0) return { ...NOTHING, topic: settingTopic(more.join(' ')) };
  const topic = findTopic(word) ?? (word === 'live' ? liveTopic() : undefined);
  if (topic !== undefined && !table.some(({ name, aliases }) => name === word || aliases.includes(word)))
    return { ...NOTHING, topic };
  return { ...NOTHING, command: describeCommand(table, word) };
}

function describeCommand(table: readonly Operation[], word: string): CommandHelp {
  try {
    return describeOperation(findCommand(word, table));
  } catch (error) {
    const live = findLiveCommand(word) ?? LIVE_COMMANDS.find(({ name }) => word.length > 1 && name.startsWith(word));
    if (live === undefined || !isDebugError(error) || error.detail.code !== 'unsupported') throw error;
    return describeLive(live);
  }
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

function describeLive({ name, aliases, does, instead }: LiveCommand): CommandHelp {
  return {
    name,
    aliases,
    summary: `Needs a live process, where it ${does}`,
    details: `On a core: ${instead}.`,
    usage: name,
    parameters: [],
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

/** `help config KEY`, as Delve has it. */
function settingTopic(key: string): Topic {
  const setting = SCALARS.find((each) => each.key === key);
  if (setting === undefined)
    throw new DebugError(`there is no help on the setting ${key}`, {
      code: 'not-found',
      hint: 'help config tells about aliases, substitute-path and debug-info-directories; config lists all settings',
    });
  const values = setting.kind === 'flag' ? 'true or false' : (setting.choices?.join(', ') ?? `a ${setting.kind}`);
  const usual = setting.default === '' ? 'nothing' : String(setting.default);
  return {
    name: `config ${key}`,
    summary: setting.summary,
    text: `config ${key} VALUE\n\n${values}; by default ${usual}`,
  };
}

/** The page on commands that need a live process. */
export function liveTopic(): Topic {
  const lines = LIVE_COMMANDS.map(({ name, instead }) => `${name.padEnd(18)}${instead}`);
  return {
    name: 'live',
    summary: 'Commands that need a live process, and what answers their question here',
    text: lines.join('\n'),
  };
}

/** Refuses `inquest help X` for what is neither a sub-command nor a command. */
export function unknownTopic(topic: string): DebugError {
  return new DebugError(`there is no help on ${topic}`, { code: 'usage', hint: 'inquest help lists the commands' });
}
