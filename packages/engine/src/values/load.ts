import { counters } from '../base/counters.ts';
import { attempt, DebugError, fault, hex } from '../base/errors.ts';
import { encodeUtf8, decodeUtf8 } from '../base/text.ts';
import { VOID_TYPE } from '../types/go-type.ts';
import { fieldValue } from './bit-field.ts';
import { channelOf, channelStruct } from './channel.ts';
import { capturedOf, codeOf } from './closure.ts';
import type { ValueContext } from './context.ts';
import type { OpenMap } from './maps/open-map.ts';
import { addressOf, memoryPlace, partOf } from './place.ts';
import { floatOf, formatFloat, integerOf, isComplex, isFloat, isInteger } from './scalars.ts';
import { isScratch } from './scratch.ts';
import { timeText } from './time.ts';
import { DEFAULT_LIMITS, type LoadBudget, type LoadLimits, type NamedTree, type ValueTree } from './tree.ts';
import { bytesOf, dereference, dynamicValue, mapOf, sequenceOf, wordOf, type Value } from './value.ts';

/** Deepest nesting built whatever the limits say, against pointer cycles. */
const DEEPEST = 64;
/** What a tree may take where no budget is given: a million values with short names of types. */
const USUAL_BUDGET = 270_000_000;
/** What a value takes of the budget besides the names of its types, and what each byte of a string takes. */
const COST = { value: 256, byte: 2 } as const;
/** Kinds whose length is told where they are not followed. */
const LONG: ReadonlySet<string> = new Set(['string', 'slice', 'array']);
/** Bytes in which the end of a C string is looked for. */
const LONGEST_NATIVE_STRING = 1 << 20;

/** Loads a value within limits. Never throws for bad memory: what cannot be read says why at its place. */
export function loadValue(context: ValueContext, value: Value, limits: LoadLimits = DEFAULT_LIMITS): ValueTree {
  return new Loader(context, limits).load(value, 0, 0);
}

class Loader {
  private readonly context: ValueContext;
  private readonly limits: LoadLimits;
  private readonly budget: LoadBudget;

  constructor(context: ValueContext, limits: LoadLimits) {
    this.context = context;
    this.limits = limits;
    this.budget = limits.budget ?? { left: USUAL_BUDGET };
  }

  private get isSpent(): boolean {
    return this.budget.left < 0;
  }

  /** @param level nesting as Delve counts it; @param depth nesting as it is */
  load(value: Value, level: number, depth: number): ValueTree {
    counters.valuesLoaded++;
    this.budget.left -= COST.value + 2 * value.type.name.length;
    if (this.isSpent) return { ...blank(value), unreadable: 'not loaded: there is too much in all' };
    try {
      return this.loadKind(value, level, depth);
    } catch (error) {
      if (!(error instanceof DebugError)) throw error;
      return { ...blank(value), unreadable: error.message };
    }
  }

  private loadKind(value: Value, level: number, depth: number): ValueTree {
    const { kind } = value.type;
    if (depth > DEEPEST) return { ...blank(value), onlyAddress: true };
    if (isInteger(kind)) return this.integer(value);
    if (isFloat(kind)) return this.float(value);
    if (isComplex(kind)) return this.complex(value);
    switch (kind) {
      case 'bool':
        return { ...blank(value), value: bytesOf(this.context, value)[0] === 0 ? 'false' : 'true' };
      case 'string':
        return this.string(value);
      case 'pointer':
        return this.pointer(value, level, depth);
      case 'unsafe.Pointer':
        return this.word(value);
      case 'struct':
        return this.struct(value, level, depth);
      case 'array':
      case 'slice':
        return this.sequence(value, level, depth);
      case 'interface':
        return this.interface(value, level, depth);
      case 'map':
        return this.map(value, level, depth);
      case 'chan':
        return this.channel(value, level, depth);
      case 'func':
        return this.func(value, level, depth);
      case 'void':
        return blank(value);
      default:
        return { ...blank(value), unreadable: `values of type ${value.type.name} cannot be read` };
    }
  }

  /** What is not looked into. */
  private cut(value: Value): Draft {
    const tree = blank(value);
    tree.onlyAddress = true;
    if (this.limits.headers !== true || !LONG.has(value.type.kind)) return tree;
    const header = attempt(() => sequenceOf(this.context, value));
    if (header === undefined) return tree;
    const { base, length, capacity } = header;
    tree.header = {
      length,
      capacity: value.type.kind === 'string' ? undefined : capacity,
      base: shownAddress(addressOf(base)),
    };
    return tree;
  }

  private integer(value: Value): ValueTree {
    const { type } = value;
    const number = integerOf(type.kind, bytesOf(this.context, value));
    const constant = type.enumerators.get(number) ?? this.context.constantName?.(type.name, number);
    const tree = blank(value);
    tree.value = number.toString();
    if (constant !== undefined) tree.constant = constant;
    return tree;
  }

  private float(value: Value): ValueTree {
    const bytes = bytesOf(this.context, value);
    const tree = blank(value);
    tree.value = formatFloat(floatOf(bytes), bytes.length);
    return tree;
  }

  private complex(value: Value): ValueTree {
    const bytes = bytesOf(this.context, value);
    const half = bytes.length / 2;
    const part = (at: number): string => formatFloat(floatOf(bytes.slice(at, at + half)), half);
    return { ...blank(value), value: `(${part(0)} + ${part(half)}i)` };
  }

  private string(value: Value): ValueTree {
    const { base, length } = sequenceOf(this.context, value);
    const address = addressOf(base) ?? 0;
    const affordable = Math.max(0, Math.floor(this.budget.left / COST.byte));
    const shown = Math.min(length, this.limits.maxStringLen, affordable);
    const bytes = shown === 0 ? new Uint8Array(0) : this.context.memory.read(address, shown);
    return this.text(blank(value), bytes, address, length);
  }

  private word(value: Value): Draft {
    const address = wordOf(this.context, value);
    const tree = blank(value);
    tree.base = shownAddress(address);
    tree.nil = address === 0;
    return tree;
  }

  private pointer(value: Value, level: number, depth: number): ValueTree {
    const tree = this.word(value);
    if (tree.nil) {
      const target = { type: value.type.elem ?? VOID_TYPE, place: memoryPlace(0) };
      return { ...tree, children: [named('', { ...this.cut(target), nil: true, onlyAddress: false })] };
    }
    if (value.type.elem?.native === 'char' && value.unfollowed !== true) return this.nativeString(value);
    const target = dereference(this.context, value);
    const { kind } = target.type;
    // As Delve: only pointers to interfaces and to pointers deepen the level, and the latter end with it.
    const cut = (kind === 'pointer' && level > this.limits.maxVariableRecurse) || value.unfollowed === true;
    if (!this.limits.followPointers || cut) {
      tree.children = [named('', this.cut(target))];
      return tree;
    }
    const next = kind === 'interface' || kind === 'pointer' ? level + 1 : level;
    tree.children = [named('', this.load(target, next, depth + 1))];
    return tree;
  }

  /** A `char *` of C: the text up to its zero, as Delve shows it. */
  private nativeString(value: Value): ValueTree {
    const address = wordOf(this.context, value);
    const bytes = this.context.memory.readSome(address, LONGEST_NATIVE_STRING);
    if (bytes.length === 0) throw fault(address);
    const end = bytes.indexOf(0);
    const length = end < 0 ? bytes.length : end;
    return this.text({ ...blank(value), kind: 'string' }, bytes.subarray(0, length), address);
  }

  /** A string of which all bytes, or as many as are shown, are there. */
  private text(tree: Draft, all: Uint8Array, address: number, length = all.length): ValueTree {
    const bytes = all.subarray(0, this.limits.maxStringLen);
    this.budget.left -= COST.byte * bytes.length;
    const value = decodeUtf8(bytes);
    const truncated = bytes.length < length;
    const loaded = Object.assign(tree, { value, length, base: shownAddress(address), truncated });
    const isUtf8 = !value.includes('\ufffd') || sameBytes(encodeUtf8(value), bytes);
    return isUtf8 ? loaded : { ...loaded, bytes: hexOf(bytes) };
  }

  private struct(value: Value, level: number, depth: number): ValueTree {
    const { fields } = value.type;
    const tree = blank(value);
    tree.length = fields.length;
    if (level > this.limits.maxVariableRecurse) {
      tree.onlyAddress = fields.length > 0;
      return tree;
    }
    const most = this.limits.maxStructFields;
    const shown = most >= 0 ? fields.slice(0, most) : fields;
    tree.children = shown.map((field) =>
      named(field.name, this.load(fieldValue(this.context, value, field), level + 1, depth + 1)),
    );
    if (value.type.name === 'time.Time') tree.value = attempt(() => timeText(this.context, value));
    tree.truncated = shown.length < fields.length;
    return tree;
  }

  private sequence(value: Value, level: number, depth: number): ValueTree {
    const { base, length, capacity, elem } = sequenceOf(this.context, value);
    const count = Math.min(length, this.limits.maxArrayValues);
    const children: NamedTree[] = [];
    for (let i = 0; i < count; i++) {
      const child = this.load({ type: elem, place: partOf(base, i * elem.size, elem.size) }, level + 1, depth + 1);
      children.push(named('', child));
      // One unreadable element means the rest is, too: say so once. Nor does a full tree take more.
      if (child.unreadable !== undefined || this.isSpent) break;
    }
    const address = addressOf(base);
    const nil = value.type.kind === 'slice' && address === 0;
    return {
      ...blank(value),
      length,
      capacity: value.type.kind === 'slice' ? capacity : undefined,
      base: shownAddress(address),
      children,
      nil,
      truncated: children.length < length,
    };
  }

  private interface(value: Value, level: number, depth: number): ValueTree {
    const dynamic = dynamicValue(this.context, value);
    if (dynamic === undefined) return { ...blank(value), nil: true };
    if (level > this.limits.maxVariableRecurse) {
      return { ...blank(value), children: [named('data', this.cut(dynamic))] };
    }
    return { ...blank(value), children: [named('data', this.load(dynamic, level, depth + 1))] };
  }

  private map(value: Value, level: number, depth: number): ValueTree {
    const base = wordOf(this.context, value);
    const map = mapOf(this.context, value);
    if (map === undefined) return { ...blank(value), length: 0, base: '0x0', nil: true };
    const tree = { ...blank(value), length: map.count - (value.skip ?? 0), base: shownAddress(base), note: map.note };
    if (level > this.limits.maxVariableRecurse)
      return { ...tree, truncated: map.count > 0, onlyAddress: map.count > 0 };
    return { ...tree, ...this.mapChildren(value, map, level, depth) };
  }

  private mapChildren(
    value: Value,
    map: OpenMap,
    level: number,
    depth: number,
  ): Pick<ValueTree, 'children' | 'truncated' | 'note'> {
    const { key = VOID_TYPE, elem = VOID_TYPE } = value.type;
    const children: NamedTree[] = [];
    const { skip = 0 } = value;
    const count = map.count - skip;
    let [found, seen] = [0, 0];
    let note = map.note;
    try {
      for (const entry of map.entries()) {
        if (seen++ < skip) continue;
        // One entry more than there should be is looked at, since the count must agree.
        if (found >= this.limits.maxArrayValues || found > count || this.isSpent) break;
        found++;
        children.push(named('key', this.load({ type: key, place: memoryPlace(entry.key) }, level + 1, depth + 1)));
        children.push(named('value', this.load({ type: elem, place: memoryPlace(entry.elem) }, level + 1, depth + 1)));
      }
    } catch (error) {
      if (!(error instanceof DebugError)) throw error;
      note ??= `the map cannot be read to its end: ${error.message}`;
    }
    if (found < Math.min(count, this.limits.maxArrayValues) && !this.isSpent) {
      note ??= `the map says it has ${map.count} entries, but ${found + skip} were found`;
    } else if (found > count) note ??= `the map says it has ${map.count} entries, but more were found`;
    return { children, truncated: found < count, note };
  }

  private channel(value: Value, level: number, depth: number): ValueTree {
    const channel = channelOf(this.context, value);
    if (channel === undefined) return { ...blank(value), nil: true, length: 0, capacity: 0, base: '0x0' };
    const tree = {
      ...blank(value),
      length: channel.length,
      capacity: channel.capacity,
      base: hex(channel.address),
      value: channel.closed ? 'closed' : undefined,
      note: channel.note,
    };
    const struct = this.limits.channelFields === true ? channelStruct(this.context, value) : undefined;
    const internals = struct === undefined ? {} : { internals: this.channelFields(struct, depth) };
    const children: NamedTree[] = [];
    const { skip = 0 } = value;
    const rest = Math.max(0, channel.length - skip);
    const count = level > this.limits.maxVariableRecurse ? 0 : Math.min(rest, this.limits.maxArrayValues);
    for (let i = 0; i < count && !this.isSpent; i++)
      children.push(named('', this.load(channel.item(skip + i), level + 1, depth + 1)));
    return { ...tree, ...internals, children, truncated: children.length < rest };
  }

  /** As Delve, which loads the inside of a channel within its default limits, whatever the others are. */
  private channelFields(struct: Value, depth: number): readonly NamedTree[] {
    const { headers = false } = this.limits;
    const limits = { ...DEFAULT_LIMITS, headers, budget: this.budget };
    return new Loader(this.context, limits).struct(struct, 0, depth + 1).children;
  }

  private func(value: Value, level: number, depth: number): ValueTree {
    const pc = codeOf(this.context, value);
    if (pc === undefined) return { ...blank(value), nil: true, base: '0x0' };
    const captured = capturedOf(this.context, value);
    const shown = level > this.limits.maxVariableRecurse ? [] : captured;
    return {
      ...blank(value),
      value: attempt(() => this.context.functionName(pc)) ?? `func at ${hex(pc)}`,
      base: shownAddress(wordOf(this.context, value)),
      length: captured.length,
      children: shown.map(({ name, value: part, byReference }) => ({
        ...named(name, this.load(part, level + 1, depth + 1)),
        ...(byReference === true ? { byReference } : {}),
      })),
      truncated: shown.length < captured.length,
    };
  }
}

function named(name: string, tree: ValueTree): NamedTree {
  return { name, tree };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Where the expression put what it made is of no use to anyone. */
function shownAddress(address: number | undefined): string | undefined {
  return address === undefined || isScratch(address) ? undefined : hex(address);
}

/** A tree that is being made. What is made by the ten thousand is filled in instead of copied. */
type Draft = { -readonly [Key in keyof ValueTree]: ValueTree[Key] };

function blank(value: Value): Draft {
  const address = addressOf(value.place);
  const { name, kind, underlyingName } = value.type;
  const tree: Draft = {
    type: name,
    kind,
    address: shownAddress(address),
    value: undefined,
    length: undefined,
    capacity: undefined,
    children: [],
    base: undefined,
    nil: false,
    truncated: false,
    onlyAddress: false,
    unreadable: undefined,
    note: undefined,
  };
  if (underlyingName !== name) tree.underlyingType = underlyingName;
  return tree;
}
