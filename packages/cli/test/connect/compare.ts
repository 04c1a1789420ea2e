// The same commands through `dlv connect`, to inquest and to Delve, and what they print differently.
import { COMPILED_IN, PROGRAMS } from '../../../../fixtures/fixtures.mjs';
import { connectDelveTerminal } from '../../../testkit/src/index.ts';
import { startDelve, startInquest, type HeadlessServer } from './servers.ts';

/** Lines of one command that one side alone printed. */
export interface LineDifference {
  readonly fixture: string;
  readonly command: string;
  readonly inquest: string | undefined;
  readonly delve: string | undefined;
}

export interface TerminalComparison {
  /** Commands of which all lines are the same. */
  readonly same: number;
  readonly differences: readonly LineDifference[];
}

const SOURCES = ['--substitute-path', `${COMPILED_IN}=${PROGRAMS}`];

/** Runs commands on a fixture. In them `@f` stands for the frame of function f. */
export async function compareTerminals(fixture: string, commands: readonly string[]): Promise<TerminalComparison> {
  const [ours, theirs] = [
    await run(startInquest(fixture, SOURCES), commands),
    await run(startDelve(fixture), commands),
  ];
  const differences: LineDifference[] = [];
  let same = 0;
  commands.forEach((command, i) => {
    const found = differingLines(ours[i] ?? '', theirs[i] ?? '');
    if (found.length === 0) same++;
    differences.push(...found.map((each) => ({ fixture, command, ...each })));
  });
  return { same, differences };
}

async function run(starting: Promise<HeadlessServer>, commands: readonly string[]): Promise<string[]> {
  const server = await starting;
  try {
    const numbers = await frameNumbers(server);
    const setup = [`config substitute-path ${COMPILED_IN} ${PROGRAMS}`];
    const asked = commands.map((command) =>
      command.replace(/^@(\S+)/, (_, name: string) => `frame ${numbers.get(name) ?? -1}`),
    );
    return connectDelveTerminal(server.address, asked, setup).map(plain);
  } finally {
    server.stop();
  }
}

/** Numbers of the selected goroutine's frames by their functions, the innermost of each. */
async function frameNumbers(server: HeadlessServer): Promise<ReadonlyMap<string, number>> {
  const answer = await server.call('Stacktrace', { Id: -1, Depth: 100 });
  const { Locations } = answer as { Locations: readonly { readonly function?: { readonly name: string } }[] };
  const numbers = new Map<string, number>();
  Locations.forEach(({ function: func }, i) => {
    if (func !== undefined && !numbers.has(func.name)) numbers.set(func.name, i);
  });
  return numbers;
}

/** Addresses that either side made up, and numbers of frames, which differ where one of them leaves frames out. */
function plain(text: string): string {
  return text
    .replace(/\b0xbe[ef][df]0000[0-9a-f]{8}\b|\b0x8000[0-9a-f]{9}\b/g, '0xMADEUP')
    .replace(/^(\t*) *\d+( {2}0x[0-9a-f]{16} in )/gm, '$1#$2')
    .replace(/^(\t*) +(at |error: )/gm, '$1   $2')
    .replace(/\b(frame|Frame) \d+/g, '$1 N');
}

/** A line of one side, or two that stand in for each other. */
interface Lines {
  inquest: string | undefined;
  delve: string | undefined;
}

/** The lines that are not in both, in their order: the longest common sequence is left out. */
function differingLines(ours: string, theirs: string): Lines[] {
  const [a, b] = [ours.split('\n'), theirs.split('\n')];
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i]![j] = a[i] === b[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
  const found: Lines[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && lengths[i + 1]![j]! >= lengths[i]![j + 1]!))
      found.push({ inquest: a[i++], delve: undefined });
    else found.push({ inquest: undefined, delve: b[j++] });
  }
  return paired(found);
}

/** Puts lines together that are the same but for numbers, of one variable, or of the instruction at one address. */
function paired(lines: readonly Lines[]): Lines[] {
  const out: Lines[] = [];
  for (const line of lines) {
    const key = keyOf(line.inquest ?? line.delve ?? '');
    const side = line.inquest === undefined ? 'delve' : 'inquest';
    const open = out.find((each) => each[side] === undefined && keyOf(each.inquest ?? each.delve ?? '') === key);
    if (open === undefined) out.push({ ...line });
    else open[side] = line[side];
  }
  return out;
}

function keyOf(line: string): string {
  const address = /\t(0x[0-9a-f]+)\t[0-9a-f]+\t/.exec(line)?.[1];
  const variable = /^\s*\S+ = /.exec(line)?.[0];
  return address ?? variable ?? line.replace(/\d+/g, '#');
}
