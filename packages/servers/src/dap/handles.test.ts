import { expect, it } from 'vitest';
import { Handles } from './handles.ts';

it('the same thing has the same number, and of very many the oldest are forgotten', () => {
  const handles = new Handles<string>(3);
  const number = (key: string): number => handles.numberOf(key, () => `value of ${key}`);
  expect([number('a'), number('b'), number('a'), number('c')]).toEqual([1, 2, 1, 3]);
  expect(handles.get(2)).toBe('value of b');
  expect(number('d')).toBe(4);
  expect([handles.get(1), handles.get(2), handles.get(4)]).toEqual([undefined, 'value of b', 'value of d']);
  expect(number('a')).toBe(5);
});
