import { evaluateAny } from '../expr/evaluator.ts';
import { defaultValue } from '../expr/conversion.ts';
import { unwrapped } from '../expr/parse/nodes.ts';
import { parseExpression } from '../expr/parse/parser.ts';
import { isLargeInteger, realPart, type Constant } from '../expr/constants.ts';
import { DebugError } from '../base/errors.ts';
import { loadValue } from '../values/load.ts';
import type { LoadLimits, ValueTree } from '../values/tree.ts';
import type { Value } from '../values/handle.ts';
import { sessionEnvironment, type SessionEnvironment } from './environment.ts';
import type { Session } from './session.ts';

/** An expression's value, and what is to be said about it. */
export interface EvaluatedExpression {
  readonly environment: SessionEnvironment;
  /** Undefined for nil without a type, and for integers that fit into no type. */
  readonly value: Value | undefined;
  readonly constant: Constant | undefined;
  readonly type: string;
  readonly stale: string | undefined;
}

/** Evaluates an expression in the selected frame. Throws `type` where it stands for a type. */
export function evaluateHere(session: Session, expression: string): EvaluatedExpression {
  const environment = sessionEnvironment(session);
  const result = evaluateAny(expression, environment);
  if (result.kind === 'type')
    throw new DebugError(`${result.type.name} is a type, not a value`, {
      code: 'type',
      position: 0,
      hint: `whatis ${expression} describes it`,
    });
  const stale = environment.staleUsed();
  if (result.kind === 'value')
    return { environment, value: result.value, constant: undefined, type: result.value.type.name, stale };
  const { constant } = result;
  const value =
    constant.kind === 'nil' || isLargeInteger(constant) ? undefined : defaultValue(environment.scratch, constant);
  return { environment, value, constant, type: value?.type.name ?? (constant.kind === 'nil' ? 'nil' : 'int'), stale };
}

/** The value of an expression, loaded. */
export function loadEvaluated({ environment, value, constant }: EvaluatedExpression, limits: LoadLimits): ValueTree {
  if (value !== undefined) return loadValue(environment.context, value, limits);
  const whole = constant && realPart(constant)?.num;
  return whole === undefined ? plainTree('nil', 'void', 'nil') : plainTree('int', 'int', whole.toString());
}

function plainTree(type: string, kind: ValueTree['kind'], value: string): ValueTree {
  return {
    type,
    kind,
    address: undefined,
    value,
    length: undefined,
    capacity: undefined,
    children: [],
    base: undefined,
    nil: type === 'nil',
    truncated: false,
    onlyAddress: false,
    unreadable: undefined,
    note: undefined,
  };
}

/** True for `x[low:high]`: what was asked for as a part. Throws `syntax` for what is no expression. */
export function isSliceExpression(text: string): boolean {
  return unwrapped(parseExpression(text)).kind === 'slice';
}
