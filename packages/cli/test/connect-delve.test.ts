import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseExactly } from '../src/connect/exact-json.ts';
import { GOLDEN, play, RECORDING } from './connect/delve-prompt.ts';
import { playBack } from './connect/recording.ts';

describe('inquest connect over a server of Delve', () => {
  it('shows what Delve answered, as it is shown of a core that is open here', async () => {
    const delve = await playBack(RECORDING);
    expect(await play(delve.address)).toBe(readFileSync(GOLDEN, 'utf8'));
    delve.stop();
  });

  it('keeps all digits of what it is told', () => {
    expect(parseExactly('{"a":18446744073709551615,"b":[-9007199254740993,1234567890123456],"c":1.5e300}')).toEqual({
      a: '18446744073709551615',
      b: ['-9007199254740993', 1234567890123456],
      c: 1.5e300,
    });
    expect(parseExactly('{"a":"\\"18446744073709551615","b":0.12345678901234567890}')).toEqual({
      a: '"18446744073709551615',
      b: 0.12345678901234568,
    });
  });
});
