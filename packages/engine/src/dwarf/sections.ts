import { Cursor, readU32, readU64 } from '../base/cursor.ts';
import { badData, hex } from '../base/errors.ts';
import { decodeUtf8 } from '../base/text.ts';
import { AbbrevCache } from './abbrev.ts';

/** Where the bytes of `.debug_*` sections come from. Names are the modern ones; contents are inflated. */
export interface DwarfSections {
  /** The section's contents, or undefined where the file has none. Asked for once each, on first need. */
  section(name: string): Uint8Array | undefined;
}

const NOTHING = new Uint8Array(0);

/** The sections of one file, fetched on first use; a section that is absent reads as empty. */
export class SectionData {
  private readonly source: DwarfSections;
  private readonly cache = new Map<string, Uint8Array>();
  /** Not lazy: nothing happens without it, and the hot loops want a plain property. */
  readonly info: Uint8Array;
  private abbrevCache: AbbrevCache | undefined;

  constructor(source: DwarfSections) {
    this.source = source;
    this.info = source.section('.debug_info') ?? NOTHING;
  }

  /** Contents of a section such as `.debug_line`. */
  get(name: string): Uint8Array {
    let bytes = this.cache.get(name);
    if (bytes === undefined) {
      bytes = this.source.section(name) ?? NOTHING;
      this.cache.set(name, bytes);
    }
    return bytes;
  }

  /** A cursor in a section; `bad-data` if `offset` is outside. */
  cursor(name: string, offset: number): Cursor {
    return new Cursor(this.get(name), name, offset);
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
    const bytes = this.get(name);
    if (!(offset >= 0) || offset + size > bytes.length)
      throw badData(`${name}+${hex(offset)} is outside ${name} (${hex(bytes.length)} bytes)`);
    return size === 8 ? readU64(bytes, offset) : readU32(bytes, offset);
  }
}
