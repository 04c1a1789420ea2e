// `inquest connect` over Delve's own server. INQUEST_UPDATE=1 keeps what it answered for connect-delve.test.ts.
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findDelve } from '../../testkit/src/index.ts';
import { FIXTURE, GOLDEN, play, RECORDING } from './connect/delve-prompt.ts';
import { recordTo } from './connect/recording.ts';
import { startDelve } from './connect/servers.ts';

if (findDelve() === undefined)
  console.log('inquest connect is not tried over Delve: it is not installed (scripts/go-toolchains delve)');

describe.skipIf(findDelve() === undefined)('inquest connect over a server of Delve', () => {
  it('shows what was recorded', async () => {
    const delve = await startDelve(FIXTURE);
    const isUpdate = process.env['INQUEST_UPDATE'] === '1';
    const between = isUpdate ? await recordTo(RECORDING, delve.address) : undefined;
    const shown = await play(between?.address ?? delve.address);
    between?.stop();
    delve.stop();
    if (isUpdate) writeFileSync(GOLDEN, shown);
    expect(shown).toBe(readFileSync(GOLDEN, 'utf8'));
  });
});
