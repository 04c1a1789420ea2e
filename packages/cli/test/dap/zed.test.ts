// What Zed sends, by its sources and those of delve-shim-dap, the program between it and a debugger of Go: that answers `initialize`
// itself, and sends on what came meanwhile in one go once it is connected.
import { expect, it } from 'vitest';
import { connectTo, launchOf, serverOf } from './open-dap.ts';

it('Zed opens a core, with all requests sent before the first answer', async () => {
  const client = connectTo(serverOf());
  const initialize = client.send('initialize', {
    clientID: 'zed',
    clientName: 'Zed',
    adapterID: 'Delve',
    locale: 'en-US',
    pathFormat: 'path',
    linesStartAt1: true,
    columnsStartAt1: true,
    supportsVariableType: true,
    supportsVariablePaging: false,
    supportsRunInTerminalRequest: true,
    supportsMemoryReferences: true,
    supportsProgressReporting: false,
    supportsInvalidatedEvent: false,
    supportsStartDebuggingRequest: true,
    supportsANSIStyling: true,
  });
  const rest = [
    client.send('launch', launchOf('exprs/go1.27/noopt', { cwd: '/work' })),
    client.send('setBreakpoints', { source: { path: '/work/main.go' }, breakpoints: [{ line: 1 }] }),
    client.send('setExceptionBreakpoints', { filters: [] }),
    client.send('configurationDone'),
  ];
  for (const seq of [initialize, ...rest]) expect((await client.answer(seq)).success).toBe(true);
  const { body: stopped } = await client.event('stopped');
  const { stackFrames } = await client.request('stackTrace', { threadId: stopped.threadId });
  expect(stackFrames[0]).toMatchObject({ name: 'main.inner', line: 114 });
});
