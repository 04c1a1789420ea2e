import { expect, it } from 'vitest';
import type { GoRuntime } from './go-runtime.ts';
import type { Goroutine } from './goroutine.ts';
import { wordsNearTop } from './wait-queues.ts';

it('the top of a stack whose bounds are damaged ends', () => {
  const asked: number[] = [];
  const memory = {
    readSome(_address: number, length: number): Uint8Array {
      asked.push(length);
      return new Uint8Array();
    },
  };
  const runtime = { program: { memory } } as unknown as GoRuntime;
  for (const sp of [2 ** 53, 2 ** 63, 2 ** 64 - 4096, 0]) {
    for (const high of [0, 2 ** 53, 2 ** 64]) {
      const goroutine = { sched: { sp }, stack: { low: 0, high } } as unknown as Goroutine;
      expect(wordsNearTop(runtime, goroutine)).toEqual([]);
    }
  }
  expect(Math.min(...asked)).toBe(0);
  expect(Math.max(...asked)).toBe(1024);
});
