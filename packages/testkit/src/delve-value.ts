import { kindOf, type ValueTree } from '@inquest/engine';
import type { DelveVariable } from './delve-client.ts';

type Kind = ValueTree['kind'];

/** Delve writes `N (name)`-like texts for constants of a type; only the number is compared. */
const CONSTANT_TEXT = /^[\p{L}_][\p{L}\p{Nd}_.|]* \((-?\d+)\)$/u;

function hexOf(address: number): string {
  return `0x${address.toString(16)}`;
}

/**
 * A value of Delve's JSON-RPC in our own form, so that one formatter writes both. Texts of functions and numbers are Delve's.
 */
export function treeOfDelve(variable: DelveVariable): ValueTree {
  // Delve's numbers are those of reflect.Kind.
  const kind = kindOf(variable.kind);
  // What is not loaded is known by its address alone.
  const nil = !variable.onlyAddr && isNil(variable, kind);
  const scalar = CONSTANT_TEXT.exec(variable.value)?.[1] ?? variable.value;
  return {
    type: variable.type,
    kind,
    address: variable.addr === 0 ? undefined : hexOf(variable.addr),
    value: valueText(variable, kind, scalar),
    length: variable.onlyAddr ? undefined : lengthOf(variable, kind),
    capacity: kind === 'chan' ? fieldOf(variable, 'dataqsiz') : kind === 'slice' ? variable.cap : undefined,
    children: nil && kind !== 'pointer' ? [] : childrenOf(variable),
    base: hexOf(kind === 'pointer' || kind === 'unsafe.Pointer' ? (variable.children?.[0]?.addr ?? 0) : variable.base),
    nil,
    truncated: kind === 'string' && variable.len > Buffer.byteLength(variable.value),
    onlyAddress: variable.onlyAddr,
    unreadable: variable.unreadable === '' ? undefined : variable.unreadable,
    note: undefined,
  };
}

function lengthOf(variable: DelveVariable, kind: Kind): number | undefined {
  if (kind === 'chan') return fieldOf(variable, 'qcount');
  return ['string', 'slice', 'array', 'map', 'struct'].includes(kind) ? variable.len : undefined;
}

/** A field of the runtime.hchan that Delve shows a channel as; its own `len` and `cap` are those of the struct. */
function fieldOf({ children }: DelveVariable, name: string): number {
  return Number(children?.find((child) => child.name === name)?.value ?? 0);
}

function childrenOf({ children }: DelveVariable): ValueTree['children'] {
  return (children ?? []).map((child) => ({ name: child.name, tree: treeOfDelve(child) }));
}

function valueText(variable: DelveVariable, kind: Kind, scalar: string): string | undefined {
  if (kind === 'complex64' || kind === 'complex128') {
    const [real, imaginary] = variable.children ?? [];
    return `(${real?.value ?? '?'} + ${imaginary?.value ?? '?'}i)`;
  }
  if (kind === 'string' || kind === 'func') return variable.value;
  return variable.value === '' ? undefined : scalar;
}

function isNil(variable: DelveVariable, kind: Kind): boolean {
  const [first] = variable.children ?? [];
  switch (kind) {
    case 'pointer':
      return first === undefined || first.addr === 0;
    case 'interface':
      return first === undefined || first.kind === 0;
    case 'slice':
    case 'map':
      return variable.base === 0;
    case 'chan':
      return first === undefined;
    case 'func':
      return variable.value === '';
    default:
      return false;
  }
}
