import type { FloatOperation, OperationName } from '../../arch/amd64/instruction.ts';

/**
 * A value that machine code computes, by its origin: two places with the same number hold the same value. Numbers are interned, so
 * that they may be compared by identity.
 */
export interface ValueNumber {
  readonly id: number;
  readonly what: Origin;
  /** The sites whose latest execution the value comes from: when one is executed again, the number means a newer value. */
  readonly sites: readonly number[];
  /** How deep operations nest in it. */
  readonly depth: number;
}

/** Where a value comes from. */
export type Origin =
  /** A 64-bit pattern. */
  | { readonly kind: 'constant'; readonly value: bigint }
  /** An address in the frame, counted from the stack pointer at the function's entry. */
  | { readonly kind: 'frame'; readonly offset: number }
  /** What a register or slot held at the function's entry (a location of `flow-state.ts`). */
  | { readonly kind: 'entry'; readonly location: number }
  /** What an instruction left in a location, or what came into a location from several ways (negative sites). */
  | { readonly kind: 'site'; readonly site: number; readonly location: number }
  /** `size` bytes computed and zero-extended. */
  | {
      readonly kind: 'operation';
      readonly name: OperationName;
      readonly size: number;
      readonly of: readonly ValueNumber[];
    }
  /** The lowest `size` bytes, zero- or sign-extended. */
  | { readonly kind: 'extend'; readonly size: number; readonly signed: boolean; readonly of: ValueNumber }
  /** A field of a closure object, which never changes. */
  | { readonly kind: 'captured'; readonly offset: number; readonly size: number; readonly of: ValueNumber };

/** Values that depend on more sites than this are not followed. */
const MOST_SITES = 6;
/** Operations nested deeper are not followed. */
const DEEPEST = 12;

const MASK = (1n << 64n) - 1n;
const NO_SITES: readonly number[] = [];
/** Instructions leave values in registers alone: there are fewer than this. */
const REGISTERS = 64;

/** Makes value numbers of one function. */
export class ValueNumbers {
  private count = 0;
  private readonly constants = new Map<bigint, ValueNumber>();
  private readonly frames = new Map<number, ValueNumber>();
  private readonly entries = new Map<number, ValueNumber>();
  /** What instructions left in registers, by offset and register. */
  private readonly made = new Map<number, ValueNumber>();
  /** What came together at a meeting point, by location. */
  private readonly joined = new Map<number, Map<number, ValueNumber>>();
  private readonly compounds = new Map<string, ValueNumber>();

  constant(value: bigint): ValueNumber {
    const bits = value & MASK;
    return this.intern(this.constants, bits, () => ({ kind: 'constant', value: bits }));
  }

  frame(offset: number): ValueNumber {
    return this.intern(this.frames, offset, () => ({ kind: 'frame', offset }));
  }

  entry(location: number): ValueNumber {
    return this.intern(this.entries, location, () => ({ kind: 'entry', location }));
  }

  site(site: number, location: number): ValueNumber {
    if (site >= 0) {
      const key = site * REGISTERS + location;
      let value = this.made.get(key);
      if (value === undefined) this.made.set(key, (value = this.next({ kind: 'site', site, location }, [site], 0)));
      return value;
    }
    let known = this.joined.get(site);
    if (known === undefined) this.joined.set(site, (known = new Map<number, ValueNumber>()));
    return this.intern(known, location, () => ({ kind: 'site', site, location }), [site]);
  }

  private next(what: Origin, sites: readonly number[], depth: number): ValueNumber {
    return { id: this.count++, what, sites, depth };
  }

  /** The lowest `size` bytes of a value, extended; undefined if it is not worth following. */
  extend(of: ValueNumber, size: number, signed: boolean): ValueNumber | undefined {
    if (size >= 8) return of;
    const inner = low(of, size);
    if (inner.what.kind === 'constant') return this.constant(extendBits(inner.what.value, size, signed));
    return this.compound(`${signed ? 's' : 'u'}${size} ${inner.id}`, { kind: 'extend', size, signed, of: inner }, [
      inner,
    ]);
  }

  captured(of: ValueNumber, offset: number, size: number): ValueNumber | undefined {
    return this.compound(`p${offset} ${size} ${of.id}`, { kind: 'captured', offset, size, of }, [of]);
  }

  /** The result of an operation over `size` bytes, simplified; undefined if it is not worth following. */
  operation(name: OperationName, size: number, of: readonly ValueNumber[]): ValueNumber | undefined {
    const [a, b] = of;
    if (a === undefined || (size !== 8 && size !== 4)) return undefined;
    if (size === 8 && b?.what.kind === 'constant' && (name === 'add' || name === 'sub')) {
      const sum = this.addConstant(a, name === 'add' ? b.what.value : -b.what.value);
      if (sum !== undefined) return sum;
    }
    const values = of.flatMap(({ what }) => (what.kind === 'constant' ? [what.value] : []));
    if (values.length === of.length) {
      const result = computeBits(name, size, values);
      return result === undefined ? undefined : this.constant(result);
    }
    return this.operationOf(name, size, of);
  }

  private operationOf(name: OperationName, size: number, of: readonly ValueNumber[]): ValueNumber | undefined {
    const [a, b] = of;
    return this.compound(`${name} ${size} ${a?.id} ${b?.id}`, { kind: 'operation', name, size, of }, of);
  }

  private addConstant(to: ValueNumber, amount: bigint): ValueNumber | undefined {
    const { what } = to;
    const step = BigInt.asIntN(64, amount);
    if (step === 0n) return to;
    if (what.kind === 'frame') return this.frame(what.offset + Number(step));
    if (what.kind === 'constant') return this.constant(what.value + step);
    if (what.kind === 'operation' && what.name === 'add' && what.size === 8) {
      const [inner, constant] = what.of;
      if (inner !== undefined && constant?.what.kind === 'constant')
        return this.addConstant(inner, constant.what.value + step);
    }
    return this.operationOf('add', 8, [to, this.constant(step)]);
  }

  private compound(key: string, what: Origin, parts: readonly ValueNumber[]): ValueNumber | undefined {
    const known = this.compounds.get(key);
    if (known !== undefined) return known;
    let sites = NO_SITES;
    let depth = 0;
    for (const part of parts) {
      if (part.sites.length > 0) sites = sites.length === 0 ? part.sites : [...new Set([...sites, ...part.sites])];
      depth = Math.max(depth, part.depth + 1);
    }
    if (sites.length > MOST_SITES || depth > DEEPEST) return undefined;
    return this.intern(this.compounds, key, () => what, sites, depth);
  }

  private intern<K>(
    known: Map<K, ValueNumber>,
    key: K,
    what: () => Origin,
    sites: readonly number[] = NO_SITES,
    depth = 0,
  ): ValueNumber {
    let value = known.get(key);
    if (value === undefined) {
      value = this.next(what(), sites, depth);
      known.set(key, value);
    }
    return value;
  }
}

/** What decides the lowest `size` bytes of a value: extensions of at least as many bytes change nothing. */
export function low(value: ValueNumber, size: number): ValueNumber {
  let at = value;
  while (at.what.kind === 'extend' && at.what.size >= size) at = at.what.of;
  return at;
}

/** The lowest `size` bytes of a 64-bit pattern, extended to 64 bits. */
export function extendBits(value: bigint, size: number, signed: boolean): bigint {
  const bits = size * 8;
  return signed ? BigInt.asUintN(64, BigInt.asIntN(bits, value)) : BigInt.asUintN(bits, value);
}

/** An operation as the processor computes it over `size` bytes, zero-extended; undefined for what is not computed. */
export function computeBits(name: OperationName, size: number, operands: readonly bigint[]): bigint | undefined {
  const bits = size * 8;
  const [a = 0n, b = 0n] = operands.map((operand) => BigInt.asUintN(bits, operand));
  const count = b & BigInt(bits - 1);
  const result = ((): bigint | undefined => {
    switch (name) {
      case 'add':
        return a + b;
      case 'sub':
        return a - b;
      case 'and':
        return a & b;
      case 'or':
        return a | b;
      case 'xor':
        return a ^ b;
      case 'imul':
        return a * b;
      case 'shl':
        return a << count;
      case 'shr':
        return a >> count;
      case 'sar':
        return BigInt.asIntN(bits, a) >> count;
      case 'neg':
        return -a;
      case 'not':
        return ~a;
      case 'fadd':
      case 'fsub':
      case 'fmul':
      case 'fdiv':
        return computeFloat(name, size, a, b);
      default:
        return undefined;
    }
  })();
  return result === undefined ? undefined : BigInt.asUintN(bits, result);
}

/** Floating-point arithmetic on bit patterns, rounded as the processor does by default. */
function computeFloat(name: FloatOperation, size: number, a: bigint, b: bigint): bigint {
  const view = new DataView(new ArrayBuffer(8));
  const numberOf = (bits: bigint): number => {
    if (size === 4) view.setUint32(0, Number(bits));
    else view.setBigUint64(0, bits);
    return size === 4 ? view.getFloat32(0) : view.getFloat64(0);
  };
  const [x, y] = [numberOf(a), numberOf(b)];
  const result = name === 'fadd' ? x + y : name === 'fsub' ? x - y : name === 'fmul' ? x * y : x / y;
  // Rounding the 64-bit result of two 32-bit numbers again gives the same as rounding once.
  if (size === 4) view.setFloat32(0, result);
  else view.setFloat64(0, result);
  return size === 4 ? BigInt(view.getUint32(0)) : view.getBigUint64(0);
}
