import { Cursor, readU32, readU64 } from '../base/cursor.ts';
import { badData, hex, isDebugError } from '../base/errors.ts';
import { decodeUtf8 } from '../base/text.ts';
import { whole, type GrowingBytes } from '../bytes/growing-bytes.ts';
import type { Keeper } from '../bytes/keeper.ts';
import { AbbrevCache } from './abbrev.ts';

/** What tells a function's entry from others. */
export interface KnownFunction {
  readonly name: string;
  /** Link-time address at which its code begins. */
  readonly start: number;
  /** The name of the unit that it is probably in. */
  readonly unit: string;
}

/** Where the bytes of `.debug_*` sections come from. Names are the modern ones; contents are inflated. */
export interface DwarfSections {
  /** The section's contents, or undefined where the file has none. Asked for once each, on first need. */
  section(name: string): Uint8Array | undefined;
  /** The same, as far as it is asked for; where this is undefined, `section` serves. */
  growing?(name: string): GrowingBytes | undefined;
  /** What is known elsewhere of the function at a link-time `pc`. */
  functionAt?(pc: number): KnownFunction | undefined;
  /** Keeps what is found out about the sections. Undefined where they cannot be told from others. */
  readonly kept?: Keeper | undefined;
}

const NOTHING = new Uint8Array(0);

/** How much of a section behind an offset is made for a list there at first. */
const LIST_REACH = 16 << 10;

/** The sections of one file, fetched on first use; a section that is absent reads as empty. */
export class SectionData {
  private readonly source: DwarfSections;
  private readonly cache = new Map<string, GrowingBytes>();
  /**
   * Not lazy: nothing happens without it, and the hot loops want a plain property. Only what units that were made cover is there for
   * certain (`UnitTable`).
   */
  readonly info: Uint8Array;
  private abbrevCache: AbbrevCache | undefined;

  constructor(source: DwarfSections) {
    this.source = source;
    this.info = this.growing('.debug_info').bytes;
  }

  /** A section such as `.debug_line`, as far as it was asked for. */
  growing(name: string): GrowingBytes {
    let bytes = this.cache.get(name);
    if (bytes === undefined) {
      bytes =
        this.source.growing === undefined ? whole(this.source.section(name) ?? NOTHING) : this.source.growing(name);
      this.cache.set(name, (bytes ??= whole(NOTHING)));
    }
    return bytes;
  }

  /** All of a section. */
  get(name: string): Uint8Array {
    const section = this.growing(name);
    section.fill(section.bytes.length);
    return section.bytes;
  }

  /** A cursor in a section, of which `count` bytes at `offset` are asked for; `bad-data` if `offset` is outside. */
  cursor(name: string, offset: number, count: number = Infinity): Cursor {
    const section = this.growing(name);
    const end = Math.min(section.bytes.length, offset + count);
    section.fill(end, offset);
    return new Cursor(section.bytes, name, offset, end);
  }

  /** What `read` makes of what is at an offset, however long that is; it is called again if it comes to the end of what is there. */
  list<T>(name: string, offset: number, read: (cursor: Cursor) => T): T {
    const section = this.growing(name);
    for (let reach = LIST_REACH; ; reach *= 4) {
      const cursor = this.cursor(name, offset, reach);
      try {
        return read(cursor);
      } catch (error) {
        if (!isDebugError(error) || cursor.end === section.bytes.length) throw error;
      }
    }
  }

  get abbrevs(): AbbrevCache {
    this.abbrevCache ??= new AbbrevCache(this.get('.debug_abbrev'));
    return this.abbrevCache;
  }

  /** The zero-terminated string at `offset` of a string section. */
  stringAt(name: string, offset: number): string {
    const bytes = this.get(name);
    const zero = offset >= 0 && offset < bytes.length ? bytes.indexOf(0, offset) : -1;
    if (zero < 0) throw badData(`no string at ${name}+${hex(offset)}`);
    return decodeUtf8(bytes.subarray(offset, zero));
  }

  /** The `size`-byte integer at `offset`, as a number. */
  uintAt(name: string, offset: number, size: number): number {
    const section = this.growing(name);
    const { bytes } = section;
    if (!(offset >= 0) || offset + size > bytes.length)
      throw badData(`${name}+${hex(offset)} is outside ${name} (${hex(bytes.length)} bytes)`);
    section.fill(offset + size, offset);
    return size === 8 ? readU64(bytes, offset) : readU32(bytes, offset);
  }
}
