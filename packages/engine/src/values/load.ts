import { attempt, DebugError, hex } from '../base/errors.ts';
import { decodeUtf8 } from '../base/text.ts';
import { readU64 } from '../base/cursor.ts';
import type { ValueContext } from './context.ts';
import { addressOf, memoryPlace } from './place.ts';
import { floatOf, formatFloat, integerOf, isComplex, isFloat, isInteger } from './scalars.ts';
import { DEFAULT_LIMITS, type LoadLimits, type NamedTree, type ValueTree } from './tree.ts';
import { bytesOf, channelOf, dereference, dynamicValue, mapOf, sequenceOf, wordOf, type Value } from './value.ts';
import { partOf } from './place.ts';

/** Deepest nesting built whatever the limits say, against pointer cycles. */
const DEEPEST = 64;

/** Loads a value within limits. Never throws for bad memory: what cannot be read says why at its place. */
export function loadValue(context: ValueContext, value: Value, limits: LoadLimits = DEFAULT_LIMITS): ValueTree {
  return new Loader(context, limits).load(value, 0, 0);
}

class Loader {
  private readonly context: ValueContext;
  private readonly limits: LoadLimits;

  constructor(context: ValueContext, limits: LoadLimits) {
    this.context = context;
    this.limits = limits;
  }

  /** @param level nesting as Delve counts it; @param depth nesting as it is */
  load(value: Value, level: number, depth: number): ValueTree {
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
    if (isInteger(kind)) return { ...blank(value), value: integerOf(kind, bytesOf(this.context, value)).toString() };
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
        return this.func(value);
      default:
        return { ...blank(value), unreadable: `values of type ${value.type.name} cannot be read` };
    }
  }

  private float(value: Value): ValueTree {
    const bytes = bytesOf(this.context, value);
    return { ...blank(value), value: formatFloat(floatOf(bytes), bytes.length) };
  }

  private complex(value: Value): ValueTree {
    const bytes = bytesOf(this.context, value);
    const half = bytes.length / 2;
    const part = (at: number): string => formatFloat(floatOf(bytes.slice(at, at + half)), half);
    return { ...blank(value), value: `(${part(0)} + ${part(half)}i)` };
  }

  private string(value: Value): ValueTree {
    const length = wordOf(this.context, value, 8);
    if (length > 2 ** 47) throw new DebugError(`damaged string: length ${length}`, { code: 'bad-data' });
    const base = wordOf(this.context, value);
    const shown = Math.min(length, this.limits.maxStringLen);
    const bytes = shown === 0 ? new Uint8Array(0) : this.context.memory.read(base, shown);
    return { ...blank(value), value: decodeUtf8(bytes), length, base: hex(base), truncated: shown < length };
  }

  private word(value: Value): ValueTree {
    const address = wordOf(this.context, value);
    return { ...blank(value), base: hex(address), nil: address === 0 };
  }

  private pointer(value: Value, level: number, depth: number): ValueTree {
    const tree = this.word(value);
    if (tree.nil) return tree;
    const target = dereference(this.context, value);
    if (!this.limits.followPointers) return { ...tree, children: [named('', { ...blank(target), onlyAddress: true })] };
    // As Delve: a pointer does not deepen the level, except to an interface.
    const next = target.type.kind === 'interface' ? level + 1 : level;
    return { ...tree, children: [named('', this.load(target, next, depth + 1))] };
  }

  private struct(value: Value, level: number, depth: number): ValueTree {
    const { fields } = value.type;
    const tree = { ...blank(value), length: fields.length };
    if (level > this.limits.maxVariableRecurse) return { ...tree, onlyAddress: fields.length > 0 };
    const most = this.limits.maxStructFields;
    const shown = most >= 0 ? fields.slice(0, most) : fields;
    const children = shown.map((field) => {
      const part = { type: field.type, place: partOf(value.place, field.offset, field.type.size) };
      return named(field.name, this.load(part, level + 1, depth + 1));
    });
    return { ...tree, children, truncated: shown.length < fields.length };
  }

  private sequence(value: Value, level: number, depth: number): ValueTree {
    const { base, length, capacity, elem } = sequenceOf(this.context, value);
    const count = Math.min(length, this.limits.maxArrayValues);
    const children: NamedTree[] = [];
    for (let i = 0; i < count; i++) {
      const child = this.load({ type: elem, place: partOf(base, i * elem.size, elem.size) }, level + 1, depth + 1);
      children.push(named('', child));
      // One unreadable element means the rest is, too: say so once.
      if (child.unreadable !== undefined) break;
    }
    const address = addressOf(base);
    const nil = value.type.kind === 'slice' && address === 0;
    return {
      ...blank(value),
      length,
      capacity: value.type.kind === 'slice' ? capacity : undefined,
      base: address === undefined ? undefined : hex(address),
      children,
      nil,
      truncated: children.length < length,
    };
  }

  private interface(value: Value, level: number, depth: number): ValueTree {
    const dynamic = dynamicValue(this.context, value);
    if (dynamic === undefined) return { ...blank(value), nil: true };
    if (level > this.limits.maxVariableRecurse) {
      return { ...blank(value), children: [named('data', { ...blank(dynamic), onlyAddress: true })] };
    }
    return { ...blank(value), children: [named('data', this.load(dynamic, level, depth + 1))] };
  }

  private map(value: Value, level: number, depth: number): ValueTree {
    const base = wordOf(this.context, value);
    const map = mapOf(this.context, value);
    if (map === undefined) return { ...blank(value), length: 0, base: '0x0', nil: true };
    const tree = { ...blank(value), length: map.count, base: hex(base), note: map.note };
    if (level > this.limits.maxVariableRecurse)
      return { ...tree, truncated: map.count > 0, onlyAddress: map.count > 0 };
    return { ...tree, ...this.mapChildren(value, map, level, depth) };
  }

  private mapChildren(
    value: Value,
    map: NonNullable<ReturnType<typeof mapOf>>,
    level: number,
    depth: number,
  ): Pick<ValueTree, 'children' | 'truncated' | 'note'> {
    const { key, elem } = value.type;
    const children: NamedTree[] = [];
    let found = 0;
    let note = map.note;
    try {
      for (const entry of map.entries()) {
        if (found >= this.limits.maxArrayValues || found >= map.count) break;
        found++;
        if (key === undefined || elem === undefined) break;
        children.push(named('key', this.load({ type: key, place: memoryPlace(entry.key) }, level + 1, depth + 1)));
        children.push(named('value', this.load({ type: elem, place: memoryPlace(entry.elem) }, level + 1, depth + 1)));
      }
    } catch (error) {
      if (!(error instanceof DebugError)) throw error;
      note ??= `the map cannot be read to its end: ${error.message}`;
    }
    if (found < Math.min(map.count, this.limits.maxArrayValues)) {
      note ??= `the map says it has ${map.count} entries, but ${found} were found`;
    }
    return { children, truncated: found < map.count, note };
  }

  private channel(value: Value, level: number, depth: number): ValueTree {
    const channel = channelOf(this.context, value);
    if (channel === undefined) return { ...blank(value), nil: true, length: 0, capacity: 0 };
    const children: NamedTree[] = [];
    const count = level > this.limits.maxVariableRecurse ? 0 : Math.min(channel.length, this.limits.maxArrayValues);
    for (let i = 0; i < count; i++) children.push(named('', this.load(channel.item(i), level + 1, depth + 1)));
    return {
      ...blank(value),
      length: channel.length,
      capacity: channel.capacity,
      base: hex(channel.address),
      value: channel.closed ? 'closed' : undefined,
      children,
      truncated: count < channel.length,
    };
  }

  /** A func value points to an object whose first word is the code. */
  private func(value: Value): ValueTree {
    const object = wordOf(this.context, value);
    if (object === 0) return { ...blank(value), nil: true };
    const pc = readU64(this.context.memory.read(object, 8), 0);
    const name = attempt(() => this.context.functionName(pc));
    const captured = attempt(() => this.context.closureFields(pc)) ?? [];
    const children = captured.map((field) =>
      named(field.name, this.load({ type: field.type, place: memoryPlace(object + field.offset) }, 1, 1)),
    );
    return { ...blank(value), value: name ?? `func at ${hex(pc)}`, base: hex(object), children };
  }
}

function named(name: string, tree: ValueTree): NamedTree {
  return { name, tree };
}

function blank(value: Value): ValueTree {
  const address = addressOf(value.place);
  return {
    type: value.type.name,
    kind: value.type.kind,
    address: address === undefined ? undefined : hex(address),
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
}
