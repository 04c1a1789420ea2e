import { DebugError, attempt } from '../base/errors.ts';
import type { Decompressors } from '../bytes/byte-source.ts';
import { WatchedBytes, type GrowingBytes } from '../bytes/growing-bytes.ts';
import { sectionContents, type KeepSection } from '../elf/compressed-section.ts';
import type { ElfFile } from '../elf/elf-file.ts';

/** The sections of an image, opened when first asked for and kept. */
export class SectionContents {
  private readonly holderOf: (name: string) => ElfFile;
  private readonly decompress: Decompressors;
  private readonly tell: (name: string, error: DebugError) => void;
  private readonly keep: ((name: string) => KeepSection | undefined) | undefined;
  private readonly opened = new Map<string, GrowingBytes | undefined>();

  /**
   * @param holderOf the file that a section is in
   * @param tell hears of damage
   * @param keep by what sections are kept from run to run
   */
  constructor(
    holderOf: (name: string) => ElfFile,
    decompress: Decompressors,
    tell: (name: string, error: DebugError) => void,
    keep?: (name: string) => KeepSection | undefined,
  ) {
    this.holderOf = holderOf;
    this.decompress = decompress;
    this.tell = tell;
    this.keep = keep;
  }

  /** All of a section; undefined where it is absent or damaged. */
  whole(name: string): Uint8Array | undefined {
    return attempt(() => {
      const contents = this.growing(name);
      contents?.fill(contents.bytes.length);
      return contents?.bytes;
    });
  }

  /** A section as far as it is asked for; undefined where it is absent, or its beginning is damaged. */
  growing(name: string): GrowingBytes | undefined {
    if (!this.opened.has(name))
      this.opened.set(
        name,
        attempt(() => this.open(name)),
      );
    return this.opened.get(name);
  }

  private open(name: string): GrowingBytes | undefined {
    const tell = (error: DebugError): void => this.tell(name, error);
    let contents: GrowingBytes | undefined;
    try {
      contents = sectionContents(this.holderOf(name), name, this.decompress, this.keep?.(name));
    } catch (error) {
      if (error instanceof DebugError) tell(error);
      throw error;
    }
    const watched = contents && new WatchedBytes(contents, tell);
    watched?.fill(1);
    return watched;
  }
}
