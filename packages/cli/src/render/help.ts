import type { Style } from '../output/style.ts';

/** What `help` answers. */
export interface HelpResult {
  readonly groups: readonly { readonly title: string; readonly commands: readonly CommandHelp[] }[];
  /** Set when help was asked for one command. */
  readonly command: CommandHelp | undefined;
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
    'Unique beginnings of names will do. help COMMAND tells more about one.',
  );
  return lines;
}

function renderCommandHelp(command: CommandHelp, { paint }: Style): string[] {
  const lines = [`${command.summary}.`, '', `  ${paint.bold(command.usage)}`];
  if (command.aliases.length > 0) lines.push(`  also: ${command.aliases.join(', ')}`);
  const width = Math.max(0, ...command.parameters.map(({ spelling }) => spelling.length));
  if (width > 0) lines.push('');
  for (const { spelling, summary } of command.parameters) lines.push(`  ${spelling.padEnd(width)}  ${summary}`);
  if (command.details !== undefined) lines.push('', ...command.details.split('\n').map((line) => `  ${line}`));
  return lines;
}
