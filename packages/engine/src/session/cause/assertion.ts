import type { CauseFinding } from '../results.ts';
import { lineOf, sourceConfidence, valueIn, type CauseContext } from './context.ts';

/** Which interface a failed type assertion was about, and what it holds. */
export function assertionFindings(context: CauseContext): CauseFinding[] {
  const { user } = context;
  const line = user === undefined ? '' : lineOf(context, user);
  const found = [...line.matchAll(/([a-zA-Z_][\w.]*(?:\[[\w."]*\]|\(\))?)\.\(((?!type\))[^()]+)\)/g)];
  const [only, another] = found;
  if (user === undefined || only === undefined || another !== undefined) return [];
  const [whole = '', operand = ''] = only;
  const value = valueIn(context, user, operand);
  const holds = value === undefined ? '' : `: ${operand} = ${value.text({ maxStringLen: 60, maxArrayValues: 5 })}`;
  return [
    {
      text: `in ${whole}${holds}`,
      confidence: sourceConfidence(context, user),
      evidence: 'the only type assertion of the line',
    },
  ];
}
