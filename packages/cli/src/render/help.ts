import type { Style } from '../output/style.ts';

/** What `help` answers. */
export interface HelpResult {
  readonly groups: readonly { readonly title: string; readonly commands: readonly CommandHelp[] }[];
  /** Set when help was asked for one command. */
  readonly command: CommandHelp | undefined;
  /** Pages that are not about one command, where all is listed. */
  readonly topics: readonly HelpTopic[];
  /** Set when help was asked for a page. */
  readonly topic: HelpTopic | undefined;
}

export interface HelpTopic {
  readonly name: string;
  readonly summary: string;
  readonly text: string;
}

export interface CommandHelp {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly usage: string;
  readonly details: string | undefined;
  readonly parameters: readonly { readonly spelling: string; readonly summary: string }[];
}

/** `help`: the table of commands, or everything about one. */
export function renderHelp(help: HelpResult, style: Style): string[] {
  if (help.command !== undefined) return renderCommandHelp(help.command, style);
  if (help.topic !== undefined) return [`${help.topic.summary}.`, '', ...indented(help.topic.text)];
  const { paint } = style;
  const label = ({ name, aliases }: CommandHelp): string =>
    aliases.length === 0 ? name : `${name} (${aliases.join(', ')})`;
  const width = Math.max(...help.groups.flatMap(({ commands }) => commands.map((command) => label(command).length)));
  const lines: string[] = [];
  for (const { title, commands } of help.groups) {
    lines.push(paint.bold(title));
    for (const command of commands) lines.push(`  ${label(command).padEnd(width)}  ${command.summary}`);
    lines.push('');
  }
  lines.push(
    'goroutine N COMMAND and frame N COMMAND run a command elsewhere: goroutine 7 frame 2 locals',
    'Unique beginnings of names will do; an empty line repeats. help COMMAND tells more about one.',
    `Pages: ${help.topics.map(({ name }) => `help ${name}`).join(', ')}, help live (what needs a live process).`,
  );
  return lines;
}

function renderCommandHelp(command: CommandHelp, { paint }: Style): string[] {
  const lines = [`${command.summary}.`, '', `  ${paint.bold(command.usage)}`];
  if (command.aliases.length > 0) lines.push(`  also: ${command.aliases.join(', ')}`);
  const width = Math.max(0, ...command.parameters.map(({ spelling }) => spelling.length));
  if (width > 0) lines.push('');
  for (const { spelling, summary } of command.parameters) lines.push(`  ${spelling.padEnd(width)}  ${summary}`);
  if (command.details !== undefined) lines.push('', ...indented(command.details));
  return lines;
}

function indented(text: string): string[] {
  return text.split('\n').map((line) => `  ${line}`.trimEnd());
}
