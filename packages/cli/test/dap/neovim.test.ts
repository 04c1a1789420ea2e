// What nvim-dap sends, by its sources: it counts its messages from 0, and empty lists of Lua come as objects.
import { expect, it } from 'vitest';
import { connectTo, launchOf, serverOf } from './open-dap.ts';

interface Frame {
  readonly id: number;
  readonly name: string;
  readonly line: number;
  readonly source?: { readonly path?: string };
}

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
  const capabilities = await ask('initialize', {
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
  });
  // Where there are none it does not ask for any.
  expect(capabilities.exceptionBreakpointFilters).toBeUndefined();
  const launched = ask(
    'launch',
    launchOf('exprs/go1.27/noopt', { type: 'inquest', name: 'Go core', libs: {}, showPprofLabels: {}, args: {} }),
  );
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
