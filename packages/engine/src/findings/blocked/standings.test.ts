import { describe, expect, it } from 'vitest';
import { Standings } from './standings.ts';

describe('where goroutines stand', () => {
  it('is told in the order in which they came, apart for those that wait', () => {
    const standings = new Standings();
    const [locking, sleeping] = [
      ['sync.(*Mutex).Lock', 'main.f'],
      ['time.Sleep', 'main.g'],
    ];
    standings.add({ g: 0xc000_0100_0000, functions: locking }, 'at a semaphore');
    standings.add({ g: 0xc000_0200_0000, functions: sleeping }, 'not waiting');
    standings.add({ g: 0xc000_0300_0000, functions: sleeping }, 'waiting otherwise');
    standings.add({ g: 0xc000_0000_0000, functions: locking }, 'at a semaphore');
    expect([...standings.waiting()]).toEqual([
      [{ g: 0xc000_0100_0000, functions: locking }, 'at a semaphore'],
      [{ g: 0xc000_0300_0000, functions: sleeping }, 'waiting otherwise'],
      [{ g: 0xc000_0000_0000, functions: locking }, 'at a semaphore'],
    ]);
    expect([...standings.others()]).toEqual([{ g: 0xc000_0200_0000, functions: sleeping }]);
    // The same list: who looks at a stack's calls does it once.
    expect([...standings.waiting()][2]?.[0].functions).toBe(locking);
    expect(standings.of(0xc000_0300_0000)).toEqual([{ g: 0xc000_0300_0000, functions: sleeping }, 'waiting otherwise']);
    expect(standings.of(0xc000_0200_0000)?.[1]).toBe('not waiting');
    expect(standings.of(0xc000_0400_0000)).toBeUndefined();
  });
});
