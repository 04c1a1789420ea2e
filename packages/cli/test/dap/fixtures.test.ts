import { describe, expect, it } from 'vitest';
import type { DapClient } from '@inquest/testkit/dap';
import { openDap, VSCODE } from './open-dap.ts';

/** One of each kind of program, build, release and death. */
const KINDS = [
  'sum/go1.15/default',
  'sum/go1.22/pie',
  'sum/go1.24/trimpath',
  'sum/go1.27/stripped',
  'truth/go1.19/default',
  'crash/go1.27/default/deadlock',
  'crash/go1.24/default/overflow',
  'cgocrash/go1.27/cgo/fault',
  'cgocrash/go1.24/cgo/callback',
  'plugged/go1.27/cgo',
  'shared/go1.27/cgo',
  'waits/go1.27/default/planted',
];

/** Clients that know everything, and one that knows nothing and counts from 0. */
const CLIENTS = {
  'VS Code with our extension': { ...VSCODE, adapterID: 'inquest' },
  'VS Code with the Go extension': VSCODE,
  'a client that knows nothing': { adapterID: 'x', linesStartAt1: false, columnsStartAt1: false },
};

interface Frame {
  readonly id: number;
  readonly instructionPointerReference?: string;
  readonly source?: { readonly path?: string; readonly sourceReference?: number };
}

/** Asks for all that a scope and its variables consist of, to some depth and breadth. */
async function lookInto(client: DapClient, variablesReference: number, depth: number): Promise<void> {
  const { variables } = await client.request('variables', { variablesReference, count: 30 });
  for (const { variablesReference: inner, memoryReference, evaluateName } of variables.slice(0, 10)) {
    if (inner > 0 && depth > 0) await lookInto(client, inner, depth - 1);
    if (memoryReference !== undefined) await client.request('readMemory', { memoryReference, offset: 1, count: 17 });
    if (evaluateName !== undefined) client.send('evaluate', { expression: evaluateName, context: 'hover' });
  }
}

// The client holds every message to the protocol.
describe.each(Object.entries(CLIENTS))('%s', (_name, about) => {
  it.each(KINDS)('can look at %s all over', async (id) => {
    const { client, stopped } = await openDap(id, {}, about);
    const { threads } = await client.request('threads');
    expect(threads.map((thread: { id: number }) => thread.id)).toContain(stopped.threadId);
    const info = await client.request('exceptionInfo', { threadId: stopped.threadId });
    expect(info.details.stackTrace).toContain(stopped.text.split('\n')[0]);
    for (const thread of threads.slice(0, 5)) {
      const { stackFrames } = await client.request('stackTrace', { threadId: thread.id, startFrame: 0, levels: 20 });
      expect(stackFrames.length).toBeGreaterThan(0);
      for (const frame of stackFrames as Frame[]) {
        const { scopes } = await client.request('scopes', { frameId: frame.id });
        for (const { expensive, variablesReference } of scopes) {
          // Registers and globals of one frame are like those of another.
          if (expensive !== true || frame === stackFrames[0]) await lookInto(client, variablesReference, 1);
        }
      }
      const [{ instructionPointerReference: memoryReference, source, id: frameId }] = stackFrames as [Frame];
      if (memoryReference !== undefined)
        await client.request('disassemble', { memoryReference, instructionOffset: -20, instructionCount: 40 });
      if (source !== undefined)
        await client.answer(client.send('source', { source, sourceReference: source.sourceReference ?? 0 }));
      await client.request('completions', { text: 'a', column: 2, frameId });
    }
    expect((await client.request('modules', {})).modules.length).toBeGreaterThan(0);
    expect((await client.request('loadedSources', {})).sources).toEqual(expect.any(Array));
    await client.request('disconnect', { restart: false });
    await client.closed();
  });
});
