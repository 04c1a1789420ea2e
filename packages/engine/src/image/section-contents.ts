import { DebugError, attempt } from '../base/errors.ts';
import type { Decompressors } from '../bytes/byte-source.ts';
import { WatchedBytes, type GrowingBytes } from '../bytes/growing-bytes.ts';
import { contentsAhead, sectionContents, type KeepSection } from '../elf/compressed-section.ts';
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

  /**
   * Has sections that were not asked for inflated beside what else goes on, if the host can do that: none of them may be asked for until
   * it is done. Undefined where there is nothing to wait for.
   */
  ahead(names: readonly string[]): Promise<unknown> | undefined {
    const begun = names.flatMap((name) => (this.opened.has(name) ? [] : (this.begin(name) ?? [])));
    return begun.length === 0 ? undefined : Promise.all(begun);
  }

  private begin(name: string): Promise<void> | undefined {
    const contents = attempt(() => contentsAhead(this.holderOf(name), name, this.decompress, this.keep?.(name)));
    return contents?.then(
      (inflated) => void this.opened.set(name, inflated),
      // Whoever asks for it meets the damage, and tells it.
      () => undefined,
    );
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
