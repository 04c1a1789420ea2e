import { counters } from '../base/counters.ts';
import { NEWEST_MINOR, type GoVersion } from '../base/go-version.ts';
import type { Host } from '../bytes/host.ts';
import type { Memory } from '../bytes/memory.ts';
import { WordRuns } from '../bytes/word-runs.ts';
import type { Dwarf } from '../dwarf/dwarf.ts';
import { attempt, badData, DebugError } from '../base/errors.ts';
import { PF_W, PT_LOAD } from '../elf/constants.ts';
import { findSection } from '../elf/elf-file.ts';
import { Image, type GoModule } from '../image/image.ts';
import type { GoFunc, Pclntab, SourceFrame } from '../pclntab/pclntab.ts';
import type { CoreTarget } from '../target/core-target.ts';

/** A Go function and the table it is from. */
export interface FoundFunc {
  readonly func: GoFunc;
  readonly pclntab: Pclntab;
}

/** A process with the files that explain its addresses. */
export class Program {
  readonly target: CoreTarget;
  readonly memory: Memory;
  /** Of return addresses: deep recursion is looked at more than once. */
  readonly wordRuns: WordRuns;
  /** The Go executable; undefined when only a core was given. */
  readonly main: Image | undefined;
  /** The file that was executed. It has no Go in it where Go is in a library (`-buildmode=c-shared`). */
  readonly executable: Image | undefined;
  private readonly host: Host;
  private readonly libraries = new Map<string, Image>();
  private outlineState: { readonly image: Image | undefined } | undefined;
  private vdsoState: { readonly image: Image | undefined } | undefined;
  private goImageList: readonly Image[] | undefined;
  private readonly found = new Map<number, FoundFunc | undefined>();

  constructor(target: CoreTarget, host: Host) {
    this.target = target;
    this.memory = target.memory;
    this.wordRuns = new WordRuns(target.memory);
    this.host = host;
    this.executable = target.executable && new Image(target.executable, target.memory, host);
    this.main =
      this.executable === undefined || isGo(this.executable) ? this.executable : (this.goLibrary() ?? this.executable);
  }

  /** The library that has the Go runtime, where the executable is of another language (`-buildmode=c-shared`). */
  private goLibrary(): Image | undefined {
    for (const path of this.target.libraries.paths) {
      const library = this.target.library(path);
      const image = library?.file === undefined ? undefined : attempt(() => this.imageAt(library.start));
      if (image !== undefined && isGo(image)) return image;
    }
    return undefined;
  }

  private get vdso(): Image | undefined {
    if (this.vdsoState === undefined) {
      const file = this.target.vdso;
      this.vdsoState = { image: file && new Image(file, this.memory, { decompress: this.host.decompress }) };
    }
    return this.vdsoState.image;
  }

  /** Throws `bad-data` unless there is a Go program: says which libraries that may hold it are not at hand. */
  requireGo(): void {
    if (this.main === undefined || this.main.modules.length > 0) return;
    const missing = this.target.libraries.paths.filter((path) => {
      const library = this.target.library(path);
      return library?.isCode === true && library.file === undefined;
    });
    const message = this.main.goProblem ?? `${this.main.path} is not a Go program`;
    if (missing.length === 0) throw badData(message);
    const names = missing.slice(0, MOST_NAMED).join(', ');
    const hint = `if Go is in one of its libraries, give that with --libs DIR; not at hand: ${names}`;
    throw new DebugError(message, { code: 'bad-data', hint });
  }

  /** The images with Go code: the program's own first, then its plugins in the order in which they were opened. */
  get goImages(): readonly Image[] {
    this.goImageList ??= this.findGoImages();
    return this.goImageList;
  }

  private findGoImages(): readonly Image[] {
    const images = new Set<Image>(this.main === undefined ? [] : [this.main]);
    for (const { data } of this.modules) {
      const image = attempt(() => this.imageAt(data.text));
      if (image !== undefined) images.add(image);
    }
    return [...images];
  }

  /** The Go executable, or what the core tells of it where it is not at hand: how it was loaded and built, but no code. */
  get outline(): Image | undefined {
    if (this.main !== undefined) return this.main;
    if (this.outlineState === undefined) {
      const file = this.target.executableOutline;
      this.outlineState = { image: file && new Image(file, this.memory, { decompress: this.host.decompress }) };
    }
    return this.outlineState.image;
  }

  get goVersion(): GoVersion | undefined {
    return this.outline?.goVersion;
  }

  /** The release whose layouts apply; the newest known where nothing tells. */
  get minor(): number {
    return this.outline?.minor ?? NEWEST_MINOR;
  }

  get modules(): readonly GoModule[] {
    return this.main?.modules ?? [];
  }

  /** The Go function whose code holds `pc`; undefined for C code and for addresses that are no code. */
  findFunc(pc: number): FoundFunc | undefined {
    if (this.found.has(pc)) return this.found.get(pc);
    const result = this.searchFunc(pc);
    this.found.set(pc, result);
    return result;
  }

  private searchFunc(pc: number): FoundFunc | undefined {
    counters.functionLookups++;
    for (const { data, pclntab } of this.modules) {
      if (data.maxpc !== 0 && (pc < data.minpc || pc >= data.maxpc)) continue;
      // Of a file that is cut off or damaged some functions can be read, and some cannot.
      const func = attempt(() => pclntab.find(pc));
      if (func !== undefined) return { func, pclntab };
    }
    return undefined;
  }

  /** What source shows for `pc`, innermost call first; empty outside Go code. See Pclntab.sourceFrames. */
  sourceFrames(pc: number): SourceFrame[] {
    const found = this.findFunc(pc);
    return found === undefined ? [] : found.pclntab.sourceFrames(found.func, pc);
  }

  /** The image that holds an address: the executable, or a shared library, opened on first use. */
  imageAt(address: number): Image | undefined {
    const mapped = this.target.mappedFileAt(address);
    if (mapped === undefined && this.vdso !== undefined && inImage(this.vdso, address)) return this.vdso;
    if (mapped === undefined || mapped.path === this.target.executablePath) {
      return this.executable !== undefined && inImage(this.executable, address) ? this.executable : undefined;
    }
    const file = this.target.libraryAt(address);
    if (file === undefined) return undefined;
    let image = this.libraries.get(file.path);
    if (image === undefined) {
      image = new Image(file, this.memory, this.host);
      this.libraries.set(file.path, image);
    }
    return image;
  }

  /** Name of whatever code is at `pc`, for machine code without Go tables: `abort+0x12` or undefined. */
  nativeName(pc: number): { name: string; offset: number; file: string } | undefined {
    const image = this.imageAt(pc);
    const symbol = image?.functionSymbolAt(pc);
    return symbol && image ? { ...symbol, file: image.path } : undefined;
  }

  /** The DWARF of the executable. */
  get dwarf(): Dwarf | undefined {
    return this.main?.dwarf;
  }

  /** True for what the linker laid down where a program cannot write. */
  isConstant(address: number): boolean {
    const image = this.outline;
    if (image === undefined) return false;
    const at = address - image.bias;
    return image.elf.segments.some(
      ({ type, flags, vaddr, filesz }) =>
        type === PT_LOAD && (flags & PF_W) === 0 && at >= vaddr && at < vaddr + filesz,
    );
  }

  /** Runtime symbols by name, with memory addresses. */
  symbol(name: string): number | undefined {
    return this.main?.symbol(name)?.address;
  }
}

/** Libraries that an error names. */
const MOST_NAMED = 5;

/** The sections that Go's linker makes: of executables, and of what is position-independent. */
const GO_SECTIONS = ['.gopclntab', '.data.rel.ro.gopclntab', '.go.buildinfo'];

function isGo(image: Image): boolean {
  if (GO_SECTIONS.some((name) => findSection(image.elf, name) !== undefined)) return true;
  // Section headers can be stripped from executables.
  return image.elf.sections.length === 0 && image.modules.length > 0;
}

function inImage(image: Image, address: number): boolean {
  const at = address - image.bias;
  return image.elf.segments.some((s) => s.type === PT_LOAD && at >= s.vaddr && at < s.vaddr + s.memsz);
}
