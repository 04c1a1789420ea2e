import type { Arch } from '../arch/arch.ts';
import { archOfMachine } from '../arch/machines.ts';
import { attempt, DebugError, hex, unsupported } from '../base/errors.ts';
import type { FileFinder } from '../bytes/file-finder.ts';
import { MemorySource } from '../bytes/memory-source.ts';
import {
  AT_ENTRY,
  AT_PHDR,
  AT_SYSINFO_EHDR,
  ET_CORE,
  ET_DYN,
  PF_W,
  PF_X,
  PT_LOAD,
  SHT_NOBITS,
} from '../elf/constants.ts';
import { parseElf, type ElfFile, type Segment } from '../elf/elf-file.ts';
import { readNotes, type BuildIds } from '../elf/notes.ts';
import {
  compareExecutable,
  elfOfPage,
  firstPage,
  isElfPage,
  judgeExecutable,
  pageBuildIds,
  type ExecutableProof,
  type Judgement,
} from './core-identity.ts';
import { MappedLibraries, type Library } from './libraries.ts';
import type { LoadedFile } from './loaded-file.ts';
import { RegionMemory, type Hole, type Region } from './core-memory.ts';
import { readCoreNotes } from './core-notes.ts';
import type { MappedFile, SignalInfo, Target, Thread } from './target.ts';

/** Two pages in practice. */
const LARGEST_VDSO = 1 << 16;

/** What is said of a core whose private memory was left out. */
export const NO_PRIVATE_MEMORY =
  'the core has no private memory of the process (bit 0 of coredump_filter was off): no stacks, heap or written variables';

export interface CoreOptions {
  /** Finds the shared libraries that the core names. */
  readonly finder?: FileFinder;
  /** Go on with an executable that does not match the core. */
  readonly force?: boolean;
  /** What the core takes on disk, in bytes, where it was not decompressed: less than its size if it has holes. */
  readonly allocatedBytes?: number | undefined;
}

/**
 * A process read from an ELF core and, where given, its executable and libraries.
 * Memory is the core's own bytes over the file that each NT_FILE range names, and never another file's.
 */
export class CoreTarget implements Target {
  readonly core: ElfFile;
  readonly arch: Arch;
  readonly memory: RegionMemory;
  readonly threads: readonly Thread[];
  readonly signal: SignalInfo | undefined;
  readonly mappedFiles: readonly MappedFile[];
  readonly pid: number | undefined;
  /** The process that started it. */
  readonly parent: number | undefined;
  /** Its process group. */
  readonly group: number | undefined;
  readonly command: string | undefined;
  readonly argumentsText: string | undefined;
  readonly auxv: ReadonlyMap<number, number>;
  readonly diagnostics: string[] = [];
  /** The executable, if one was given. */
  readonly executable: LoadedFile | undefined;
  /** Path of the executable as the core names it. */
  readonly executablePath: string | undefined;
  /** What is wrong with the executable itself, a sentence. */
  readonly executableProblem: string | undefined;
  /** How sure it is that the executable belongs to the core. */
  readonly proof: ExecutableProof | undefined;
  /** Bytes of memory that should be in the core and are not, because the file is cut off. */
  readonly missingBytes: number;
  /** What the core takes on disk, if that is known. */
  readonly allocatedBytes: number | undefined;
  /** True if the kernel was told to leave private memory out: files then have only what was there before the start. */
  readonly lacksPrivate: boolean;
  private vdsoState: { readonly file: LoadedFile | undefined } | undefined;

  /** The other files that were mapped. */
  readonly libraries: MappedLibraries;

  constructor(core: ElfFile, executable: ElfFile | undefined, options: CoreOptions = {}) {
    if (core.type !== ET_CORE) throw unsupported(`${core.source.name} is not a core file`);
    const arch = archOfMachine(core.machine);
    if (arch === undefined) {
      throw unsupported(`${core.source.name} is a core of a ${core.machineName} program; amd64 and arm64 can be read`);
    }
    this.core = core;
    this.arch = arch;
    this.diagnostics.push(...core.diagnostics);
    const complain = (what: string): void => void this.diagnostics.push(what);
    const notes = readCoreNotes(readNotes(core, complain), arch, complain);
    this.threads = notes.threads;
    this.signal = notes.signal;
    this.mappedFiles = [...notes.mappedFiles].sort((a, b) => a.start - b.start);
    this.pid = notes.pid;
    this.parent = notes.parent;
    this.group = notes.group;
    this.command = notes.command;
    this.argumentsText = notes.argumentsText;
    this.auxv = notes.auxv;
    if (this.threads.length === 0)
      complain('the core has no threads (NT_PRSTATUS): it is cut off, or not a process core');
    this.executablePath = this.findExecutablePath();
    this.libraries = new MappedLibraries({
      core,
      mappedFiles: this.mappedFiles,
      executablePath: this.executablePath,
      finder: options.finder,
      force: options.force === true,
      isCode: (address) => this.isCode(address),
      complain,
    });
    this.missingBytes = cutOffBytes(core);
    this.allocatedBytes = options.allocatedBytes;
    if (this.missingBytes > 0) complain(truncationText(core, this.missingBytes));
    this.lacksPrivate = lacksPrivateMemory(core, this.mappedFiles);
    if (this.lacksPrivate) {
      complain(NO_PRIVATE_MEMORY);
    }
    if (executable !== undefined) {
      if (executable.machine !== core.machine) {
        const message = `${executable.source.name} is for ${executable.machineName}, but the core is of a ${core.machineName} program`;
        throw new DebugError(message, { code: 'mismatch' });
      }
      const bias = this.executableBias(executable);
      this.executable = { path: executable.source.name, elf: executable, bias };
      this.executableProblem = executableProblem(executable);
      if (this.executableProblem !== undefined) complain(this.executableProblem);
      this.proof = compareExecutable(this.executable, core, this.executableStart(), options.force === true, complain);
    }
    this.memory = new RegionMemory([]);
    this.memory.onMiss = (address) => this.openLibraryAt(address);
    this.rebuild();
  }

  private findExecutablePath(): string | undefined {
    for (const kind of [AT_PHDR, AT_ENTRY]) {
      const address = this.auxv.get(kind);
      const file = this.mappedFiles.find(
        ({ start, end }) => address !== undefined && address >= start && address < end,
      );
      if (file !== undefined) return file.path;
    }
    return this.mappedFiles.find((file) => !/\.so(\.|$)/.test(file.path))?.path;
  }

  /** Lowest address of the executable's mapping that shows its first file page. */
  private executableStart(): number | undefined {
    const mapped = this.mappedFiles.find((file) => file.path === this.executablePath && file.fileOffset === 0);
    if (mapped !== undefined || this.mappedFiles.length > 0) return mapped?.start;
    // Without a list of files: the program headers, which AT_PHDR tells, are in the first page.
    const headers = this.auxv.get(AT_PHDR);
    if (headers === undefined) return undefined;
    const start = headers - (headers % 0x1000);
    return isElfPage(firstPage(this.core, start)) ? start : undefined;
  }

  private executablePage(): Uint8Array | undefined {
    const start = this.executableStart();
    return start === undefined ? undefined : firstPage(this.core, start);
  }

  /** Build IDs of the executable, by the page of it in the core. */
  get executableBuildIds(): BuildIds {
    const page = this.executablePage();
    return page === undefined ? {} : pageBuildIds(page);
  }

  /** What the core itself tells of the executable: how it was loaded, by the program headers in its first page. */
  get executableOutline(): LoadedFile | undefined {
    const path = this.executablePath ?? 'the executable';
    const elf = elfOfPage(path, this.executablePage());
    return elf?.machine === this.core.machine ? { path, elf, bias: this.executableBias(elf) } : undefined;
  }

  /** Whether a file is the executable that crashed. */
  judge(elf: ElfFile): Judgement {
    if (elf.machine !== this.core.machine)
      return { proof: 'differs', difference: `${elf.source.name} is for ${elf.machineName}` };
    return judgeExecutable(elf, this.core, this.executableStart());
  }

  /** A position-independent executable lies where the kernel put it: AT_ENTRY tells. */
  private executableBias(elf: ElfFile): number {
    if (elf.type !== ET_DYN) return 0;
    const entry = this.auxv.get(AT_ENTRY);
    if (entry !== undefined) return entry - elf.entry;
    const first = elf.segments.find((segment) => segment.type === PT_LOAD);
    const start = this.executableStart();
    return start === undefined || first === undefined ? 0 : start - (first.vaddr - (first.vaddr % 0x1000));
  }

  /** The mapped file whose range holds `address`. */
  mappedFileAt(address: number): MappedFile | undefined {
    return this.libraries.mappingAt(address);
  }

  /** True if `address` was in executable memory, as far as the core's program headers tell. */
  isCode(address: number): boolean {
    return this.core.segments.some(
      ({ type, flags, vaddr, memsz }) =>
        type === PT_LOAD && (flags & PF_X) !== 0 && address >= vaddr && address < vaddr + memsz,
    );
  }

  /** The shared library whose mapping holds `address`, opened on first use if it is at hand and believed the same. */
  libraryAt(address: number): LoadedFile | undefined {
    const path = this.mappedFileAt(address)?.path;
    return path === undefined ? undefined : this.library(path)?.file;
  }

  /** A library by its path in the process, looked for on first use. */
  library(path: string): Library | undefined {
    const known = this.libraries.isKnown(path);
    const library = this.libraries.named(path);
    if (!known && library?.file !== undefined) this.rebuild();
    return library;
  }

  /** The kernel's own library, of which the core has the memory: named `[vdso]`, as in /proc/PID/maps. */
  get vdso(): LoadedFile | undefined {
    this.vdsoState ??= { file: this.findVdso() };
    return this.vdsoState.file;
  }

  private findVdso(): LoadedFile | undefined {
    const start = this.auxv.get(AT_SYSINFO_EHDR);
    if (start === undefined) return undefined;
    const bytes = this.memory.readSome(start, LARGEST_VDSO);
    const elf = attempt(() => parseElf(new MemorySource('[vdso]', bytes)));
    const load = elf?.segments.find((segment) => segment.type === PT_LOAD);
    if (elf === undefined || load === undefined || elf.machine !== this.core.machine) return undefined;
    return { path: '[vdso]', elf, bias: start - (load.vaddr - load.offset) };
  }

  private openLibraryAt(address: number): boolean {
    const path = this.mappedFileAt(address)?.path;
    if (path === undefined || path === this.executablePath || this.libraries.isKnown(path)) return false;
    return this.library(path)?.file !== undefined;
  }

  /** Puts memory together from the files that are open now. */
  private rebuild(): void {
    const regions: Region[] = [];
    const holes: Hole[] = [];
    this.addMappedFiles(regions, holes);
    addCoreSegments(this.core, this.executable?.elf, this.lacksPrivate, regions, holes);
    this.memory.setRegions(regions, holes);
  }

  private addMappedFiles(regions: Region[], holes: Hole[]): void {
    const { executable } = this;
    for (const file of this.mappedFiles) {
      const isExecutable = file.path === this.executablePath;
      const elf = isExecutable ? executable?.elf : this.libraries.opened(file.path)?.elf;
      if (elf === undefined) {
        const why = isExecutable
          ? `it is in the executable ${file.path}, which was not given`
          : `it is in ${file.path}, which is not at hand`;
        holes.push({ start: file.start, end: file.end, why });
        continue;
      }
      const there = Math.max(0, Math.min(file.end - file.start, elf.source.size - file.fileOffset));
      if (endOfImage(elf) > elf.source.size)
        holes.push({ start: file.start + there, end: file.end, why: `${elf.source.name} is cut off before it` });
      regions.push({
        start: file.start,
        end: file.start + there,
        source: elf.source,
        delta: file.fileOffset - file.start,
      });
    }
    // Cores without NT_FILE (Delve's dumps): the executable's own program headers place it.
    if (executable !== undefined && !this.mappedFiles.some((file) => file.path === this.executablePath)) {
      for (const segment of executable.elf.segments) {
        if (segment.type !== PT_LOAD) continue;
        const start = segment.vaddr + executable.bias;
        const there = Math.max(0, Math.min(segment.filesz, executable.elf.source.size - segment.offset));
        regions.push({ start, end: start + there, source: executable.elf.source, delta: segment.offset - start });
      }
    }
  }
}

function addCoreSegments(
  core: ElfFile,
  executable: ElfFile | undefined,
  lacksPrivate: boolean,
  regions: Region[],
  holes: Hole[],
): void {
  const { source } = core;
  for (const segment of core.segments) {
    if (segment.type !== PT_LOAD) continue;
    const there = Math.max(0, Math.min(segment.filesz, source.size - segment.offset));
    const start = segment.vaddr;
    if (there > 0) regions.push({ start, end: start + there, source, delta: segment.offset - start });
    if (there < segment.filesz) {
      const lost = { start: start + there, end: start + segment.filesz };
      holes.push({ ...lost, why: 'the core file is cut off before it' });
      if (mayDifferFromFile(segment, executable)) regions.push({ ...lost, source: undefined, delta: 0 });
    }
    if (segment.filesz < segment.memsz) {
      // The kernel leaves out what coredump_filter excludes; it never elides zero pages this way. What was written to is
      // private and dumped as long as bit 0 is on, so a file has the rest as it was.
      const left = { start: start + segment.filesz, end: start + segment.memsz };
      holes.push({ ...left, why: 'the kernel left it out of the core (coredump_filter)' });
      if (lacksPrivate && mayDifferFromFile(segment, executable))
        regions.push({ ...left, source: undefined, delta: 0 });
    }
  }
}

/** True if none of the writable memory that belongs to no file was dumped, though there was some: stacks, at least. */
function lacksPrivateMemory(core: ElfFile, files: readonly MappedFile[]): boolean {
  let left = false;
  for (const { type, flags, vaddr, filesz, memsz } of core.segments) {
    if (type !== PT_LOAD || (flags & PF_W) === 0 || memsz === 0) continue;
    if (files.some((file) => vaddr >= file.start && vaddr < file.end)) continue;
    if (filesz > 0) return false;
    left = true;
  }
  return left;
}

/**
 * True for memory of which the mapped file has only what was there before the start: what could be written, and what is
 * read-only but was relocated first (.data.rel.ro), which an executable that is not position-independent has not.
 */
function mayDifferFromFile({ flags, vaddr }: Segment, executable: ElfFile | undefined): boolean {
  if ((flags & PF_W) !== 0) return true;
  if ((flags & PF_X) !== 0) return false;
  if (executable === undefined || executable.type === ET_DYN) return true;
  return !executable.segments.some((own) => vaddr >= own.vaddr - (own.vaddr % 0x1000) && vaddr < own.vaddr + own.memsz);
}

/** Where the last byte of a file lies that its program headers tell of. */
function endOfImage(elf: ElfFile): number {
  return elf.segments.reduce((end, { offset, filesz }) => Math.max(end, offset + filesz), 0);
}

/** A file that ends before what its headers tell of is a copy that was not finished. */
function executableProblem(elf: ElfFile): string | undefined {
  const { name, size } = elf.source;
  const end = elf.sections.reduce(
    (most, { type, offset, size: length }) => (type === SHT_NOBITS ? most : Math.max(most, offset + length)),
    endOfImage(elf),
  );
  if (end > size) return `${name} is cut off: it has ${size} bytes, and its headers tell of ${end}`;
  const [unread] = elf.diagnostics;
  return unread === undefined ? undefined : `${name} is cut off or damaged: ${unread}`;
}

function cutOffBytes(core: ElfFile): number {
  let missing = 0;
  for (const segment of core.segments) {
    const there = Math.max(0, Math.min(segment.filesz, core.source.size - segment.offset));
    missing += segment.filesz - there;
  }
  return missing;
}

function truncationText(core: ElfFile, missing: number): string {
  let whole = 0;
  for (const segment of core.segments) whole = Math.max(whole, segment.offset + segment.filesz);
  const percent = Math.floor((100 * core.source.size) / whole);
  return `the core is cut off: ${core.source.size} of ${whole} bytes are there (${percent}%), ${hex(missing)} bytes of memory are missing`;
}
