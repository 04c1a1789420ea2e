import { describe, expect, it } from 'vitest';
import { GoroutineNumbers } from './goroutine-numbers.ts';

describe('numbers of goroutines', () => {
  it('lead to addresses, whether few or many are asked for; of two the first counts', () => {
    const numbers = new GoroutineNumbers();
    for (let id = 1; id <= 5000; id++) numbers.add(id * 3, id * 0x1000);
    numbers.add(3, 0xdead);
    for (let round = 0; round < 20; round++) {
      expect(numbers.find(3)).toBe(0x1000);
      expect(numbers.find(15_000)).toBe(5000 * 0x1000);
      expect(numbers.find(4)).toBeUndefined();
      // Columns are longer than what is in them.
      expect(numbers.find(0)).toBeUndefined();
    }
  });
});
