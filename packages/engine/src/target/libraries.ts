import { lastAtMost } from '../base/ranges.ts';
import { DebugError } from '../base/errors.ts';
import type { FileFinder } from '../bytes/file-finder.ts';
import { PT_LOAD } from '../elf/constants.ts';
import { parseElf, type ElfFile } from '../elf/elf-file.ts';
import { compareLibrary, firstPage, isElfPage, pageBuildIds, type ExecutableProof } from './core-identity.ts';
import type { LoadedFile } from './loaded-file.ts';
import type { MappedFile } from './target.ts';

/** A file that was mapped, besides the executable: a library, a plugin, or data. */
export interface Library {
  /** As the process named it. */
  readonly path: string;
  /** From the lowest to the highest address of its mappings. */
  readonly start: number;
  readonly end: number;
  /** GNU build ID, else Go's, by the page of it in the core. */
  readonly buildId: string | undefined;
  /** True if some of it was executable. */
  readonly isCode: boolean;
  /** The file, found and believed to be the one that was mapped. */
  readonly file: LoadedFile | undefined;
  readonly proof: ExecutableProof | undefined;
  /** Files that might have been the one, and why they are not: a sentence each. */
  readonly rejected: readonly string[];
}

export interface LibraryOptions {
  readonly core: ElfFile;
  /** Sorted by address. */
  readonly mappedFiles: readonly MappedFile[];
  readonly executablePath: string | undefined;
  readonly finder: FileFinder | undefined;
  /** Use a file of another build where no better one is found. */
  readonly force: boolean;
  readonly isCode: (address: number) => boolean;
  readonly complain: (what: string) => void;
}

const NO_PAGE = 'the core does not hold its first page (bit 4 of coredump_filter)';

/** Where a library's mappings are, before its file is looked for. */
interface Extent {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  /** Address of the first page of the file; undefined if that was not mapped. */
  readonly base: number | undefined;
  readonly isCode: boolean;
}

/** The files of a core besides its executable, each looked for when it is needed. */
export class MappedLibraries {
  private readonly options: LibraryOptions;
  private readonly starts: Float64Array;
  private readonly extents: ReadonlyMap<string, Extent>;
  private readonly found = new Map<string, Library>();

  constructor(options: LibraryOptions) {
    this.options = options;
    this.starts = Float64Array.from(options.mappedFiles, (file) => file.start);
    this.extents = extentsOf(options);
  }

  /** The mapping that holds `address`, the executable's as well. */
  mappingAt(address: number): MappedFile | undefined {
    const file = this.options.mappedFiles[lastAtMost(this.starts, address)];
    return file !== undefined && address < file.end ? file : undefined;
  }

  /** The library whose mapping holds `address`; its file is looked for on first use. */
  at(address: number): Library | undefined {
    const mapping = this.mappingAt(address);
    return mapping && this.named(mapping.path);
  }

  /** The library by its path in the process. */
  named(path: string): Library | undefined {
    const extent = this.extents.get(path);
    if (extent === undefined) return undefined;
    let library = this.found.get(path);
    if (library === undefined) {
      library = this.open(extent);
      this.found.set(path, library);
    }
    return library;
  }

  /** The file of a library, if it was looked for and found already. */
  opened(path: string): LoadedFile | undefined {
    return this.found.get(path)?.file;
  }

  /** True once the file was looked for. */
  isKnown(path: string): boolean {
    return this.found.has(path);
  }

  /** Paths of all of them, by address. */
  get paths(): readonly string[] {
    return [...this.extents.keys()];
  }

  private open(extent: Extent): Library {
    const { path, start, end, base, isCode } = extent;
    const { core, finder, force, complain } = this.options;
    const page = base === undefined ? undefined : firstPage(core, base);
    const ids = page && pageBuildIds(page);
    const about = { path, start, end, isCode, buildId: ids?.gnu ?? ids?.go };
    const rejected: string[] = [];
    const none = { ...about, file: undefined, proof: undefined, rejected };
    // Without its header, a file cannot be told from another; what is neither code nor ELF is a file that was read.
    if (base === undefined || finder === undefined || !(isCode || isElfPage(page))) return none;
    let fallback: ElfFile | undefined;
    for (const source of finder.library(path, ids?.gnu)) {
      try {
        const elf = parseElf(source);
        if (elf.machine !== core.machine) {
          rejected.push(`${source.name} is for ${elf.machineName}`);
          continue;
        }
        const { proof, difference } = compareLibrary(elf, page);
        if (difference === undefined) {
          if (proof === 'unproven')
            complain(`whether ${source.name} is the file that was mapped cannot be proven: ${NO_PAGE}`);
          return { ...about, file: place(elf, base), proof, rejected };
        }
        rejected.push(`${source.name} is not the file that was mapped: ${difference}`);
        fallback ??= elf;
      } catch (error) {
        if (!(error instanceof DebugError)) throw error;
        rejected.push(error.message);
      }
    }
    for (const why of rejected) complain(why);
    return force && fallback !== undefined
      ? { ...about, file: place(fallback, base), proof: 'differs', rejected }
      : none;
  }
}

function place(elf: ElfFile, base: number): LoadedFile {
  const load = elf.segments.find((segment) => segment.type === PT_LOAD);
  const first = load === undefined ? 0 : load.vaddr - load.offset;
  return { path: elf.source.name, elf, bias: base - first };
}

function extentsOf({ mappedFiles, executablePath, isCode }: LibraryOptions): Map<string, Extent> {
  const extents = new Map<string, Extent>();
  for (const { path, start, end, fileOffset } of mappedFiles) {
    if (path === executablePath) continue;
    const before = extents.get(path);
    extents.set(path, {
      path,
      start: Math.min(start, before?.start ?? start),
      end: Math.max(end, before?.end ?? end),
      base: before?.base ?? (fileOffset === 0 ? start : undefined),
      isCode: before?.isCode === true || isCode(start),
    });
  }
  return extents;
}
