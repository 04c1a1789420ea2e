import { createInflate, deflateSync } from 'node:zlib';
import type { GrowingBytes, ZlibStream } from '@inquest/engine';
import { beforeEach, describe, expect, it } from 'vitest';
import { ZlibBytes } from './growing-zlib.ts';
import { Help } from './inflate-thread.ts';
import { Inflater, type ReadCompressed } from './inflater.ts';
import { SharedStream, type InflateOrder } from './shared-stream.ts';
import { inflateTogether } from './shared-zlib.ts';

/** Three steps of the helper, and a bit. */
const DATA = Uint8Array.from({ length: 800_001 }, (_, i) => (Math.imul(i, 0x9e3779b1) >>> 27) & 0xff);

/** A stream that both sides of a test see, in one thread: the helper does as much as `help` is called. */
interface Shared {
  readonly bytes: GrowingBytes;
  help(): boolean;
}

/** How far the asker inflated without help. */
let alone = 0;

function share(compressed: Uint8Array, size = DATA.length): Shared {
  const read: ReadCompressed = (offset, length) => compressed.subarray(offset, offset + length);
  const open = (stream: ZlibStream): Inflater => Inflater.open(createInflate, read, stream) as Inflater;
  const stream = { offset: 0, length: compressed.length, size };
  const orders: InflateOrder[] = [];
  const found = inflateTogether(
    7,
    [stream],
    (order) => void orders.push(order),
    (own, into) => {
      const inner = new ZlibBytes(open(own), into);
      const fill = (end: number): void => {
        inner.fill(end);
        alone = inner.inflated;
      };
      return { bytes: into, fill, inflated: 0 };
    },
  );
  const [data] = orders[0]?.streams ?? [];
  const [bytes] = found ?? [];
  if (data === undefined || bytes === undefined) throw new Error('nothing was begun');
  const help = new Help(new SharedStream(data), open(stream));
  return { bytes, help: () => help.advance() };
}

const isThere = ({ bytes }: Shared, end: number): boolean =>
  Buffer.compare(bytes.bytes.subarray(0, end), DATA.subarray(0, end)) === 0;

/** Lets the helper do all that it can, and asks for all. */
function complete(shared: Shared): void {
  while (shared.help());
  shared.bytes.fill(DATA.length);
  expect(isThere(shared, DATA.length)).toBe(true);
}

describe('a stream that two threads inflate', () => {
  beforeEach(() => {
    alone = 0;
  });

  it('is inflated by who asks, as long as the helper has not come so far', () => {
    const shared = share(deflateSync(DATA));
    shared.bytes.fill(10);
    expect(isThere(shared, 10)).toBe(true);
    shared.bytes.fill(300_000);
    expect(isThere(shared, 300_000)).toBe(true);
    expect(alone).toBe(300_000);
    // The helper first gets to where the asker is, and writes nothing there.
    expect(shared.help() && shared.help()).toBe(true);
    shared.bytes.bytes[5] = (DATA[5] as number) ^ 1;
    expect(shared.help()).toBe(true);
    expect(shared.bytes.bytes[5]).toBe((DATA[5] as number) ^ 1);
    shared.bytes.bytes[5] = DATA[5] as number;
    complete(shared);
    expect(alone).toBe(300_000);
  });

  it('is the helper’s from when it has come so far', () => {
    const shared = share(deflateSync(DATA));
    expect(shared.help()).toBe(true);
    shared.bytes.fill(1000);
    expect(isThere(shared, 1000)).toBe(true);
    complete(shared);
    expect(alone).toBe(0);
  });

  it('needs no helper', () => {
    const shared = share(deflateSync(DATA));
    shared.bytes.fill(DATA.length);
    expect(isThere(shared, DATA.length)).toBe(true);
    expect(shared.help()).toBe(false);
  });

  it('is read as far as it is sound, and its damage is told by who asks', () => {
    const sound = deflateSync(DATA);
    for (const [compressed, end] of [
      [sound.with(sound.length - 1, (sound.at(-1) as number) ^ 1), 500_000],
      [sound.subarray(0, sound.length >> 1), 300_000],
      [deflateSync(DATA.subarray(0, 400_000)), 400_000],
    ] as const) {
      for (const asked of [0, 100_000]) {
        const shared = share(compressed);
        shared.bytes.fill(asked);
        while (shared.help());
        shared.bytes.fill(end);
        expect(isThere(shared, end)).toBe(true);
        expect(() => shared.bytes.fill(DATA.length)).toThrow('the zlib data is damaged');
        expect(() => shared.bytes.fill(DATA.length)).toThrow('the zlib data is damaged');
        expect(isThere(shared, end)).toBe(true);
      }
    }
  });

  it('is not begun where there can be no thread', () => {
    const stream = { offset: 0, length: 1, size: 1 };
    const start = (): never => {
      throw new Error('no threads here');
    };
    expect(inflateTogether(7, [stream], start, () => undefined as never)).toBeUndefined();
  });
});
