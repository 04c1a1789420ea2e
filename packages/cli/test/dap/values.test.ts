import { beforeAll, describe, expect, it } from 'vitest';
import type { DapClient } from '@inquest/testkit/dap';
import { expand, frameOf, openDap, scopeOf, VSCODE, type DapVariable } from './open-dap.ts';

let client: DapClient;
let frameId = 0;

beforeAll(async () => {
  const opened = await openDap('exprs/go1.27/noopt', {}, { ...VSCODE, adapterID: 'inquest' });
  ({ client } = opened);
  frameId = (await frameOf(client, opened.stopped.threadId, 'main.inner')).id;
});

async function locals(): Promise<Map<string, DapVariable>> {
  return scopeOf(client, frameId, 'Locals');
}

async function children(name: string, more?: object): Promise<DapVariable[]> {
  const variable = (await locals()).get(name);
  if (variable === undefined) throw new Error(`no variable ${name}`);
  return [...(await expand(client, variable.variablesReference, more)).values()];
}

const pairs = (list: readonly DapVariable[]): string[] => list.map(({ name, value }) => `${name}: ${value}`);

describe('variables', () => {
  it('show what each kind of value holds, pointers and interfaces seen through', async () => {
    expect(pairs(await children('p'))).toEqual(['X: 7', 'Y: 8']);
    expect(pairs(await children('ppp'))).toEqual(['X: 7', 'Y: 8']);
    expect(pairs(await children('anyPointer'))).toEqual(['X: 7', 'Y: 8']);
    expect(pairs(await children('adder'))).toEqual(['a: 10', 'depth: 99']);
    expect(pairs(await children('ch'))).toEqual(['[0]: "queued"']);
    expect(pairs(await children('byColor'))).toEqual(['green (1): "g"']);
    expect(pairs(await children('bytes'))).toEqual([
      'string(): "\\x00\\x01\\xfe\\xff"',
      '[0]: 0 = 0x0',
      '[1]: 1 = 0x1',
      '[2]: 254 = 0xfe',
      '[3]: 255 = 0xff',
    ]);
    const [entry] = await children('byKey');
    expect(pairs([...(await expand(client, entry?.variablesReference ?? 0)).values()])).toEqual([
      'key: main.key {Name: "a", N: 1}',
      'value: 10',
    ]);
  });

  it('have types, and lead to memory', async () => {
    const all = await locals();
    expect(all.get('i32')).toMatchObject({ value: '-70000', type: 'int32' });
    const slice = all.get('slice');
    expect(slice).toMatchObject({ indexedVariables: 3, value: '[]int len: 3, cap: 10, [100,200,300]' });
    const { data, address } = await client.request('readMemory', {
      memoryReference: slice?.memoryReference,
      count: 24,
    });
    expect(address).toBe(slice?.memoryReference);
    expect(new BigInt64Array(Uint8Array.from(Buffer.from(data, 'base64')).buffer)).toEqual(
      new BigInt64Array([100n, 200n, 300n]),
    );
  });

  it('are reached by their evaluateName, all of them', async () => {
    let checked = 0;
    const visit = async (variable: DapVariable, depth: number): Promise<void> => {
      const { evaluateName, variablesReference, value, name } = variable;
      if (evaluateName !== undefined) {
        const again = await client.request('evaluate', { expression: evaluateName, frameId, context: 'watch' });
        expect(`${name}: ${again.result}`).toBe(`${name}: ${value}`);
        checked++;
      }
      if (variablesReference === 0 || depth === 0) return;
      for (const child of (await expand(client, variablesReference, { count: 3 })).values())
        await visit(child, depth - 1);
    };
    for (const scope of ['Arguments', 'Locals', 'Globals'])
      for (const variable of (await scopeOf(client, frameId, scope)).values()) await visit(variable, 3);
    expect(checked).toBeGreaterThan(250);
  });

  it('come in parts, for clients that ask so and for those that do not', async () => {
    const names = (list: readonly DapVariable[]): string[] => list.map(({ name }) => name);
    const all = await children('many');
    expect(all).toHaveLength(101);
    expect(all[100]).toMatchObject({ name: '…[100..199]', indexedVariables: 100 });
    const rest = [...(await expand(client, all[100]?.variablesReference ?? 0)).values()];
    expect(new Set([...names(all.slice(0, 100)), ...names(rest)]).size).toBe(200);
    const second = await children('many', { filter: 'indexed', start: 50, count: 10 });
    expect(names(second)).toEqual(names(all.slice(50, 60)));
    // Maps are walked: going back begins anew.
    const first = await children('many', { filter: 'indexed', start: 0, count: 2 });
    expect(names(first)).toEqual(names(all.slice(0, 2)));
    expect(await children('many', { filter: 'named' })).toEqual([]);
    expect(await children('many', { filter: 'indexed', start: 1000, count: 5 })).toEqual([]);
  });

  it('are in hexadecimal on request', async () => {
    const hex = await children('p', { format: { hex: true } });
    expect(pairs(hex)).toEqual(['X: 0x7', 'Y: 0x8']);
    expect(pairs(await children('p'))).toEqual(['X: 7', 'Y: 8']);
  });

  it('have the same number as long as the session lasts', async () => {
    const [before, after] = [await locals(), await locals()];
    expect([...after.values()].map((each) => each.variablesReference)).toEqual(
      [...before.values()].map((each) => each.variablesReference),
    );
  });
});

describe('scopes', () => {
  it('have the variables of the package of the frame', async () => {
    const { scopes } = await client.request('scopes', { frameId });
    const names = scopes.map(({ name }: { name: string }) => name);
    expect(names).toEqual(['Arguments', 'Locals', 'Globals (package main)', 'Registers']);
    const globals = await scopeOf(client, frameId, 'Globals');
    expect(globals.get('gString')).toMatchObject({ value: '"hello, world"', evaluateName: 'main.gString' });
  });

  it('have registers with what they point to', async () => {
    const registers = await scopeOf(client, frameId, 'Registers');
    expect(registers.get('Rip')?.value).toMatch(/^0x[0-9a-f]{16} {2}main\.inner\+0x[0-9a-f]+$/);
    const rip = registers.get('Rip');
    const { result } = await client.request('evaluate', { expression: rip?.evaluateName, frameId, context: 'watch' });
    expect(result).toMatch(/^\d+ = 0x[0-9a-f]+$/);
    expect(Number(result.split(' ')[0])).toBe(Number(rip?.value.slice(0, 18)));
  });

  it('say why nothing is known of C code and stripped programs', async () => {
    const stripped = await openDap('sum/go1.26/stripped');
    const frame = await frameOf(stripped.client, stripped.stopped.threadId, 'main.main');
    const variables = [...(await scopeOf(stripped.client, frame.id, 'Locals')).values()];
    expect(variables.map(({ value }) => value)).toEqual([
      '(the executable has no DWARF (it was stripped, or linked with -s or -w), so it names no variables)',
    ]);
  });
});

describe('evaluate', () => {
  const ask = (expression: string, context: string): Promise<{ result: string; variablesReference: number }> =>
    client.request('evaluate', { expression, context, frameId });

  it('answers watches and hovers by expressions of the frame', async () => {
    expect(await ask('p.X + len(slice) * 100', 'watch')).toMatchObject({ result: '307', type: 'int' });
    const chain = await ask('chain', 'hover');
    expect(pairs([...(await expand(client, chain.variablesReference)).values()])[0]).toBe('Value: 1');
    expect(await client.refusal('evaluate', { expression: 'nosuch', context: 'hover', frameId })).toContain('nosuch');
    expect(await client.refusal('evaluate', { expression: '1 +', context: 'watch', frameId })).not.toBe('');
  });

  it('gives all of a value to the clipboard', async () => {
    const { result } = await ask('many', 'clipboard');
    expect(result).toContain('199: 1990');
    expect(result.length).toBeGreaterThan(1000);
  });
});
