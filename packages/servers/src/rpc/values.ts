import { encodeBase64, formatValue, type Kind, type Memory, type NamedTree, type ValueTree } from '@inquest/engine';
import { FLAG, type DelveVariable } from './api.ts';

/** reflect.Kind; Delve has but one kind each for signed and unsigned integers. */
const KINDS: Readonly<Record<Kind, number>> = {
  unknown: 0,
  void: 0,
  bool: 1,
  int: 2,
  int8: 2,
  int16: 2,
  int32: 2,
  int64: 2,
  uint: 7,
  uint8: 7,
  uint16: 7,
  uint32: 7,
  uint64: 7,
  uintptr: 7,
  float32: 13,
  float64: 14,
  complex64: 15,
  complex128: 16,
  array: 17,
  chan: 18,
  func: 19,
  interface: 20,
  map: 21,
  pointer: 22,
  slice: 23,
  string: 24,
  struct: 25,
  'unsafe.Pointer': 26,
};

/** Given to what has no address of its own: Delve's clients take 0 for nil. */
const NO_ADDRESS = 2 ** 51 - 16;

/** What is said of a variable besides its value. */
export interface VariableFacts {
  readonly flags?: number;
  readonly location?: string;
  readonly line?: number | undefined;
  /** Why the value may not be the variable's current one. */
  readonly stale?: string | undefined;
  /** Pointers were not followed. */
  readonly shallow?: boolean;
}

/** Converts values as they are loaded into Delve's form, of which its clients make text. */
export class ValueConverter {
  private readonly memory: Memory;

  /** `memory` is where closures are read. */
  constructor(memory: Memory) {
    this.memory = memory;
  }

  /** A variable, or what an expression gave. */
  variable(name: string, tree: ValueTree, facts: VariableFacts = {}): DelveVariable {
    const { stale } = facts;
    if (stale !== undefined) {
      // Every client shows this, and none can take the value for certain.
      const unreadable = `possibly stale: ${formatValue(tree)}; ${stale}`;
      return { ...absentVariable(name, tree.type, tree.kind, unreadable, facts), addr: addressOf(tree, true) };
    }
    const { flags = 0, location = '', line = 0 } = facts;
    const converted = this.convert(name, tree, true, facts.shallow === true);
    return { ...converted, flags: converted.flags | flags, LocationExpr: location, DeclLine: line };
  }

  private convert(name: string, tree: ValueTree, top: boolean, shallow: boolean): DelveVariable {
    const { kind, type } = tree;
    const addr = addressOf(tree, top);
    const isFake = addr !== 0 && tree.address === undefined;
    const base: DelveVariable = {
      name,
      addr,
      onlyAddr: tree.onlyAddress && tree.length === undefined,
      type,
      realType: type,
      flags: isFake ? FLAG.fakeAddress : 0,
      kind: KINDS[kind],
      value: '',
      StringValueBytes: null,
      len: 0,
      cap: 0,
      children: [],
      base: 0,
      unreadable: tree.unreadable ?? '',
      LocationExpr: '',
      DeclLine: 0,
    };
    return { ...base, ...this.contents(tree, addr, shallow), ...headerOf(tree) };
  }

  /** What depends on the kind. */
  private contents(tree: ValueTree, addr: number, shallow: boolean): Partial<DelveVariable> {
    const { children, length = 0 } = tree;
    const base = Number(tree.base ?? 0);
    switch (tree.kind) {
      case 'pointer':
        return tree.unreadable === undefined ? this.pointer(tree, base, shallow) : {};
      case 'unsafe.Pointer':
        return tree.unreadable !== undefined || tree.onlyAddress ? {} : pointerTo(voidAt(base, shallow), base);
      case 'string':
        return { ...stringValue(tree), len: length, base };
      case 'slice':
        return { len: length, cap: tree.capacity ?? 0, base, children: this.all(children, shallow) };
      case 'array':
        return { len: length, cap: length, base: base || addr, children: this.all(children, shallow) };
      case 'struct':
        return { len: length, children: this.all(children, shallow), value: tree.value ?? '' };
      case 'map':
        return { len: length, base, children: this.all(children, shallow, '') };
      case 'chan':
        return { len: tree.internals?.length ?? 0, base, children: this.all(tree.internals ?? [], false) };
      case 'interface':
        return { children: this.dynamic(tree, shallow) };
      case 'func':
        return { ...this.func(tree, base), children: this.all(children, shallow) };
      case 'complex64':
      case 'complex128':
        return complexValue(tree);
      default:
        return { value: tree.constant === undefined ? (tree.value ?? '') : `${tree.constant} (${tree.value ?? ''})` };
    }
  }

  private all(children: readonly NamedTree[], shallow: boolean, name?: string): DelveVariable[] {
    return children.map((child) => {
      const converted = this.convert(name ?? child.name, child.tree, false, shallow);
      return child.byReference === true ? { ...converted, flags: converted.flags | FLAG.escaped } : converted;
    });
  }

  private pointer({ children, onlyAddress }: ValueTree, target: number, shallow: boolean): Partial<DelveVariable> {
    const [child] = children;
    if (child === undefined || onlyAddress) return {};
    const converted = this.convert('', child.tree, false, shallow);
    return pointerTo(target === 0 ? { ...converted, addr: 0, flags: 0, onlyAddr: shallow } : converted, target);
  }

  /** A nil interface holds something of no kind. */
  private dynamic({ children, nil, onlyAddress, unreadable }: ValueTree, shallow: boolean): DelveVariable[] {
    const [child] = children;
    if (child !== undefined) return [this.convert('data', child.tree, false, shallow)];
    return nil || onlyAddress || unreadable === undefined ? [voidAt(0, false)] : [];
  }

  /** The base of a function is its code. */
  private func({ value, nil, length, unreadable }: ValueTree, object: number): Partial<DelveVariable> {
    if (nil || unreadable !== undefined || object === 0) return {};
    return { value: value ?? '', base: this.memory.u64(object), len: length ?? 0 };
  }
}

/** A variable without a value, and why. */
export function absentVariable(
  name: string,
  type: string,
  kind: Kind,
  unreadable: string,
  { flags = 0, location = '', line = 0 }: VariableFacts = {},
): DelveVariable {
  return {
    name,
    addr: 0,
    onlyAddr: false,
    type,
    realType: type,
    flags,
    kind: KINDS[kind],
    value: '',
    StringValueBytes: null,
    len: 0,
    cap: 0,
    children: [],
    base: 0,
    unreadable,
    LocationExpr: location,
    DeclLine: line,
  };
}

/** The address; scalars that were computed have none, and need none. */
function addressOf({ address, children, kind, nil }: ValueTree, top: boolean): number {
  if (address !== undefined) return Number(address);
  if (top && (children.length === 0 || kind === 'pointer')) return 0;
  return kind === 'void' || nil ? 0 : NO_ADDRESS;
}

function pointerTo(target: DelveVariable, address: number): Partial<DelveVariable> {
  return { value: String(address), len: 1, children: [target] };
}

/** What is known of what was not followed. */
function headerOf({ header, kind, address }: ValueTree): Partial<DelveVariable> {
  if (header === undefined) return {};
  const { length, capacity = 0, base } = header;
  return { len: length, cap: capacity, base: Number((kind === 'array' ? address : base) ?? 0) };
}

/** What an unsafe.Pointer points to. */
function voidAt(addr: number, shallow: boolean): DelveVariable {
  const unreadable = addr === 0 || shallow ? '' : 'unknown or unsupported kind: "invalid"';
  return { ...absentVariable('', 'void', 'void', unreadable), addr, onlyAddr: shallow };
}

function stringValue({ value = '', bytes }: ValueTree): Partial<DelveVariable> {
  return { value, StringValueBytes: bytes === undefined ? null : encodeBase64(bytesOfHex(bytes)) };
}

/** `(1 + 2i)` in its parts. */
function complexValue({ value = '', kind }: ValueTree): Partial<DelveVariable> {
  const part = kind === 'complex64' ? KINDS.float32 : KINDS.float64;
  const [, real = '', imaginary = ''] = /^\((.*) \+ (.*)i\)$/.exec(value) ?? [];
  const child = (name: string, text: string): DelveVariable => ({
    ...absentVariable(name, '', 'void', ''),
    kind: part,
    value: text,
    children: null,
  });
  return { value, len: 2, children: [child('real', real), child('imaginary', imaginary)] };
}

/** The bytes that hex digits stand for. */
export function bytesOfHex(digits: string): Uint8Array {
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16));
}
