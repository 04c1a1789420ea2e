import { comparisons } from './comparisons.ts';
import { composites } from './composites.ts';
import { constants } from './constants.ts';
import { conversions } from './conversions.ts';
import { indexing } from './indexing.ts';
import { literals } from './literals.ts';
import { names } from './names.ts';
import { operators } from './operators.ts';
import { selectors } from './selectors.ts';
import type { ExpressionCase } from './case.ts';

export type { ExpressionCase } from './case.ts';

/** Names of the areas, and their expressions. */
export const EXPRESSION_AREAS: Readonly<Record<string, readonly ExpressionCase[]>> = {
  literals,
  constants,
  operators,
  comparisons,
  selectors,
  indexing,
  conversions,
  composites,
  names,
};

/** All expressions: what Inquest and Delve are held to. */
export const EXPRESSION_CASES: readonly ExpressionCase[] = Object.values(EXPRESSION_AREAS).flat();
