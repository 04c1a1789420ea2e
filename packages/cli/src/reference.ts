import { MANY, operations, SCALARS } from '@inquest/engine';
import { withDoorOperations } from './door-operations.ts';
import { describeTable, liveTopic } from './help.ts';
import { TOPICS, type Topic } from './help-topics.ts';
import type { CommandHelp } from './render/help.ts';

const HEAD = `# Commands

Written by \`npm run docs\` from the table of operations, the same from which help, completion and \`--json\` are made.

Commands are typed at the prompt, given with \`-e\`, or read from a file (\`--init\`, \`source\`). Unique beginnings of names will do.
\`goroutine N COMMAND\` and \`frame N COMMAND\` run a command elsewhere without going there. An empty line repeats the last command.
`;

/** The reference page docs/commands.md, in Markdown. */
export function referencePage(): string {
  const { groups } = describeTable(withDoorOperations(operations), undefined);
  const parts = [HEAD];
  for (const { title, commands } of groups) parts.push(`## ${title}`, ...commands.map(commandSection));
  parts.push('## Settings', settings(), '## Pages of help', ...TOPICS.map(topicSection), topicSection(liveTopic()));
  return `${parts
    .join('\n\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}

function commandSection({ name, aliases, summary, usage, details, parameters }: CommandHelp): string {
  const also = aliases.length === 0 ? '' : ` (${aliases.map((alias) => `\`${alias}\``).join(', ')})`;
  const lines = [`### \`${name}\`${also}`, '', `${summary}.`, '', ...block(usage)];
  if (parameters.length > 0)
    lines.push('', ...parameters.map((each) => `- \`${each.spelling}\`: ${prose(each.summary)}`));
  if (details !== undefined) lines.push('', ...block(details));
  return lines.join('\n');
}

function settings(): string {
  const rows = SCALARS.map(({ key, summary, kind, choices, default: usual }) => {
    const values = choices?.join(', ') ?? (kind === 'flag' ? 'true, false' : kind);
    return `- \`${key}\` (${values}; ${usual === '' ? 'nothing' : `\`${String(usual)}\``}): ${prose(summary)}`;
  });
  const many = Object.entries(MANY).map(([key, summary]) => `- \`${key}\`: ${prose(summary)}`);
  return [
    `\`config\` shows and sets them. In brackets: what they can be, and what they are by default.`,
    '',
    ...many,
    ...rows,
  ].join('\n');
}

function topicSection({ name, summary, text }: Topic): string {
  return [`### ${name}`, '', `${summary}.`, '', ...block(text)].join('\n');
}

function block(text: string): string[] {
  return ['```', ...text.split('\n'), '```'];
}

/** Text in which Markdown would see marks of its own. */
function prose(text: string): string {
  return text.replace(/[*_<>[\]]/g, (mark) => `\\${mark}`);
}
