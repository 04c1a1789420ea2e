import { describe, expect, it } from 'vitest';
import type { Goroutine } from '../runtime/goroutine.ts';
import { OldestWaits } from './oldest-waits.ts';

const NOW = 1000e9;

function goroutine(id: number, since: number, waitReason = 'select'): Goroutine {
  return { id, waitSince: since * 1e9, waitReason } as Goroutine;
}

function oldestOf(goroutines: readonly Goroutine[], now: number | undefined = NOW): number[] {
  const waits = new OldestWaits(now, ({ id }) => id >= 100);
  for (const each of goroutines) waits.see(each);
  return waits.goroutines.map(({ id }) => id);
}

describe('the longest waits', () => {
  it('are two, in order, and of equal ones the first', () => {
    expect(
      oldestOf([goroutine(1, 700), goroutine(2, 500), goroutine(3, 600), goroutine(4, 500), goroutine(5, 900)]),
    ).toEqual([2, 4]);
    expect(oldestOf([goroutine(1, 10), goroutine(2, 20), goroutine(3, 5)])).toEqual([3, 1]);
  });

  it('are none of less than a minute, of unknown time, of the runtime, or of those that do not wait', () => {
    expect(oldestOf([goroutine(1, 941), goroutine(2, 940)])).toEqual([2]);
    expect(oldestOf([goroutine(1, 0), goroutine(2, -5), goroutine(100, 1), goroutine(3, 1, '')])).toEqual([]);
  });

  it('are none where the time is not known', () => {
    const waits = new OldestWaits(undefined, () => false);
    waits.see(goroutine(1, 5));
    expect(waits.goroutines).toEqual([]);
  });
});
