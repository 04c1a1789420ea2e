import { crc32 } from '../base/crc32.ts';
import { attempt } from '../base/errors.ts';
import { encodeUtf8 } from '../base/text.ts';
import type { HostFile } from '../bytes/byte-source.ts';
import { KeptBytes, type Keeper } from '../bytes/keeper.ts';
import { hasContents, sectionIdentity, type KeepSection } from '../elf/compressed-section.ts';
import type { ElfFile } from '../elf/elf-file.ts';
import { gnuBuildId, readBuildIds } from '../elf/notes.ts';

/** Build IDs that can be part of a file's name once their slashes are replaced: Go's are four words of base64 with slashes between. */
const USABLE_ID = /^[\w/-]{8,120}$/;

/** The sections that what is found out of DWARF depends on. */
const SOURCES = ['info', 'abbrev', 'str', 'str_offsets', 'addr', 'ranges', 'rnglists', 'line', 'line_str'].map(
  (name) => `.debug_${name}`,
);

/**
 * Keeps the sections of one file, and what is found out about them, under names that tell them from those of all others: the build ID,
 * what it is, and the sizes and checksums of the sections.
 */
export class KeptParts {
  private readonly keeper: Keeper;
  private readonly elf: ElfFile;
  private idState: { readonly id: string | undefined } | undefined;

  constructor(keeper: Keeper, elf: ElfFile) {
    this.keeper = keeper;
    this.elf = elf;
  }

  private get id(): string | undefined {
    this.idState ??= { id: attempt(() => buildId(this.elf)) };
    return this.idState.id;
  }

  /** By what a section is kept; undefined for a file without build ID. */
  section(name: string): KeepSection | undefined {
    const { id, keeper } = this;
    if (id === undefined) return undefined;
    const keyOf = (identity: string): string => `${id}${name}.${identity}`;
    const keep: KeepSection['keep'] = (identity, size, contents) => {
      keeper.keep(keyOf(identity), size, () => {
        contents.fill(size);
        return [contents.bytes];
      });
      return contents;
    };
    const find: KeepSection['find'] = (identity, size, open) => {
      const found = keeper.find(keyOf(identity));
      return found?.size === size ? new KeptBytes(found, () => keep(identity, size, open())) : undefined;
    };
    return { find, keep };
  }

  /** By what is kept what is found out of DWARF. `holderOf` gives the file that a section is in. */
  dwarf(holderOf: (name: string) => ElfFile): Keeper | undefined {
    const { id, keeper } = this;
    if (id === undefined) return undefined;
    const identities: string[] = [];
    for (const name of SOURCES) {
      const holder = holderOf(name);
      const identity = sectionIdentity(holder, name);
      if (identity !== undefined) identities.push(identity);
      else if (hasContents(holder, name)) return undefined;
    }
    const others = crc32(encodeUtf8(identities.join('.'))).toString(16);
    const nameOf = (what: string): string => `${id}.${what}.${identities[0]}.${others}`;
    return {
      find: (what): HostFile | undefined => keeper.find(nameOf(what)),
      keep: (what, size, make) => keeper.keep(nameOf(what), size, make),
    };
  }
}

function buildId(elf: ElfFile): string | undefined {
  const id = gnuBuildId(elf) ?? readBuildIds(elf).go;
  return id !== undefined && USABLE_ID.test(id) ? id.replaceAll('/', '+') : undefined;
}
