import { describe, expect, it } from 'vitest';
import { openFixture } from '../../../fixtures/fixtures.mjs';
import { DelveClient, findDelve } from './delve-client.ts';

describe.skipIf(findDelve() === undefined)('Delve over JSON-RPC', () => {
  it('answers about a core, and refuses in words', async () => {
    const { exe, core } = openFixture('truth/go1.24/noopt');
    const delve = await DelveClient.open(exe, core);
    try {
      const frames = await delve.stack();
      const at = frames.findIndex((frame) => frame.function?.name === 'main.loopSum');
      expect((await delve.evaluate('sum', at)).value).toBe('135');
      expect((await delve.locals(at)).map(({ name }) => name)).toContain('sum');
      expect((await delve.arguments(at)).map(({ name }) => name)).toEqual(['limit']);
      await expect(delve.evaluate('nothing', at)).rejects.toThrow('nothing');
    } finally {
      delve.stop();
    }
  });

  it('rejects what is no core', async () => {
    const { exe } = openFixture('truth/go1.24/noopt');
    await expect(DelveClient.open(exe, exe)).rejects.toThrow('Delve ended with status');
  });
});
