// What nvim-dap sends, by its sources: it counts its messages from 0, and empty lists of Lua come as objects.
import { expect, it } from 'vitest';
import type { DapClient } from '@inquest/testkit/dap';
import { connectTo, launchOf, serverOf } from './open-dap.ts';

interface Frame {
  readonly id: number;
  readonly name: string;
  readonly line: number;
  readonly source?: { readonly path?: string };
}

const NEOVIM = {
  clientID: 'neovim',
  clientName: 'neovim',
  adapterID: 'nvim-dap',
  pathFormat: 'path',
  columnsStartAt1: true,
  linesStartAt1: true,
  supportsRunInTerminalRequest: true,
  supportsVariableType: true,
  supportsProgressReporting: true,
  locale: 'C.UTF-8',
};
const LAUNCH = { type: 'inquest', name: 'Go core', libs: {}, showPprofLabels: {}, args: {} };

it('nvim-dap opens a core, goes where it failed, shows variables and evaluates', async () => {
  const client = connectTo(serverOf());
  let next = 0;
  // oxlint-disable-next-line no-explicit-any
  const ask = async (command: string, args?: object): Promise<any> => {
    const seq = next++;
    client.sendText(JSON.stringify({ seq, type: 'request', command, arguments: args }));
    const { success, body, message } = await client.answer(seq);
    expect({ command, success, message }).toEqual({ command, success: true, message: undefined });
    return body;
  };
  const capabilities = await ask('initialize', NEOVIM);
  // Where there are none it does not ask for any.
  expect(capabilities.exceptionBreakpointFilters).toBeUndefined();
  const launched = ask('launch', launchOf('exprs/go1.27/noopt', LAUNCH));
  await client.event('initialized');
  await ask('configurationDone');
  await launched;
  const { body: stopped } = await client.event('stopped');
  const { threads } = await ask('threads');
  expect(threads.map(({ id }: { id: number }) => id)).toContain(stopped.threadId);
  expect(await ask('exceptionInfo', { threadId: stopped.threadId })).toMatchObject({ breakMode: 'unhandled' });
  const { stackFrames } = (await ask('stackTrace', { threadId: stopped.threadId })) as { stackFrames: Frame[] };
  // It goes to the first frame with a file.
  const frame = stackFrames.find(({ source }) => source?.path !== undefined);
  expect(frame).toMatchObject({ name: 'main.inner', line: 114 });
  const { scopes } = await ask('scopes', { frameId: frame?.id });
  const shown: string[] = [];
  for (const { expensive, variablesReference } of scopes) {
    if (expensive === true) continue;
    const { variables } = await ask('variables', { variablesReference });
    shown.push(...variables.map(({ name, value }: { name: string; value: string }) => `${name} = ${value}`));
  }
  expect(shown).toContain('a = 10');
  const map = await ask('evaluate', { expression: 'byString', context: 'repl', frameId: frame?.id });
  expect(map.result).toContain('map[string]');
  const { variables } = await ask('variables', { variablesReference: map.variablesReference });
  expect(variables[0]).toMatchObject({ name: '"p"', value: 'main.point {X: 1, Y: 1}' });
  await ask('disconnect', { restart: false });
  await client.closed();
});

async function open(): Promise<DapClient> {
  const client = connectTo(serverOf());
  await client.request('initialize', NEOVIM);
  await client.request('launch', launchOf('exprs/go1.27/noopt', LAUNCH));
  await client.request('configurationDone');
  expect((await client.event('stopped')).body).toMatchObject({ threadId: 1 });
  return client;
}

/** The events that come with a request, and behind its answer. */
async function eventsOf(client: DapClient, command: string, args: object): Promise<[string | undefined, unknown][]> {
  const start = client.log.length;
  await client.answer(client.send(command, args));
  await client.request('threads');
  const events = client.log.slice(start).filter(({ type }) => type === 'event');
  return events.map(({ event, body }) => [event, body]);
}

it('nvim-dap, which takes it that a thread runs when it asks for that, is told that it does not', async () => {
  const client = await open();
  const stopped = { reason: 'pause', description: 'A core does not run', threadId: 1, allThreadsStopped: true };
  for (const command of ['continue', 'next', 'stepIn', 'stepOut', 'stepBack', 'reverseContinue'])
    expect(await eventsOf(client, command, { threadId: 1 })).toEqual([['stopped', stopped]]);
  expect(await eventsOf(client, 'next', { threadId: 999_999 })).toEqual([]);
  expect(await eventsOf(client, 'pause', { threadId: 1 })).toEqual([]);
});

it('nvim-dap, which stays in the thread that stopped first, goes to the goroutine that the console went to', async () => {
  const client = await open();
  const go = (id: number): Promise<unknown> =>
    eventsOf(client, 'evaluate', { expression: `goroutine ${id}`, context: 'repl' });
  const stopped = { reason: 'pause', description: 'Chosen', allThreadsStopped: true };
  for (const [from, to] of [
    [1, 2],
    [2, 1],
  ] as const)
    expect(await go(to)).toEqual([
      ['thread', { reason: 'started', threadId: from }],
      ['stopped', { ...stopped, threadId: to }],
    ]);
});

it('nvim-dap puts completions behind the last mark in a word', async () => {
  const client = await open();
  const offered = async (text: string): Promise<object[]> =>
    (await client.request('completions', { text, column: text.length + 1 })).targets;
  expect(await offered('print main.gAn')).toContainEqual({ label: 'main.gAnon', text: 'gAnon', type: 'text' });
  expect(await offered('config max-s')).toEqual([{ label: 'max-string-len ', text: 'string-len ', type: 'text' }]);
  expect(await offered('goroutines -gr')).toEqual([{ label: '-group ', text: 'group ', type: 'text' }]);
});
