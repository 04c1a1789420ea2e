import { counters } from '../base/counters.ts';
import { DebugError, attempt } from '../base/errors.ts';
import type { Decompressors } from '../bytes/byte-source.ts';
import { WatchedBytes, type GrowingBytes } from '../bytes/growing-bytes.ts';
import { sectionContents, zlibSection, type KeepSection } from '../elf/compressed-section.ts';
import type { ElfFile } from '../elf/elf-file.ts';

/** Inflating less takes hardly longer than beginning with another thread, in bytes. */
const WORTH_A_THREAD = 8 << 20;

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

  /** Has another thread inflate sections from now on that were not asked for, where that pays and the host has one. */
  ahead(names: readonly string[]): void {
    const unkept = names.flatMap((name) => {
      if (this.opened.has(name)) return [];
      const section = attempt(() => zlibSection(this.holderOf(name), name, this.decompress, this.keep?.(name)));
      if (section?.found !== undefined) this.openWith(name, section.found);
      return section === undefined || section.found !== undefined ? [] : [{ name, section }];
    });
    const source = unkept[0]?.section.source;
    const together = unkept.filter(({ section }) => section.source === source);
    const total = together.reduce((sum, { section }) => sum + section.stream.size, 0);
    if (source === undefined || total < WORTH_A_THREAD) return;
    const contents = this.decompress.zlibBeside?.(
      source,
      together.map(({ section }) => section.stream),
    );
    if (contents === undefined) return;
    counters.sectionsInflated += together.length;
    counters.bytesInflated += total;
    together.forEach(({ name, section }, i) => this.openWith(name, section.keepFrom(contents[i] as GrowingBytes)));
  }

  private openWith(name: string, contents: GrowingBytes): void {
    this.opened.set(
      name,
      attempt(() => this.watched(name, contents)),
    );
  }

  private open(name: string): GrowingBytes | undefined {
    let contents: GrowingBytes | undefined;
    try {
      contents = sectionContents(this.holderOf(name), name, this.decompress, this.keep?.(name));
    } catch (error) {
      if (error instanceof DebugError) this.tell(name, error);
      throw error;
    }
    return contents && this.watched(name, contents);
  }

  /** Throws where the beginning is damaged. */
  private watched(name: string, contents: GrowingBytes): GrowingBytes {
    const watched = new WatchedBytes(contents, (error) => this.tell(name, error));
    watched.fill(1);
    return watched;
  }
}
