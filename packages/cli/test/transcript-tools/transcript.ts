// The form of a transcript file: Markdown, a section a command, both sides in one diff block.

/** What became of one command on both sides, lines normalised. */
export interface Section {
  readonly command: string;
  /** What Delve is given: the same command, another one, or nothing where it has no counterpart. */
  readonly delveCommand: string | undefined;
  /** Ids of docs/differences-from-delve.md that explain why the sides differ. */
  readonly differences: readonly string[];
  /** Only so many lines of each side are kept; undefined for all. */
  readonly head: number | undefined;
  /** The order of lines is chance on one side: both are sorted. */
  readonly anyOrder: boolean;
  /** What Delve prints depends on chance: it is an example, and not compared again. */
  readonly delveVaries: boolean;
  readonly inquest: readonly string[];
  readonly delve: readonly string[];
}

/** Commands that run one after the other in one session over one fixture. */
export interface Run {
  readonly fixture: string;
  readonly sections: readonly Section[];
}

export interface Transcript {
  /** The heading and the words below it, up to the first `Fixture:`. */
  readonly intro: readonly string[];
  readonly runs: readonly Run[];
}

/** Reads a file. Throws with the line number for what it cannot understand. */
export function parseTranscript(text: string): Transcript {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => line.startsWith('Fixture:'));
  if (first < 0) throw new Error('a transcript needs a line "Fixture: `id`"');
  const runs: { fixture: string; sections: Section[] }[] = [];
  for (let at = first; at < lines.length;) {
    const line = lines[at] ?? '';
    if (line.startsWith('Fixture:')) {
      runs.push({ fixture: quoted(line, at), sections: [] });
      at++;
    } else if (line.startsWith('## ')) {
      const { section, next } = parseSection(lines, at);
      runs.at(-1)?.sections.push(section);
      at = next;
    } else if (line === '') at++;
    else throw new Error(`line ${at + 1} is neither a fixture nor a command: ${line}`);
  }
  return { intro: trimBlank(lines.slice(0, first)), runs };
}

function parseSection(lines: readonly string[], start: number): { section: Section; next: number } {
  const command = quoted(lines[start] ?? '', start);
  let section: Section = {
    command,
    delveCommand: command,
    differences: [],
    head: undefined,
    anyOrder: false,
    delveVaries: false,
    inquest: [],
    delve: [],
  };
  let at = start + 1;
  for (; at < lines.length && !/^(## |Fixture:)/.test(lines[at] ?? ''); at++) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    if (line === '```diff') {
      const end = lines.indexOf('```', at);
      if (end < 0) throw new Error(`the block at line ${at + 1} does not end`);
      return { section: { ...section, ...splitSides(lines.slice(at + 1, end)) }, next: end + 1 };
    }
    if (line === 'Delve: none') section = { ...section, delveCommand: undefined };
    else if (line.startsWith('Delve:')) section = { ...section, delveCommand: quoted(line, at) };
    else if (line.startsWith('Differs:'))
      section = { ...section, differences: [...line.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '') };
    else if (line === 'Order: any') section = { ...section, anyOrder: true };
    else if (line === 'Varies: Delve') section = { ...section, delveVaries: true };
    else if (line.startsWith('Lines:')) section = { ...section, head: Number(line.slice('Lines:'.length)) };
    else throw new Error(`line ${at + 1} is not understood: ${line}`);
  }
  return { section, next: at };
}

function quoted(line: string, at: number): string {
  const match = /`(.*)`\s*$/.exec(line);
  if (match === null) throw new Error(`line ${at + 1} needs a text in back quotes: ${line}`);
  return match[1] ?? '';
}

function splitSides(lines: readonly string[]): { inquest: string[]; delve: string[] } {
  const sides = { inquest: [] as string[], delve: [] as string[] };
  // Prettier gives a block without lines an empty one: nothing was printed.
  if (lines.length === 1 && lines[0] === '') return sides;
  for (const line of lines) {
    const [mark, rest] = [line.slice(0, 1), line.slice(2)];
    if (mark !== '-') sides.inquest.push(rest);
    if (mark !== '+') sides.delve.push(rest);
  }
  return sides;
}

/** Writes a file, as Prettier would. */
export function formatTranscript({ intro, runs }: Transcript): string {
  const parts = [intro.join('\n')];
  for (const { fixture, sections } of runs) {
    parts.push(`Fixture: \`${fixture}\``);
    for (const section of sections) parts.push(...formatSection(section));
  }
  return `${parts.join('\n\n')}\n`;
}

function formatSection(section: Section): string[] {
  const { command, delveCommand, differences, head, anyOrder, delveVaries, inquest, delve } = section;
  const parts = [`## \`${command}\``];
  if (delveCommand === undefined) parts.push('Delve: none');
  else if (delveCommand !== command) parts.push(`Delve: \`${delveCommand}\``);
  if (head !== undefined) parts.push(`Lines: ${head}`);
  if (anyOrder) parts.push('Order: any');
  if (delveVaries) parts.push('Varies: Delve');
  if (differences.length > 0) parts.push(`Differs: ${differences.map((id) => `\`${id}\``).join(', ')}`);
  const lines = delveCommand === undefined ? inquest.map((line) => mark('+', line)) : mergeSides(inquest, delve);
  parts.push(['```diff', ...(lines.length === 0 ? [''] : lines), '```'].join('\n'));
  return parts;
}

function mark(sign: '+' | '-' | ' ', line: string): string {
  return `${sign} ${line}`.trimEnd();
}

/** Both sides in one list: `+ ` is Inquest's alone, `- ` Delve's alone, two spaces both. */
export function mergeSides(inquest: readonly string[], delve: readonly string[]): string[] {
  const common = longestCommon(inquest, delve);
  const few =
    common.filter(([i]) => (inquest[i] ?? '').trim() !== '').length * 3 < Math.min(inquest.length, delve.length);
  const merged: string[] = [];
  let [ours, theirs] = [0, 0];
  for (const [i, j] of [...(few ? [] : common), [inquest.length, delve.length] as const]) {
    for (; theirs < j; theirs++) merged.push(mark('-', delve[theirs] ?? ''));
    for (; ours < i; ours++) merged.push(mark('+', inquest[ours] ?? ''));
    if (i < inquest.length) merged.push(mark(' ', inquest[i] ?? ''));
    [ours, theirs] = [i + 1, j + 1];
  }
  return merged;
}

/** Pairs of indices of a longest common subsequence. */
function longestCommon(a: readonly string[], b: readonly string[]): (readonly [number, number])[] {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}

/** Lines without blank ones at both ends. */
export function trimBlank(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first < 0) return [];
  return lines.slice(first, lines.findLastIndex((line) => line.trim() !== '') + 1);
}
