import { comparisonOf, isJumpIfEqual } from '../../arch/amd64/comparison.ts';
import type { FlowAnalysis } from './flow-analysis.ts';
import type { FlowState } from './flow-state.ts';
import { low, type ValueNumber, type ValueNumbers } from './value-number.ts';

/** A value of which a branch tells what its lowest `size` bytes are. */
export interface Equality {
  readonly value: ValueNumber;
  readonly is: ValueNumber;
  readonly size: number;
}

/**
 * What is known at a place because execution came there: branches that were taken, or not, since two values were equal. Only along
 * the one way that leads there. `codeAt` gives bytes of the function.
 */
export function equalitiesAt(
  analysis: FlowAnalysis,
  numbers: ValueNumbers,
  at: number,
  codeAt: (offset: number, length: number) => Uint8Array,
): Equality[] {
  const found: Equality[] = [];
  for (const { branch, comparison, isTaken, passed } of analysis.branchesBefore(at)) {
    if (comparison === undefined || isJumpIfEqual(codeAt(branch.at, branch.length)) !== isTaken) continue;
    const compared = comparisonOf(codeAt(comparison.at, comparison.length));
    const state = compared && analysis.before(comparison.at);
    if (compared === undefined || state === undefined) continue;
    const [left, right] = [compared.left, compared.right].map((operand) =>
      operand.kind === 'immediate'
        ? numbers.constant(operand.value)
        : operand.kind === 'register'
          ? valueIn(state, operand.number, compared.size)
          : undefined,
    );
    // A value that was made again since then is another.
    const isOld = (value: ValueNumber): boolean => value.sites.some((site) => passed.has(site));
    if (left === undefined || right === undefined || isOld(left) || isOld(right)) continue;
    found.push({ value: left, is: right, size: compared.size }, { value: right, is: left, size: compared.size });
  }
  return found;
}

function valueIn(state: FlowState, register: number, size: number): ValueNumber | undefined {
  const cell = state.get(register);
  return cell && low(cell.value, size);
}
