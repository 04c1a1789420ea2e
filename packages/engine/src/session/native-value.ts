import { DebugError } from '../base/errors.ts';
import { floatOf, integerOf, isComplex, isFloat, isInteger } from '../values/scalars.ts';
import type { ValueContext } from '../values/context.ts';
import type { LoadLimits, ValueTree } from '../values/tree.ts';
import { bytesOf, wordOf, type Value } from '../values/value.ts';

/** Objects made of structs, by type and address, so that cycles stay cycles. */
export type NativeCache = Map<string, object>;

/** What a value must answer to be made into one of JavaScript: see `LiveValue`. */
interface Readable extends Iterable<Readable> {
  readonly handle: Value;
  readonly context: ValueContext;
  readonly type: string;
  readonly kind: string;
  readonly address: number | undefined;
  readonly length: number;
  tree(limits?: Partial<LoadLimits>): ValueTree;
  text(): string;
  string(): string;
  bytes(): Uint8Array;
  field(name: string): Readable;
  target(): Readable | undefined;
  isNil(): boolean;
  entries(): Iterable<readonly [Readable, Readable]>;
}

/** Elements that an array of JavaScript is made of at once. */
const MOST_ELEMENTS = 5_000_000;
/** Pointers to pointers, arrays of arrays: deeper is a cycle without a struct in it. */
const DEEPEST = 100;

/** How Node's inspect, which console.log uses, is told what to show. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/**
 * A value as JavaScript has it. Integers are numbers where they are exact and else bigint; strings, booleans and floats
 * themselves; nil is undefined; slices and arrays are arrays, of bytes Uint8Array; maps are Map; pointers and interfaces are what
 * they lead to; structs are objects whose fields are read when asked; time.Time is text in RFC 3339; functions are names.
 */
export function nativeOf(live: Readable, cache: NativeCache, depth: number): unknown {
  const { handle: value, context, kind } = live;
  if (depth > DEEPEST) throw new DebugError('the value leads to itself', { code: 'limit' });
  if (isInteger(value.type.kind)) return exact(integerOf(value.type.kind, bytesOf(context, value)));
  if (isFloat(value.type.kind)) return floatOf(bytesOf(context, value));
  if (isComplex(value.type.kind)) return complexOf(bytesOf(context, value));
  switch (kind) {
    case 'bool':
      return bytesOf(context, value)[0] !== 0;
    case 'string':
      return live.string();
    case 'unsafe.Pointer':
      return exact(BigInt(wordOf(context, value)));
    case 'pointer':
    case 'interface': {
      const target = live.target();
      return target === undefined ? undefined : nativeOf(target, cache, depth + 1);
    }
    case 'slice':
    case 'array':
    case 'chan':
      return sequence(live, cache, depth);
    case 'map':
      return live.isNil() ? undefined : mapOf(live, cache, depth);
    case 'struct':
      return struct(live, cache);
    default:
      return live.isNil() ? undefined : (live.tree().value ?? live.text());
  }
}

function exact(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

function complexOf(bytes: Uint8Array): { readonly real: number; readonly imag: number } {
  const half = bytes.length / 2;
  return { real: floatOf(bytes.subarray(0, half)), imag: floatOf(bytes.subarray(half)) };
}

function sequence(live: Readable, cache: NativeCache, depth: number): unknown {
  if (live.kind !== 'array' && live.isNil()) return undefined;
  if (live.kind !== 'chan' && live.handle.type.elem?.kind === 'uint8') return live.bytes();
  checkCount(live);
  const out: unknown[] = [];
  for (const element of live) out.push(nativeOf(element, cache, depth + 1));
  return out;
}

function mapOf(live: Readable, cache: NativeCache, depth: number): Map<unknown, unknown> {
  checkCount(live);
  const out = new Map<unknown, unknown>();
  for (const [key, element] of live.entries())
    out.set(nativeOf(key, cache, depth + 1), nativeOf(element, cache, depth + 1));
  return out;
}

function checkCount({ length, type }: Readable): void {
  if (length > MOST_ELEMENTS)
    throw new DebugError(`a value of type ${type} with ${length} elements is too large for JavaScript`, {
      code: 'limit',
      hint: 'go through it: for (const element of inquest.eval(…)), .entries() for a map',
    });
}

/** An object with a getter for each field, made once for each place. */
function struct(live: Readable, cache: NativeCache): unknown {
  const { type, address } = live;
  const summary = live.tree({ maxVariableRecurse: 0, maxArrayValues: 0 }).value;
  if (summary !== undefined) return summary;
  const key = address === undefined ? undefined : `${type}@${address}`;
  const known = key === undefined ? undefined : cache.get(key);
  if (known !== undefined) return known;
  const out: Record<string, unknown> = {};
  if (key !== undefined) cache.set(key, out);
  for (const { name } of live.handle.type.fields) {
    if (name === '_') continue;
    const bare = name.slice(name.lastIndexOf('.') + 1);
    Object.defineProperty(out, bare, {
      enumerable: true,
      configurable: true,
      get: once(out, bare, () => nativeOf(live.field(name), cache, 0)),
    });
  }
  Object.defineProperty(out, INSPECT, { value: () => plain(out) });
  return out;
}

/** Reads on first use, and then is the value. */
function once(holder: object, name: string, read: () => unknown): () => unknown {
  return () => {
    const value = read();
    Object.defineProperty(holder, name, { enumerable: true, configurable: true, value });
    return value;
  };
}

/** The fields as they are, for showing; those that cannot be read say why. */
function plain(holder: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const name of Object.keys(holder)) {
    try {
      out[name] = holder[name];
    } catch (error) {
      out[name] = `(${error instanceof Error ? error.message : String(error)})`;
    }
  }
  return out;
}
