import { expect, it } from 'vitest';
import { openDap } from './open-dap.ts';

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

// Every message is held to the protocol's schema.
it.each(KINDS)('%s can be looked at all over', async (id) => {
  const { client, stopped } = await openDap(id);
  const { threads } = await client.request('threads');
  expect(threads.map((thread: { id: number }) => thread.id)).toContain(stopped.threadId);
  const info = await client.request('exceptionInfo', { threadId: stopped.threadId });
  expect(info.details.stackTrace).toContain(stopped.text.split('\n')[0]);
  for (const thread of threads.slice(0, 5)) {
    const { stackFrames } = await client.request('stackTrace', { threadId: thread.id, startFrame: 0, levels: 20 });
    expect(stackFrames.length).toBeGreaterThan(0);
    for (const frame of stackFrames) {
      const { scopes } = await client.request('scopes', { frameId: frame.id });
      for (const { expensive, variablesReference } of scopes) {
        // Registers and globals of one frame are like those of another.
        if (expensive === true && frame !== stackFrames[0]) continue;
        const { variables } = await client.request('variables', { variablesReference, count: 30 });
        for (const { variablesReference: inner } of variables.slice(0, 10))
          if (inner > 0) await client.request('variables', { variablesReference: inner, start: 0, count: 10 });
      }
    }
  }
});
