import type { GoType } from '../types/go-type.ts';
import { sameType } from '../values/equality.ts';
import type { Value } from '../values/handle.ts';

/** A call by what was called. */
export interface CallMade {
  /** The function's name, or the method's, alone. */
  readonly name: string;
  /** What was passed, the receiver first; undefined where that is not known any more. */
  passed(): readonly (Value | undefined)[];
}

/**
 * True if a parameter has the very value of the variable of that type (undefined if that is not known) which was passed for it: not one
 * that was put into an interface, or into the slice of a `...` parameter.
 */
export function isPassedAsItIs(parameter: GoType, variable: GoType | undefined, isLast: boolean): boolean {
  if (isLast && parameter.kind === 'slice' && parameter.elem?.kind === 'interface') return false;
  if (variable !== undefined) return sameType(parameter, variable);
  if (parameter.kind === 'interface') return false;
  // What has a name here may be passed a variable whose type has none.
  return (
    !['slice', 'map', 'func', 'chan', 'array'].includes(parameter.kind) ||
    /^(?:\[|map\[|func\(|chan |<-chan )/.test(parameter.name)
  );
}
