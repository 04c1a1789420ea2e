import { kindOf, type ValueTree } from '@inquest/engine';
import { encodeText } from '../transport/bytes.ts';

type Kind = ValueTree['kind'];

/** An address as JSON had it; a text of its digits where a number of JavaScript would not hold them all. */
export type WireAddress = number | string;

/** A value as Delve's servers send it, as far as it is shown. */
export interface DelveValue {
  readonly name: string;
  readonly addr: WireAddress;
  readonly onlyAddr: boolean;
  readonly type: string;
  readonly kind: number;
  readonly value: string;
  /** The bytes of a string that is not UTF-8, in base64. */
  readonly StringValueBytes?: string | null;
  readonly len: number;
  readonly cap: number;
  readonly children: readonly DelveValue[] | null;
  readonly base: WireAddress;
  readonly unreadable: string;
}

/** Delve writes `name (N)` for numbers that are constants of their type. */
const CONSTANT_TEXT = /^([\p{L}_][\p{L}\p{Nd}_.|]*) \((-?\d+)\)$/u;

function hexOf(address: WireAddress): string {
  return `0x${BigInt(address).toString(16)}`;
}

function isZero(address: WireAddress): boolean {
  return Number(address) === 0;
}

function hexOfBase64(text: string): string {
  return Array.from(atob(text), (char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}

/** A value of Delve in our own form, so that one formatter writes both. Texts of functions and numbers are Delve's. */
export function treeOfDelve(variable: DelveValue): ValueTree {
  // Delve's numbers are those of reflect.Kind.
  const kind = kindOf(variable.kind);
  // What is not loaded is known by its address alone.
  const nil = !variable.onlyAddr && isNil(variable, kind);
  const [, constant, number] = CONSTANT_TEXT.exec(variable.value) ?? [];
  const { StringValueBytes: encoded } = variable;
  const bytes = typeof encoded === 'string' && encoded !== '' ? hexOfBase64(encoded) : undefined;
  const shown = bytes === undefined ? encodeText(variable.value).length : bytes.length / 2;
  const children = childrenOf(variable);
  return {
    type: variable.type,
    kind,
    address: isZero(variable.addr) ? undefined : hexOf(variable.addr),
    value: valueText(variable, kind, number ?? variable.value),
    ...(constant === undefined || kind === 'string' || kind === 'func' ? {} : { constant }),
    ...(bytes === undefined ? {} : { bytes }),
    length: variable.onlyAddr ? undefined : lengthOf(variable, kind),
    capacity: kind === 'chan' ? fieldOf(variable, 'dataqsiz') : kind === 'slice' ? variable.cap : undefined,
    children: nil && kind !== 'pointer' ? [] : children,
    // Delve shows a channel as the struct that it is.
    ...(kind === 'chan' && !nil ? { internals: children } : {}),
    base: hexOf(kind === 'pointer' || kind === 'unsafe.Pointer' ? (variable.children?.[0]?.addr ?? 0) : variable.base),
    nil,
    truncated: kind === 'string' && variable.len > shown,
    onlyAddress: variable.onlyAddr,
    unreadable: variable.unreadable === '' ? undefined : variable.unreadable,
    note: undefined,
  };
}

function lengthOf(variable: DelveValue, kind: Kind): number | undefined {
  if (kind === 'chan') return fieldOf(variable, 'qcount');
  return ['string', 'slice', 'array', 'map', 'struct'].includes(kind) ? variable.len : undefined;
}

/** A field of the runtime.hchan that Delve shows a channel as; its own `len` and `cap` are those of the struct. */
function fieldOf({ children }: DelveValue, name: string): number {
  return Number(children?.find((child) => child.name === name)?.value ?? 0);
}

function childrenOf({ children }: DelveValue): ValueTree['children'] {
  return (children ?? []).map((child) => ({ name: child.name, tree: treeOfDelve(child) }));
}

function valueText(variable: DelveValue, kind: Kind, scalar: string): string | undefined {
  if (kind === 'complex64' || kind === 'complex128') {
    const [real, imaginary] = variable.children ?? [];
    return `(${real?.value ?? '?'} + ${imaginary?.value ?? '?'}i)`;
  }
  if (kind === 'string' || kind === 'func') return variable.value;
  return variable.value === '' ? undefined : scalar;
}

function isNil(variable: DelveValue, kind: Kind): boolean {
  const [first] = variable.children ?? [];
  switch (kind) {
    case 'pointer':
      return first === undefined || isZero(first.addr);
    case 'interface':
      return first === undefined || first.kind === 0;
    case 'slice':
    case 'map':
      return isZero(variable.base);
    case 'chan':
      return first === undefined;
    case 'func':
      return variable.value === '';
    default:
      return false;
  }
}
