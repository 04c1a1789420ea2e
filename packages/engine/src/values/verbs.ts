import { DebugError } from '../base/errors.ts';
import { encodeUtf8 } from '../base/text.ts';
import { isInteger } from './scalars.ts';
import type { ValueTree } from './tree.ts';

/** What a verb of Go's fmt does to an integer; Delve takes the same with `print %x`. */
const RADIX: Readonly<Record<string, readonly [radix: number, prefix: string]>> = {
  x: [16, '0x'],
  X: [16, '0X'],
  o: [8, '0'],
  b: [2, '0b'],
  d: [10, ''],
};

/** Rewrites the integers (and with %x strings) of a tree by a fmt verb such as `%x`, `%#x`, `%b`. Throws `usage` for others. */
export function applyVerb(tree: ValueTree, verb: string): ValueTree {
  const match = /^%(#?)([xXobd])$/.exec(verb);
  if (match === null) {
    throw new DebugError(`unknown format ${verb}`, {
      code: 'usage',
      hint: 'known are %d %x %X %o %b, and %#x with a prefix',
    });
  }
  const [, alternate, letter = 'd'] = match;
  const [radix, prefix] = RADIX[letter] ?? [10, ''];
  return rewrite(tree, (value, kind) => {
    if (kind === 'string' && radix === 16)
      return [...encodeUtf8(value)].map((b) => b.toString(16).padStart(2, '0')).join('');
    if (kind === 'string') return value;
    const number = BigInt(value);
    const digits = (number < 0n ? -number : number).toString(radix);
    const text = letter === 'X' ? digits.toUpperCase() : digits;
    return `${number < 0n ? '-' : ''}${alternate === '#' ? prefix : ''}${text}`;
  });
}

function rewrite(tree: ValueTree, format: (value: string, kind: 'integer' | 'string') => string): ValueTree {
  const children = tree.children.map(({ name, tree: child }) => ({ name, tree: rewrite(child, format) }));
  const kind = isInteger(tree.kind) ? 'integer' : tree.kind === 'string' ? 'string' : undefined;
  if (kind === undefined || tree.value === undefined) return { ...tree, children };
  return { ...tree, value: format(tree.value, kind), children };
}
