import { DebugError, hex } from '../base/errors.ts';
import { decodeUtf8 } from '../base/text.ts';
import { evaluate } from '../expr/evaluator.ts';
import { fieldValue } from '../values/bit-field.ts';
import { capturedOf, codeOf } from '../values/closure.ts';
import type { ValueContext } from '../values/context.ts';
import { formatValue } from '../values/format.ts';
import { loadValue } from '../values/load.ts';
import { basicType } from '../values/make.ts';
import { addressOf, memoryPlace, partOf, readPlace, wordsPlace } from '../values/place.ts';
import { DEFAULT_LIMITS, type LoadLimits, type ValueTree } from '../values/tree.ts';
import {
  channelOf,
  dereference,
  dynamicValue,
  elementOf,
  fieldOf,
  mapOf,
  sequenceOf,
  type Value,
} from '../values/value.ts';
import { sessionEnvironment } from './environment.ts';
import { globalVariables } from './globals.ts';
import { nativeOf, type NativeCache } from './native-value.ts';
import type { Session } from './session.ts';

/** Bytes of a string or a []byte that are read at once. */
const MOST_BYTES = 256 << 20;

/** A value of the program that is read as it is looked into: for scripts, which may hold large ones. */
export class LiveValue {
  /** Type and place. */
  readonly handle: Value;
  readonly context: ValueContext;
  /** Why the value may be older than this point of the program; undefined if it is certain. */
  readonly stale: string | undefined;
  /** What was made of the values that hang together with this one. */
  private readonly cache: NativeCache;

  constructor(context: ValueContext, handle: Value, stale?: string, cache: NativeCache = new Map()) {
    this.context = context;
    this.handle = handle;
    this.stale = stale;
    this.cache = cache;
  }

  /** The type as Go writes it. */
  get type(): string {
    return this.handle.type.name;
  }

  get kind(): string {
    return this.handle.type.kind;
  }

  /** Where it is in memory; undefined for values in registers. */
  get address(): number | undefined {
    return addressOf(this.handle.place);
  }

  /** Number of elements, entries, bytes (of a string), buffered items or fields; 0 for all else. */
  get length(): number {
    const { context, handle: value } = this;
    switch (value.type.kind) {
      case 'string':
      case 'slice':
      case 'array':
        return sequenceOf(context, value).length;
      case 'map':
        return mapOf(context, value)?.count ?? 0;
      case 'chan':
        return channelOf(context, value)?.length ?? 0;
      case 'struct':
        return value.type.fields.length;
      default:
        return 0;
    }
  }

  /** Where the bytes of a string or the elements of a slice are, and how many bytes they have; undefined where they are in no memory. */
  contents(): { readonly address: number; readonly size: number } | undefined {
    if (this.kind !== 'string' && this.kind !== 'slice') return undefined;
    const { base, length, elem } = sequenceOf(this.context, this.handle);
    const address = addressOf(base);
    return address === undefined ? undefined : { address, size: this.kind === 'string' ? length : length * elem.size };
  }

  /** The value as a tree of plain data, within limits: what --json shows. */
  tree(limits: Partial<LoadLimits> = {}): ValueTree {
    return loadValue(this.context, this.handle, { ...DEFAULT_LIMITS, ...limits });
  }

  /** The value as text, as `print` writes it in one line. */
  text(limits: Partial<LoadLimits> = {}): string {
    return formatValue(this.tree(limits), { multiline: false });
  }

  toString(): string {
    return this.text();
  }

  /** The value as JavaScript has it; structs are read field by field when asked. */
  get value(): unknown {
    return nativeOf(this, this.cache, 0);
  }

  /** A field, through pointers and embedded structs. Throws `not-found`. */
  field(name: string): LiveValue {
    const part = fieldOf(this.context, this.handle, name);
    if (part === undefined) throw new DebugError(`${this.type} has no field ${name}`, { code: 'not-found' });
    return this.part(part);
  }

  /** The fields of a struct in their order, as they are named in it. */
  fields(): readonly (readonly [string, LiveValue])[] {
    const { context, handle } = this;
    return handle.type.fields.map((field) => [field.name, this.part(fieldValue(context, handle, field))]);
  }

  /** Where the code is that a func value leads to; undefined for nil and for other values. */
  code(): number | undefined {
    return this.kind === 'func' ? codeOf(this.context, this.handle) : undefined;
  }

  /** What a closure captured, by name. */
  captured(): readonly (readonly [string, LiveValue])[] {
    return capturedOf(this.context, this.handle).map(({ name, value }) => [name, this.part(value)]);
  }

  /** An element of an array, slice or pointer to array. Throws `type` outside of its bounds. */
  at(index: number): LiveValue {
    return this.part(elementOf(this.context, this.handle, index));
  }

  /** What a pointer points to or an interface holds; undefined for nil. */
  target(): LiveValue | undefined {
    const { context, handle: value } = this;
    if (value.type.kind === 'interface') {
      const dynamic = dynamicValue(context, value);
      return dynamic === undefined ? undefined : this.part(dynamic);
    }
    if (value.type.kind !== 'pointer')
      throw new DebugError(`a value of type ${this.type} points to nothing`, { code: 'type' });
    return this.isNil() ? undefined : this.part(dereference(context, value));
  }

  /** True for nil pointers, slices, maps, channels, functions and interfaces. */
  isNil(): boolean {
    return this.tree({ maxArrayValues: 0, followPointers: false, maxVariableRecurse: 0 }).nil;
  }

  /** Keys and elements of a map, as the map is walked. */
  *entries(): Generator<readonly [LiveValue, LiveValue], void, undefined> {
    const { key, elem } = this.handle.type;
    const map = this.kind === 'map' ? mapOf(this.context, this.handle) : undefined;
    if (key === undefined || elem === undefined) throw new DebugError(`${this.type} has no entries`, { code: 'type' });
    let left = map?.count ?? 0;
    for (const entry of map?.entries() ?? []) {
      if (left-- <= 0) return;
      yield [
        this.part({ type: key, place: memoryPlace(entry.key) }),
        this.part({ type: elem, place: memoryPlace(entry.elem) }),
      ];
    }
  }

  /** Elements of arrays and slices, buffered items of channels, one after the other. */
  *[Symbol.iterator](): Generator<LiveValue, void, undefined> {
    const { context, handle: value } = this;
    if (value.type.kind === 'chan') {
      const channel = channelOf(context, value);
      for (let i = 0; i < (channel?.length ?? 0); i++) if (channel !== undefined) yield this.part(channel.item(i));
      return;
    }
    if (value.type.kind !== 'slice' && value.type.kind !== 'array')
      throw new DebugError(`a value of type ${this.type} has no elements`, { code: 'type' });
    const { base, length, elem } = sequenceOf(context, value);
    for (let i = 0; i < length; i++) yield this.part({ type: elem, place: partOf(base, i * elem.size, elem.size) });
  }

  /** The bytes of a string, a []byte or a [N]byte, whole. Throws `limit` beyond 256 MiB. */
  bytes(): Uint8Array {
    const { base, length, elem } = sequenceOf(this.context, this.handle);
    if (this.kind !== 'string' && elem.size !== 1)
      throw new DebugError(`${this.type} is not made of bytes`, { code: 'type' });
    if (length > MOST_BYTES)
      throw new DebugError(`${length} bytes are too many at once`, {
        code: 'limit',
        hint: 'inquest.memory reads parts',
      });
    return length === 0 ? new Uint8Array(0) : readPlace(this.context.memory, base, length).slice();
  }

  /** A []byte or [N]byte as the text that it may be, quoted and cut after `limit` bytes; undefined for other values. */
  bytesAsText(limit: number): string | undefined {
    const { context, handle } = this;
    if (this.kind !== 'slice' && this.kind !== 'array') return undefined;
    const { base, length, elem } = sequenceOf(context, handle);
    const start = addressOf(base);
    if (elem.kind !== 'uint8' || start === undefined) return undefined;
    const text = { type: basicType('string'), place: wordsPlace(start, length) };
    return formatValue(loadValue(context, text, { ...DEFAULT_LIMITS, maxStringLen: limit }));
  }

  /** The whole text of a string; U+FFFD for what is no UTF-8. */
  string(): string {
    return decodeUtf8(this.bytes());
  }

  private part(value: Value): LiveValue {
    return new LiveValue(this.context, value, this.stale, this.cache);
  }
}

/**
 * Evaluates an expression in the selected frame. Throws as `print` does; with `suggest` false the error is quicker, and does not
 * tell what may have been meant.
 */
export function evaluateLive(
  session: Session,
  expression: string,
  { suggest = true }: { readonly suggest?: boolean } = {},
): LiveValue {
  const all = sessionEnvironment(session);
  const environment = suggest ? all : { ...all, suggest: () => undefined };
  const value = evaluate(expression, environment);
  return new LiveValue(environment.context, value, environment.staleUsed());
}

/** The variables of the selected frame that have a value, by name; of those with the same name the innermost. */
export function liveVariables(session: Session): ReadonlyMap<string, LiveValue> {
  const out = new Map<string, LiveValue>();
  for (const { name, value, stale } of session.variables.of(session.call()) ?? [])
    if (value !== undefined) out.set(name, new LiveValue(session.types.context, value, stale));
  return out;
}

/** Bytes of the program's memory. Throws `fault` where there are none, `limit` for more than 256 MiB. */
export function readMemory(session: Session, address: number, length: number): Uint8Array {
  if (!Number.isSafeInteger(address) || address < 0)
    throw new DebugError(`${address} is no address`, { code: 'usage' });
  if (!Number.isSafeInteger(length) || length < 0 || length > MOST_BYTES)
    throw new DebugError(`cannot read ${length} bytes at ${hex(address)}: at most ${MOST_BYTES} at once`, {
      code: 'limit',
    });
  return session.program.memory.read(address, length).slice();
}

/** A package variable by its name in the package: a value, or why there is none. */
export interface LiveGlobal {
  readonly name: string;
  readonly value: LiveValue | undefined;
  readonly absent: string | undefined;
}

/** The variables of a package, in name order; `C` is the package of what C declares. */
export function* liveGlobals(session: Session, packagePath: string): Generator<LiveGlobal, void, undefined> {
  const prefix = `${packagePath}.`;
  const own = (name: string): boolean => name.startsWith(prefix) && !/[./]/.test(name.slice(prefix.length));
  for (const { name, value, absent } of globalVariables(session, own)) {
    const live = value === undefined ? undefined : new LiveValue(session.types.context, value);
    yield { name: name.slice(prefix.length), value: live, absent };
  }
}
