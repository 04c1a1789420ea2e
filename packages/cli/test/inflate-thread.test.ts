import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { openSource } from '@inquest/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBundle } from '../../../scripts/bundle.mjs';
import { decompressorsWith } from '../../node/src/decompress.ts';

let script = '';
let folder = '';
beforeAll(async () => {
  script = join(dirname(await ensureBundle()), '../dist/vendor/inflate.cjs');
  folder = mkdtempSync(join(tmpdir(), 'inquest-inflate-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Bytes that do not deflate to almost nothing. */
const dataOf = (seed: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (Math.imul(i ^ seed, 0x9e3779b1) >>> 25) & 0x7f);

it.each([1, 2, 3])('two threads inflate the streams of a file, whatever is asked for (%i)', (seed) => {
  const all = [dataOf(seed, 3_000_000), dataOf(seed + 7, 1_000_001), dataOf(seed + 9, 70_000)];
  const compressed = all.map((data) => deflateSync(data, { level: 1 }));
  const path = join(folder, `streams-${seed}`);
  writeFileSync(path, Buffer.concat([Buffer.from('head'), ...compressed]));
  let offset = 4;
  const streams = compressed.map(({ length }, i) => {
    const stream = { offset, length, size: (all[i] as Uint8Array).length };
    offset += length;
    return stream;
  });
  const together = decompressorsWith(() => script).zlibBeside?.(openSource(path), streams);
  const ends = [0.01, 0.3, 0.31, 0.7, 1];
  const started = Date.now();
  for (const [step, part] of ends.entries()) {
    // The thread takes a while to begin, and comes in between.
    while (Date.now() < started + step * seed * 30);
    together?.forEach((stream, i) => {
      const data = all[i] as Uint8Array;
      const end = Math.ceil(data.length * part);
      stream.fill(end);
      expect(Buffer.compare(stream.bytes.subarray(0, end), data.subarray(0, end))).toBe(0);
    });
  }
  expect(together).toHaveLength(3);
});

it('no thread is begun where its script is not at hand, and for what is in no file', () => {
  const path = join(folder, 'file');
  writeFileSync(path, deflateSync(Buffer.alloc(100)));
  const stream = { offset: 0, length: 12, size: 100 };
  expect(decompressorsWith(() => undefined).zlibBeside?.(openSource(path), [stream])).toBeUndefined();
});
