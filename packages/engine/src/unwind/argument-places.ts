import { RAX, RBX, RCX, RDI, RSI } from '../arch/amd64/instruction.ts';
import type { GoType } from '../types/go-type.ts';
import { slotLocation, VECTOR_LOW } from './flow/flow-state.ts';

/** Bytes of an argument, and where they are at the function's entry, as a location of the flow analysis. */
export interface ArgumentPiece {
  readonly start: number;
  readonly size: number;
  readonly location: number;
}

/** Registers of Go's ABIInternal for amd64, in order (internal/abi and abi-internal.md; Go 1.17). */
const INTEGERS: readonly number[] = [RAX, RBX, RCX, RDI, RSI, 8, 9, 10, 11];
const FLOATS = 15;
/** The return address lies above the stack pointer at entry. */
const FIRST_SLOT = 8;

/** Where the arguments of a Go function for amd64 are at its entry, by their types in order; undefined for what has no size. */
export function argumentPlaces(types: readonly GoType[], inRegisters: boolean): readonly (readonly ArgumentPiece[])[] {
  let [integers, floats, stack] = [0, 0, FIRST_SLOT];
  return types.map((type) => {
    const kinds = inRegisters ? registersOf(type, 0) : undefined;
    const wantsFloats = kinds?.filter(({ isFloat }) => isFloat).length ?? 0;
    const wantsIntegers = (kinds?.length ?? 0) - wantsFloats;
    if (kinds !== undefined && integers + wantsIntegers <= INTEGERS.length && floats + wantsFloats <= FLOATS)
      return kinds.map(({ start, size, isFloat }) => ({
        start,
        size,
        location: isFloat ? VECTOR_LOW + floats++ : (INTEGERS[integers++] as number),
      }));
    stack = alignUp(stack, alignmentOf(type));
    const at = stack;
    stack += type.size;
    const words: ArgumentPiece[] = [];
    for (let start = 0; start < type.size; start += 8)
      words.push({ start, size: Math.min(8, type.size - start), location: slotLocation(at + start) });
    return words;
  });
}

interface Part {
  readonly start: number;
  readonly size: number;
  readonly isFloat: boolean;
}

/** The registers that a value is taken apart into; undefined if it is passed on the stack. */
function registersOf(type: GoType, start: number): readonly Part[] | undefined {
  const { kind, size } = type;
  const words = (count: number, isFloat = false): Part[] =>
    Array.from({ length: count }, (_, i) => ({ start: start + (i * size) / count, size: size / count, isFloat }));
  switch (kind) {
    case 'struct': {
      const parts = type.fields.map((field) => registersOf(field.type, start + field.offset));
      return parts.includes(undefined) ? undefined : parts.flatMap((part) => part ?? []);
    }
    case 'array':
      if (type.length > 1) return undefined;
      return type.length === 0 || type.elem === undefined ? [] : registersOf(type.elem, start);
    case 'string':
    case 'interface':
      return words(2);
    case 'slice':
      return words(3);
    case 'complex64':
    case 'complex128':
      return words(2, true);
    default:
      return size > 8 ? undefined : words(1, kind.startsWith('float'));
  }
}

function alignmentOf(type: GoType): number {
  if (type.kind === 'struct') return Math.max(1, ...type.fields.map((field) => alignmentOf(field.type)));
  if (type.kind === 'array' && type.elem !== undefined) return alignmentOf(type.elem);
  if (type.kind.startsWith('complex')) return type.size / 2;
  return Math.min(8, Math.max(1, type.size));
}

function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}
