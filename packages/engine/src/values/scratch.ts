import { fault } from '../base/errors.ts';
import { readU16, readU32, readU64 } from '../base/cursor.ts';
import type { Memory } from '../bytes/memory.ts';
import type { GoType } from '../types/go-type.ts';
import type { ValueContext } from './context.ts';
import type { MapEntry, OpenMap } from './maps/open-map.ts';

/** Values that an expression makes lie from here on: no process has memory there. */
const SCRATCH_BASE = 2 ** 52;
/** Bytes that one evaluation may make. */
const MOST_BYTES = 64 << 20;

/** True for addresses of values that an expression made; they mean nothing to the user. */
export function isScratch(address: number): boolean {
  return address >= SCRATCH_BASE;
}

/**
 * Memory for the values that an expression makes (literals, concatenations, boxed values), in front of the process's own. What
 * is stored has an address, so that everything that reads values reads these as well.
 */
export class Scratch {
  /** Reads values of the process and made ones alike. */
  readonly context: ValueContext;
  private readonly base: ValueContext;
  private bytes = new Uint8Array(256);
  private used = 0;
  private readonly maps = new Map<number, readonly MapEntry[]>();
  private readonly types = new Map<number, GoType>();

  constructor(base: ValueContext) {
    this.base = base;
    this.context = {
      ...base,
      memory: this.memory(),
      madeMap: (address) => this.openMap(address),
      runtimeTypes: {
        at: (address) => this.types.get(address) ?? base.runtimeTypes.at(address),
        isDirect: (address) => {
          const made = this.types.get(address);
          return made === undefined ? base.runtimeTypes.isDirect(address) : POINTER_SHAPED.has(made.kind);
        },
      },
    };
  }

  /** Keeps bytes, and gives their address (8-aligned). Throws `limit` when there are too many. */
  store(bytes: Uint8Array): number {
    const at = this.used;
    const end = at + bytes.length;
    if (end > MOST_BYTES) throw fault(SCRATCH_BASE + at, `the expression makes more than ${MOST_BYTES} bytes`);
    if (end > this.bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.bytes.length * 2));
      grown.set(this.bytes);
      this.bytes = grown;
    }
    this.bytes.set(bytes, at);
    // One byte at least, so that no two values share an address.
    this.used = Math.ceil((end + (bytes.length === 0 ? 1 : 0)) / 8) * 8;
    return SCRATCH_BASE + at;
  }

  /** Makes a map of entries whose keys and elements were stored. */
  storeMap(entries: readonly MapEntry[]): number {
    const address = this.store(new Uint8Array(8));
    this.maps.set(address, entries);
    return address;
  }

  /** An address that stands for the descriptor of a type: its own, or one made. */
  descriptorOf(type: GoType): number {
    if (type.runtimeType !== undefined) return type.runtimeType;
    const address = this.store(new Uint8Array(8));
    this.types.set(address, type);
    return address;
  }

  private openMap(address: number): OpenMap | undefined {
    const entries = this.maps.get(address);
    if (entries === undefined) return undefined;
    return {
      count: entries.length,
      note: undefined,
      *entries() {
        yield* entries;
      },
    };
  }

  private memory(): Memory {
    const { memory } = this.base;
    const own = (address: number, length: number): Uint8Array => {
      const at = address - SCRATCH_BASE;
      if (at + length > this.used) throw fault(address);
      return this.bytes.subarray(at, at + length);
    };
    return {
      u8: (address) => (isScratch(address) ? (own(address, 1)[0] ?? 0) : memory.u8(address)),
      u16: (address) => (isScratch(address) ? readU16(own(address, 2), 0) : memory.u16(address)),
      u32: (address) => (isScratch(address) ? readU32(own(address, 4), 0) : memory.u32(address)),
      u64: (address) => (isScratch(address) ? readU64(own(address, 8), 0) : memory.u64(address)),
      read: (address, length) => (isScratch(address) ? own(address, length).slice() : memory.read(address, length)),
      readSome: (address, length) =>
        isScratch(address)
          ? own(address, Math.max(0, Math.min(length, this.used + SCRATCH_BASE - address))).slice()
          : memory.readSome(address, length),
      has: (address) => (isScratch(address) ? address - SCRATCH_BASE < this.used : memory.has(address)),
    };
  }
}

/** Kinds whose values an interface holds in its data word. */
export const POINTER_SHAPED: ReadonlySet<string> = new Set(['pointer', 'unsafe.Pointer', 'map', 'chan', 'func']);
