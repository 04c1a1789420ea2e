import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DapClient } from '@inquest/testkit/dap';
import { debugHost } from '../../src/serve/debug-host.ts';
import { connectTo, expand, frameOf, launchOf, openDap, serverOf, VSCODE } from './open-dap.ts';

const folder = mkdtempSync(join(tmpdir(), 'inquest-console-'));
afterAll(() => rmSync(folder, { recursive: true }));

let client: DapClient;
let frameId = 0;
let threadId = 0;

beforeAll(async () => {
  const opened = await openDap('exprs/go1.27/noopt');
  ({ client } = opened);
  threadId = opened.stopped.threadId;
  frameId = (await frameOf(client, threadId, 'main.inner')).id;
});

async function say(expression: string, frame: number | undefined = frameId): Promise<string> {
  const seq = client.send('evaluate', {
    expression,
    context: 'repl',
    ...(frame === undefined ? {} : { frameId: frame }),
  });
  const { success, message, body } = await client.answer(seq);
  return success === true ? body.result : `! ${message}`;
}

describe('the debug console', () => {
  it('takes expressions, whose answers can be expanded', async () => {
    const { result, variablesReference } = await client.request('evaluate', {
      expression: 'chain',
      context: 'repl',
      frameId,
    });
    expect(result).toContain('*main.node {Value: 1');
    expect([...(await expand(client, variablesReference)).keys()]).toEqual(['Value', 'Next']);
  });

  it('takes all commands of the prompt, in the frame where the editor looks', async () => {
    expect(await say('args')).toContain('depth = 99');
    const outer = (await frameOf(client, threadId, 'main.outer')).id;
    expect(await say('args', outer)).toContain('text = "argument"');
    expect(await say('p %x a')).toBe('a');
    expect(await say('list')).toContain('=> 114');
    expect(await say('bt 1')).toContain('runtime.raise');
    expect(await say('help list')).toContain('Show source');
    expect(await say('   ')).toBe('');
  });

  it('takes a word for a variable where there is one, and for a command behind dlv', async () => {
    expect(await say('s')).toBe('"local"');
    expect(await say('dlv print s')).toBe('"local"');
    expect(await say('dlv')).toContain('print');
    expect(await say('x')).toContain('examinemem needs an expression');
    expect(await say('dlv s')).toContain('s needs a live process');
  });

  it('says in a sentence what it does not understand', async () => {
    expect(await say('nosuch')).toContain('! there is no variable nosuch');
    expect(await say('continue')).toBe('! continue needs a live process, not a core dump; report tells how it ended');
    expect(await say('dlv frobnicate')).toContain('! there is no command frobnicate');
    expect(await say('goroutine 77777')).toContain('! there is no goroutine 77777');
  });

  it('has the settings of vscode-go, and tells the editor that lists have changed', async () => {
    expect(await say('dlv config -list hideSystemGoroutines')).toBe('hideSystemGoroutines\ttrue');
    const asked = { expression: 'dlv config hideSystemGoroutines false', context: 'context' };
    expect((await client.request('evaluate', asked)).result).toBe('hideSystemGoroutines\tfalse');
    await client.event('invalidated', ({ areas }) => areas.includes('threads'));
    const { threads } = await client.request('threads');
    expect(threads.map(({ id }: { id: number }) => id)).not.toContain(-2);
    expect(await say('dlv config showRegisters false')).toBe('showRegisters\tfalse');
    const { scopes } = await client.request('scopes', { frameId });
    expect(scopes.map(({ name }: { name: string }) => name)).not.toContain('Registers');
    expect(await say('dlv config goroutineFilters -with nonsense x')).toContain('! there is no filter nonsense');
    expect(await say('dlv config stackTraceDepth none')).toBe('! stackTraceDepth must be a number above 0');
    expect(await say('dlv config max-string-len 3')).not.toContain('!');
    await client.event('invalidated', ({ areas }) => areas.includes('variables'));
    expect(await say('s')).toBe('"loc...+2 more"');
    await say('dlv config max-string-len 512');
  });

  it('goes to a goroutine, and the editor follows', async () => {
    const before = client.log.length;
    expect(await say('goroutine 2', undefined)).not.toContain('!');
    await client.event('stopped', (body) => body.threadId === 2);
    expect(client.log.slice(before).filter(({ event }) => event === 'stopped')).toHaveLength(1);
    // Where the editor looks is where the next command works.
    expect(await say('args')).toContain('depth = 99');
  });

  it('completes commands and names', async () => {
    const complete = async (text: string): Promise<string[]> => {
      const { targets } = await client.request('completions', { text, column: text.length + 1, frameId });
      // Put in where it says, the end of the text becomes the word.
      for (const { start, length, label, text: end } of targets) {
        expect(start - 1 + length).toBe(text.length);
        expect(`${text.slice(0, start - 1)}${end}`.endsWith(label)).toBe(true);
      }
      return targets.map(({ label }: { label: string }) => label);
    };
    expect(await complete('goroutin')).toEqual(expect.arrayContaining(['goroutine', 'goroutines']));
    expect(await complete('print shad')).toContain('shadow');
    expect(await complete('byS')).toContain('byString');
    expect(await complete('len(main.gAn')).toEqual(['main.gAnon', 'main.gAny', 'main.gAnys']);
    expect(await complete('dlv disas')).toContain('disassemble');
    expect(await complete('config max-s')).toEqual(['max-string-len ']);
  });

  it('writes into files and through programs, but has no terminal', async () => {
    const file = join(folder, 'out.txt');
    expect(await say(`args > ${file}`)).toBe('');
    expect(readFileSync(file, 'utf8')).toContain('depth = 99');
    expect(await say('args | grep depth')).toBe('depth = 99');
    expect(await say('edit')).toBe('! edit needs a terminal, and here is none');
    expect(await say('transcript /tmp/x')).toBe('! transcript needs a terminal, and here is none');
    expect(await say('source -')).toBe('! source needs a terminal, and here is none');
  });

  it('ends the session on exit', async () => {
    const { client: other } = await openDap('sum/go1.26/default');
    await other.request('evaluate', { expression: 'exit', context: 'repl' });
    await other.event('terminated');
  });
});

describe('for clients of whom nobody knows who they are', () => {
  it('files and programs are out of reach', async () => {
    const stranger = connectTo(serverOf(debugHost({ reach: 'answers', config: false })));
    await stranger.request('initialize', VSCODE);
    await stranger.request('launch', launchOf('sum/go1.26/default'));
    const refused = (expression: string): Promise<string> =>
      stranger.refusal('evaluate', { expression, context: 'repl' });
    const file = join(folder, 'not.txt');
    for (const line of [`bt > ${file}`, 'bt | cat', `source ${file}`, `export 1 ${file}`, 'config -save', 'edit'])
      expect(await refused(line)).toMatch(/out of reach|needs a terminal/);
    const each = await stranger.request('evaluate', {
      expression: `goroutines -exec export 1 ${file}`,
      context: 'repl',
    });
    expect(each.result).toContain('out of reach');
    expect(() => readFileSync(file)).toThrow('ENOENT');
    expect((await stranger.request('evaluate', { expression: 'bt 1', context: 'repl' })).result).toContain(
      'runtime.raise',
    );
  });
});
