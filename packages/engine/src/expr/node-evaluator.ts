import type { GoType } from '../types/go-type.ts';
import type { Value } from '../values/handle.ts';
import type { Environment } from './environment.ts';
import type { Node } from './parse/nodes.ts';
import type { Evaluated } from './operators.ts';

/** What the parts of the evaluator ask of the whole: to evaluate the nodes inside theirs. */
export interface NodeEvaluator {
  readonly environment: Environment;
  /** A value; constants get their default type. */
  value(node: Node): Value;
  /** A value or a constant. */
  evaluated(node: Node): Evaluated;
  /** A value of a certain type, as by assignment. */
  assigned(node: Node, type: GoType): Value;
  /** An index, length or the like. */
  integer(node: Node): number;
}
