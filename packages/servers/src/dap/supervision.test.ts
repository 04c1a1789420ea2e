import { describe, expect, it } from 'vitest';
import { Supervision } from './supervision.ts';

const first = { connection: 1, request: 7 };
const second = { connection: 2, request: 3 };

describe('interrupts', () => {
  it('are from here once for each request that was given up, however late they are looked at', () => {
    const supervision = new Supervision();
    expect(supervision.takeInterrupt()).toBe(false);
    supervision.giveUp(first);
    supervision.giveUp(second);
    expect([supervision.takeInterrupt(), supervision.takeInterrupt()]).toEqual([true, true]);
    expect(supervision.takeInterrupt()).toBe(false);
  });

  it("are a user's when one from here is long past that never came", () => {
    const supervision = new Supervision();
    const then = Date.UTC(2026, 1, 1);
    supervision.giveUp(first, then);
    supervision.giveUp(second, then + 100);
    expect(supervision.takeInterrupt(then + 200)).toBe(true);
    expect(supervision.takeInterrupt(then + 20_000)).toBe(false);
    expect(supervision.takeInterrupt(then + 20_000)).toBe(false);
    supervision.giveUp(first, then + 30_000);
    expect(supervision.takeInterrupt(then + 30_000)).toBe(true);
  });

  it('are seen by the other thread through the memory that both share', () => {
    const supervision = new Supervision();
    const other = new Supervision(supervision.memory);
    supervision.begin(first);
    expect(other.running).toEqual(first);
    other.giveUp(first);
    expect(supervision.isGivenUp(first)).toBe(true);
    expect(supervision.isGivenUp(second)).toBe(false);
    expect(supervision.takeInterrupt()).toBe(true);
    supervision.end();
    expect(other.running).toBeUndefined();
  });
});
