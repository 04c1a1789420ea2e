import { DebugError } from '../base/errors.ts';
import type { GoType } from '../types/go-type.ts';
import type { Value } from '../values/handle.ts';
import type { Constant } from './constants.ts';

/** What a part of an expression stands for. */
export type Operand =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'constant'; readonly constant: Constant }
  | { readonly kind: 'type'; readonly type: GoType }
  /** A package by the name that stands for it: import path, last element or package clause. */
  | { readonly kind: 'package'; readonly name: string }
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'register'; readonly name: string; readonly bytes: Uint8Array };

export function valueOperand(value: Value): Operand {
  return { kind: 'value', value };
}

export function constantOperand(constant: Constant): Operand {
  return { kind: 'constant', constant };
}

/** What an operand is, in words, where a value was wanted. */
export function describeOperand(operand: Operand): string {
  switch (operand.kind) {
    case 'type':
      return `${operand.type.name} is a type, not a value`;
    case 'package':
      return `${operand.name} is a package, not a value`;
    case 'builtin':
      return `${operand.name} is a built-in function and must be called`;
    default:
      return 'not a value';
  }
}

/** Runs `action`; an error without a place in the expression gets this one. */
export function placed<T>(position: number, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof DebugError) || error.detail.position !== undefined) throw error;
    throw new DebugError(error.message, { ...error.detail, position });
  }
}
