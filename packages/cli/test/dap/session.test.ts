import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openCore } from '@inquest/node';
import type { HostedCore } from '@inquest/servers';
import { openFixture } from '../../../../fixtures/fixtures.mjs';
import { debugHost, hostedCore } from '../../src/serve/debug-host.ts';
import { connectTo, expand, frameOf, GO_EXTENSION, launchOf, openDap, serverOf, VSCODE } from './open-dap.ts';

describe('a session', () => {
  it('dims what the runtime did after the failure, and leaves it out for clients that do not skip it', async () => {
    type Frame = { name: string; source?: { presentationHint?: string } };
    const first = async (about: object): Promise<Frame[]> => {
      const { client, stopped } = await openDap('exprs/go1.27/noopt', {}, about);
      const { stackFrames } = await client.request('stackTrace', { threadId: stopped.threadId });
      return stackFrames;
    };
    const isBright = ({ source }: Frame): boolean => source !== undefined && source.presentationHint !== 'deemphasize';
    expect((await first(VSCODE)).find(isBright)?.name).toBe('main.inner');
    expect((await first({ adapterID: 'go', clientID: 'neovim' }))[0]?.name).toBe('main.inner');
  });

  it('names keys that it does not know, and asks for no files of configuration', async () => {
    const { client } = await openDap('sum/go1.26/default', { fooBar: 1, stackTraceDept: 3 });
    const { body } = await client.event('output');
    expect(body.output).toBe('not known in the launch configuration, and ignored: fooBar, stackTraceDept\n');
  });
});

it('the configuration of README.md opens the core of the demo', async () => {
  const readme = readFileSync(fileURLToPath(new URL('../../../../README.md', import.meta.url)), 'utf8');
  const text = /```json\n(.*?"coreFilePath".*?)```/s.exec(readme)?.[1] ?? '';
  const { exe, core } = openFixture('sum/go1.27/default');
  const folder = mkdtempSync(join(tmpdir(), 'inquest-workspace-'));
  try {
    symlinkSync(exe, join(folder, 'server'));
    symlinkSync(core, join(folder, 'core'));
    const client = connectTo(serverOf());
    await client.request('initialize', VSCODE);
    await client.request('launch', { ...GO_EXTENSION, ...JSON.parse(text.replaceAll('${workspaceFolder}', folder)) });
    await client.request('configurationDone');
    const { body } = await client.event('stopped');
    expect(body).toMatchObject({ threadId: 1, text: 'panic: :(' });
    const { variablesReference } = (
      await client.request('scopes', { frameId: (await frameOf(client, 1, 'main.main')).id })
    ).scopes[1];
    const sum = (await expand(client, variablesReference)).get('sum');
    expect(sum?.value).toMatch(/^12674644 {2}\(may be stale: /);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('launching', () => {
  const fails = async (command: string, args: object): Promise<string> => {
    const client = connectTo(serverOf());
    await client.request('initialize', VSCODE);
    const message = await client.refusal(command, args);
    // The session can still go on with a better configuration.
    await client.request('launch', launchOf('sum/go1.26/default'));
    return message;
  };

  it.each([
    ['launch', { mode: 'debug', program: '.' }, 'inquest opens cores and does not launch a program (mode debug)'],
    ['launch', { mode: 'exec', program: '/bin/true' }, 'inquest opens cores and does not launch a program (mode exec)'],
    [
      'launch',
      { mode: 'replay', traceDirPath: '/' },
      'inquest opens cores and does not launch a program (mode replay)',
    ],
    ['launch', { program: 'x' }, 'the launch configuration names no core: coreFilePath is missing'],
    ['launch', { mode: 'core', coreFilePath: 7 }, 'coreFilePath in the launch configuration must be a text'],
    ['launch', { mode: 'core', coreFilePath: '/nowhere/core' }, 'cannot open /nowhere/core'],
    [
      'launch',
      { coreFilePath: 'x', substitutePath: [{ from: 1 }] },
      'substitutePath in the launch configuration must be',
    ],
    ['launch', { coreFilePath: 'x', maxStringLen: -1 }, 'maxStringLen in the launch configuration must be a number'],
    ['attach', { mode: 'local', processId: 1 }, 'inquest opens cores and does not attach to a process (mode local)'],
    ['attach', { mode: 'remote' }, 'there is nothing to attach to: this server opens the core that launch names'],
  ])('%s %j is refused in a sentence', async (command, args, expected) => {
    expect(await fails(command, args)).toContain(expected);
  });

  it('tells of filters that are wrong', async () => {
    const args = launchOf('sum/go1.26/default', { goroutineFilters: '-with nonsense x' });
    expect(await fails('launch', args)).toContain('there is no filter nonsense');
  });

  it('comes once, after initialize and before all else', async () => {
    const client = connectTo(serverOf());
    expect(await client.refusal('launch', {})).toBe('initialize comes before launch');
    await client.request('initialize', VSCODE);
    expect(await client.refusal('initialize', VSCODE)).toBe('initialize was sent before');
    expect(await client.refusal('threads')).toBe('threads needs an open core: launch opens it');
    await client.request('launch', launchOf('sum/go1.26/default'));
    expect(await client.refusal('launch', launchOf('sum/go1.26/default'))).toContain('a core is open already');
  });
});

describe('attaching to a server that has a core open', () => {
  const { exe, core } = openFixture('exprs/go1.27/noopt');
  const opened = openCore({ paths: [exe, core] });
  const attached = (): HostedCore => hostedCore({ ...opened, session: opened.another() }, 'files');
  const server = serverOf(debugHost({ reach: 'files', config: false, attached }));

  it('shows it, with settings of one’s own', async () => {
    const attach = async (more: object): Promise<string> => {
      const client = connectTo(server);
      await client.request('initialize', VSCODE);
      await client.request('attach', { mode: 'remote', ...more });
      await client.request('configurationDone');
      const { body } = await client.event('stopped');
      const frame = await frameOf(client, body.threadId, 'main.inner');
      const { result } = await client.request('evaluate', { expression: 's', context: 'watch', frameId: frame.id });
      return result;
    };
    expect(await attach({ maxStringLen: 2 })).toBe('"lo...+3 more"');
    expect(await attach({})).toBe('"local"');
  });

  it('does not open another', async () => {
    const client = connectTo(server);
    await client.request('initialize', VSCODE);
    expect(await client.refusal('launch', launchOf('sum/go1.26/default'))).toContain(
      'this server has a core open already',
    );
  });
});

describe('what a core cannot do', () => {
  it('is refused, and the session goes on', async () => {
    const { client } = await openDap('sum/go1.26/default');
    for (const command of ['continue', 'next', 'stepIn', 'stepOut', 'pause', 'stepBack', 'reverseContinue'])
      expect(await client.refusal(command, { threadId: 1 })).toMatch(/^a core dump cannot /);
    expect(await client.refusal('restart', {})).toContain('a core dump cannot start again');
    expect(await client.refusal('setVariable', { variablesReference: 1, name: 'sum', value: '1' })).toContain(
      'change variables',
    );
    expect(await client.refusal('writeMemory', { memoryReference: '0x1', data: '' })).toContain('change memory');
    const { threads } = await client.request('threads');
    expect(threads.length).toBeGreaterThan(0);
  });

  it('breakpoints stay unverified, with the reason', async () => {
    const { client } = await openDap('sum/go1.26/default');
    const { breakpoints } = await client.request('setBreakpoints', {
      source: { path: '/x.go' },
      breakpoints: [{ line: 1 }, { line: 2 }],
    });
    const one = { verified: false, reason: 'failed', message: 'a core does not run: nothing stops here' };
    expect(breakpoints).toEqual([one, one]);
    expect(await client.request('breakpointLocations', { source: { path: '/x.go' }, line: 1 })).toEqual({
      breakpoints: [],
    });
    expect(
      await client.request('setInstructionBreakpoints', { breakpoints: [{ instructionReference: '0x1' }] }),
    ).toEqual({
      breakpoints: [one],
    });
    expect((await client.request('dataBreakpointInfo', { name: 'sum' })).dataId).toBeNull();
  });
});

describe('requests', () => {
  it('with wrong arguments are refused in a sentence', async () => {
    const { client } = await openDap('sum/go1.26/default');
    for (const [command, args, message] of [
      ['stackTrace', {}, 'stackTrace needs a number threadId'],
      ['stackTrace', { threadId: 'one' }, 'stackTrace needs a number threadId'],
      ['stackTrace', { threadId: 1, levels: {} }, 'levels must be a number'],
      ['stackTrace', { threadId: 99 }, 'there is no goroutine 99: goroutines lists them'],
      ['stackTrace', { threadId: 0 }, 'there is no thread 0'],
      ['stackTrace', { threadId: -999 }, 'there is no thread -999'],
      ['scopes', { frameId: 12345 }, 'there is no frame 12345'],
      ['variables', { variablesReference: 12345 }, 'there is no variablesReference 12345'],
      ['evaluate', {}, 'evaluate needs a string expression'],
      ['readMemory', { memoryReference: 'x', count: 1 }, 'x is no address'],
      ['readMemory', { memoryReference: '0x10', count: -1 }, '-1 is no number of bytes'],
      ['source', { sourceReference: 77 }, 'there is no source 77'],
      ['source', { source: { path: '/etc/passwd' }, sourceReference: 0 }, 'there is no source /etc/passwd'],
      ['exceptionInfo', { threadId: 2 }, 'thread 2 is not the one that the program died in'],
      ['inquest', { operation: 'nonsense' }, 'there is no operation nonsense'],
      ['inquest', { operation: 'goroutines', parameters: { with: [[]] } }, 'with of goroutines must be a string'],
      ['inquest', { operation: 'goroutines', parameters: { x: 1 } }, 'goroutines takes no x'],
      ['toString', {}, 'there is no request toString'],
      ['nonsense', undefined, 'there is no request nonsense'],
    ] as const)
      expect(await client.refusal(command, args)).toContain(message);
  });

  it('that wait can be cancelled', async () => {
    const { client } = await openDap('sum/go1.26/default');
    const first = client.send('exceptionInfo', { threadId: 1 });
    const second = client.send('threads');
    const cancel = client.send('cancel', { requestId: second });
    expect(await client.answer(second)).toMatchObject({ success: false, message: 'cancelled' });
    expect(await client.answer(cancel)).toMatchObject({ success: true });
    expect(await client.answer(first)).toMatchObject({ success: true });
  });

  it('terminate ends the session, disconnect the connection', async () => {
    const { client } = await openDap('sum/go1.26/default');
    await client.request('terminate');
    await client.event('terminated');
    await client.request('disconnect');
    await client.closed();
  });
});
