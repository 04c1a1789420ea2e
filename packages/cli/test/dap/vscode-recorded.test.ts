// What VS Code 1.96 (code-server 4.96.4, with the extension of editors/vscode) asked while a person looked at a core of the program exprs:
// recordings/vscode.jsonl has its requests, the references that it was given by name, and which of them failed. Opened: the locals, a map of
// 200 entries, another frame; a hover, the console with its completions, a watch, the disassembly; then continue, and stop.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DapClient, DapMessage } from '@inquest/testkit/dap';
import { openFixture, PROGRAMS } from '../../../../fixtures/fixtures.mjs';
import { connectTo, launchOf, serverOf } from './open-dap.ts';

interface Recorded {
  readonly seq: number;
  readonly command: string;
  // oxlint-disable-next-line no-explicit-any
  readonly arguments?: any;
  readonly references?: Readonly<Record<string, number>>;
  readonly fails?: true;
}

const FIXTURE = 'exprs/go1.26/noopt';

function recording(): Recorded[] {
  const { exe, core } = openFixture(FIXTURE);
  const places: Readonly<Record<string, string>> = { program: exe, core, folder: `${PROGRAMS}/exprs` };
  const text = readFileSync(new URL('recordings/vscode.jsonl', import.meta.url), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => places[name] ?? '')) as Recorded);
}

/** Numbers of frames and references of this session by those of the recorded one. */
class References {
  private readonly frames = new Map<number, number>();
  private readonly variables = new Map<number, number>();

  learn({ command, references = {} }: Recorded, { body }: DapMessage): void {
    const items = (body?.stackFrames ?? body?.scopes ?? body?.variables ?? []) as {
      readonly name: string;
      readonly id?: number;
      readonly variablesReference?: number;
    }[];
    const known = command === 'stackTrace' ? this.frames : this.variables;
    for (const [name, number] of Object.entries(references)) {
      const item = items.find((each) => each.name === name);
      const now = command === 'stackTrace' ? item?.id : item?.variablesReference;
      if (now === undefined || now === 0) throw new Error(`${command} told of ${name} when it was recorded`);
      known.set(number, now);
    }
  }

  translated(args: Recorded['arguments']): Recorded['arguments'] {
    const { frameId, variablesReference, ...rest } = args;
    return {
      ...rest,
      ...(frameId === undefined ? {} : { frameId: this.frames.get(frameId) ?? -1 }),
      ...(variablesReference === undefined ? {} : { variablesReference: this.variables.get(variablesReference) ?? -1 }),
    };
  }
}

async function replayed(client: DapClient): Promise<(Recorded & { readonly answer: DapMessage })[]> {
  const references = new References();
  const done: (Recorded & { readonly answer: DapMessage })[] = [];
  for (const each of recording()) {
    const args = each.command === 'launch' ? launchOf(FIXTURE, each.arguments) : each.arguments;
    const seq = client.send(each.command, args === undefined ? undefined : references.translated(args));
    expect(seq).toBe(each.seq);
    const answer = await client.answer(seq);
    references.learn(each, answer);
    done.push({ ...each, answer });
    if (each.command === 'configurationDone') await client.event('stopped');
  }
  return done;
}

describe('a session recorded from VS Code', () => {
  it('is answered as it was', async () => {
    const client = connectTo(serverOf());
    const done = await replayed(client);
    expect(
      done.filter(({ answer, fails }) => answer.success === (fails === true)).map(({ command }) => command),
    ).toEqual([]);
    const told = (
      command: string,
      wanted: (args: Recorded['arguments']) => boolean = () => true,
    ): DapMessage['body'][] =>
      done.filter((each) => each.command === command && wanted(each.arguments)).map(({ answer }) => answer.body);
    const results = told('evaluate', ({ expression }) => !/dlv|there/.test(expression)).map((body) => body?.result);
    expect(results).toEqual(['*main.point nil', '3', 'main.point {X: 7, Y: 8}', '2', '2']);
    expect(told('evaluate', ({ expression }) => expression === 'dlv goroutines')[0]?.result).toContain(
      '[5 goroutines]',
    );
    expect(told('exceptionInfo')[0]).toMatchObject({ exceptionId: 'nil-dereference', breakMode: 'unhandled' });
    const [locals] = done.filter(
      ({ command, references }) => command === 'variables' && references?.['byInt'] !== undefined,
    );
    expect(locals?.answer.body?.variables.length).toBeGreaterThan(50);
    const entries = told('variables', ({ filter }) => filter === 'indexed')[0]?.variables;
    expect(entries).toMatchObject([{ name: '5', value: '"five"' }]);
    const [around, below] = told('disassemble');
    expect(around?.instructions).toHaveLength(400);
    expect(around?.instructions[200].address).toBe(below?.instructions[0].address);
    expect(below?.instructions[0]).toMatchObject({ instruction: 'test byte ptr [rdx], al', line: 114 });
    await client.closed();
  });
});
