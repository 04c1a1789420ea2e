import { attempt } from '../../base/errors.ts';
import type { CauseFinding } from '../results.ts';
import { lineOf, sourceConfidence, valueIn, type CauseContext } from './context.ts';
import { closing, indexExpressions, type IndexExpression } from './expressions.ts';

/** Which index or slice expression of the line failed: the one that has the values of the error. */
export function boundsFindings(context: CauseContext, text: string): CauseFinding[] {
  const { user } = context;
  const line = user === undefined ? '' : lineOf(context, user);
  const isSlice = text.includes('slice bounds');
  if (user === undefined) return [];
  const numbers = [...text.matchAll(/-?\d+/g)].map(([number]) => Number(number));
  const candidates = indexExpressions(line).filter(({ bounds }) => bounds.length > 1 === isSlice);
  const judged = candidates.map((each) => ({ each, fits: judge(context, each, numbers, isSlice) }));
  const left = judged.filter(({ fits }) => fits !== 'no');
  const [only, another] = left;
  if (only === undefined) return [];
  if (another !== undefined && left.some(({ fits }) => fits !== 'yes')) {
    const all = left.map(({ each }) => each.whole).join(', ');
    return [{ text: `in one of ${all}`, confidence: 'likely', evidence: 'the source of the line' }];
  }
  const values = only.each.bounds.filter((bound) => !/^-?\d*$/.test(bound)).flatMap((bound) => told(context, bound));
  const length = isSlice ? `cap(${only.each.of})` : `len(${only.each.of})`;
  const sizes =
    isSlice && numbers.length < 2
      ? []
      : told(context, isSlice && text.includes('with length') ? length.replace('cap', 'len') : length);
  const details = [...values, ...sizes].join(', ');
  const evidence = only.fits === 'yes' ? 'the line has one place with these values' : 'the only such place of the line';
  const sure = only.fits === 'yes' || candidates.length === 1;
  return [
    {
      text: `in ${only.each.whole}${details === '' ? '' : `: ${details}`}`,
      confidence: sure ? sourceConfidence(context, user) : 'likely',
      evidence,
    },
  ];
}

function told(context: CauseContext, expression: string): string[] {
  const value = context.user === undefined ? undefined : numberOf(context, expression);
  return value === undefined ? [] : [`${expression} = ${value}`];
}

function numberOf(context: CauseContext, expression: string): number | undefined {
  const { user } = context;
  if (user === undefined) return undefined;
  const text = attempt(() => valueIn(context, user, expression)?.text());
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}

/** Whether an expression has the numbers of the error: `no` if what is known of it contradicts them. */
function judge(
  context: CauseContext,
  { of, bounds }: IndexExpression,
  numbers: readonly number[],
  isSlice: boolean,
): 'yes' | 'no' | 'unknown' {
  const known = bounds.map((bound) => (bound === '' ? undefined : numberOf(context, bound)));
  const [wanted, size] = numbers;
  const index = known.filter((each) => each !== undefined);
  if (!isSlice) {
    const length = numberOf(context, `len(${of})`);
    if (index[0] !== undefined && index[0] !== wanted) return 'no';
    if (length !== undefined && size !== undefined && length !== size) return 'no';
    return index.length > 0 && length !== undefined ? 'yes' : 'unknown';
  }
  if (index.length === bounds.filter((bound) => bound !== '').length && !index.some((each) => numbers.includes(each)))
    return 'no';
  return index.some((each) => each === wanted) ? 'yes' : 'unknown';
}

/** Which divisor was zero. */
export function divisionFindings(context: CauseContext): CauseFinding[] {
  const { user } = context;
  const line =
    user === undefined ? '' : lineOf(context, user).replace(/"(?:[^"\\]|\\.)*"|`[^`]*`|'(?:[^'\\]|\\.)+'/g, '""');
  const divisions = [...line.matchAll(/([\w.\])]+)\s*([/%]=?)\s*(\(|[a-zA-Z_][\w.]*(?:\(|\[)?)/g)];
  const divisors = divisions.map((match) => {
    const [, , , divisor = ''] = match;
    const start = match.index + match[0].length - divisor.length;
    const opens = /[([]$/.test(divisor);
    const end = opens ? closing(line, start + divisor.length - 1) : start + divisor.length - 1;
    return end < 0 ? divisor : line.slice(start, end + 1);
  });
  const [only, another] = divisors;
  if (only === undefined) return [];
  const evidence = another === undefined ? 'the only division of the line' : 'the divisions of the line';
  const zero = divisors.filter((each) => numberOf(context, each) === 0);
  if (user === undefined) return [];
  if (another === undefined) return [{ text: `${only} is 0`, confidence: sourceConfidence(context, user), evidence }];
  const one = zero.length === 1 ? zero[0] : undefined;
  const text = one === undefined ? `one of ${[...new Set(divisors)].join(', ')} is 0` : `${one} is 0`;
  return [{ text, confidence: 'likely', evidence: one === undefined ? evidence : `${evidence}, and their values` }];
}
