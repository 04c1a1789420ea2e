import { DebugError, attempt, unsupported } from '../base/errors.ts';
import { NEWEST_MINOR, OLDEST_MINOR, parseGoVersion, type GoVersion } from '../base/go-version.ts';
import { MemorySource } from '../bytes/memory-source.ts';
import type { GrowingBytes } from '../bytes/growing-bytes.ts';
import type { Host } from '../bytes/host.ts';
import type { Keeper } from '../bytes/keeper.ts';
import type { Memory } from '../bytes/memory.ts';
import { Dwarf } from '../dwarf/dwarf.ts';
import type { KnownFunction } from '../dwarf/sections.ts';
import { PF_W, PF_X, PT_LOAD, SHT_NOBITS } from '../elf/constants.ts';
import { findDataSymbols, type DataSymbol } from '../elf/data-symbols.ts';
import { readDebugLink, whyNotItsDebugFile } from '../elf/debug-link.ts';
import { findSection, parseElf, rawSection, type ElfFile } from '../elf/elf-file.ts';
import { readBuildIds, type BuildIds } from '../elf/notes.ts';
import { findSymbols, functionSymbols, type ElfSymbol, type SymbolTable } from '../elf/symbols.ts';
import { readBuildInfo, type BuildInfo } from '../pclntab/build-info.ts';
import { packageOf } from '../pclntab/function-name.ts';
import { isWholeIndex, looksLikePclntab, readPclnHeader, type PclnHeader } from '../pclntab/header.ts';
import { emptyModule, readModules, scanForModuleData, type ModuleData } from '../pclntab/moduledata.ts';
import { Pclntab } from '../pclntab/pclntab.ts';
import { KeptParts } from './kept-parts.ts';
import { SectionContents } from './section-contents.ts';

/** One Go module of a program with its function table. */
export interface GoModule {
  readonly data: ModuleData;
  readonly pclntab: Pclntab;
}

/** A file and where it lies: runtime address = link-time address + bias. */
export interface PlacedFile {
  readonly path: string;
  readonly elf: ElfFile;
  readonly bias: number;
}

/** Sections that tell what variables there are, and where. */
const OF_VARIABLES = ['info', 'loclists', 'loc', 'rnglists', 'ranges'].map((name) => `.debug_${name}`);

function describesItself(elf: ElfFile): boolean {
  return findSection(elf, '.debug_info') !== undefined || findSection(elf, '.zdebug_info') !== undefined;
}

/**
 * One executable or shared library as it lies in a process: runtime address = link-time address + `bias`.
 * Everything is found on first use. Go tables are read through `memory`, where they are relocated.
 */
export class Image {
  readonly path: string;
  readonly elf: ElfFile;
  readonly bias: number;
  private readonly memory: Memory;
  private readonly host: Host;
  private readonly contents: SectionContents;
  private readonly symbolCache = new Map<string, ElfSymbol | undefined>();
  private dwarfState: { readonly dwarf: Dwarf | undefined } | undefined;
  private goState: { readonly modules: readonly GoModule[]; readonly why: string | undefined } | undefined;
  private buildState: { readonly info: BuildInfo | undefined } | undefined;
  private functionTable: SymbolTable | undefined;
  private readonly parts: KeptParts | undefined;
  private debugState: { readonly elf: ElfFile | undefined } | undefined;
  /** What could not be used of this file, a sentence each. */
  readonly diagnostics: string[] = [];

  constructor({ path, elf, bias }: PlacedFile, memory: Memory, host: Host) {
    this.path = path;
    this.elf = elf;
    this.bias = bias;
    this.memory = memory;
    this.host = host;
    this.parts = host.keeper && new KeptParts(host.keeper, elf);
    this.contents = new SectionContents(
      (name) => this.holderOf(name),
      host.decompress,
      (name, { message }) => {
        const text = `${path}: ${name}: ${message}`;
        if (!this.diagnostics.includes(text)) this.diagnostics.push(text);
      },
      (name) => this.parts?.section(name),
    );
  }

  /** The file that holds a section: what describes the program may be kept apart, its contents never are. */
  private holderOf(name: string): ElfFile {
    if (!/^\.(debug_|gdb_index|symtab|strtab)/.test(name) || findSection(this.elf, name) !== undefined) return this.elf;
    return this.debugFile ?? this.elf;
  }

  /**
   * The file with its debugging information, where that is kept apart (by build ID, or .gnu_debuglink with its
   * checksum); undefined if the file has its own, or none was found.
   */
  get debugFile(): ElfFile | undefined {
    this.debugState ??= { elf: describesItself(this.elf) ? undefined : this.findDebugFile() };
    return this.debugState.elf;
  }

  private findDebugFile(): ElfFile | undefined {
    const { elf, path } = this;
    const { finder } = this.host;
    const link = readDebugLink(elf);
    const buildId = this.buildIds.gnu;
    if (finder === undefined || (link === undefined && buildId === undefined)) return undefined;
    for (const source of finder.debugFile({ path, buildId, link: link?.name })) {
      try {
        const debug = parseElf(source);
        const why = whyNotItsDebugFile(elf, debug, link);
        if (why === undefined) return debug;
        this.diagnostics.push(`${source.name} is not the debug file of ${path}: ${why}`);
      } catch (error) {
        if (!(error instanceof DebugError)) throw error;
        this.diagnostics.push(`${path}: ${error.message}`);
      }
    }
    return undefined;
  }

  /** Decompressed contents of a section, kept. Undefined where absent or damaged (then told in `diagnostics`). */
  section(name: string): Uint8Array | undefined {
    return this.contents.whole(name);
  }

  /** Contents of a section, decompressed as far as they are asked for. What is damaged throws, and is told in `diagnostics`. */
  growing(name: string): GrowingBytes | undefined {
    return this.contents.growing(name);
  }

  /** Begins to inflate what tells of all variables, beside what else goes on. */
  variablesAhead(): void {
    this.contents.ahead(OF_VARIABLES);
  }

  /** Keeps from run to run what is found out of DWARF. */
  get kept(): Keeper | undefined {
    return attempt(() => this.parts?.dwarf((name) => this.holderOf(name)));
  }

  /** The function of Go at a link-time `pc`, as DWARF is probably going to call it. */
  functionAt(pc: number): KnownFunction | undefined {
    for (const { pclntab } of this.modules) {
      const found = attempt(() => pclntab.find(pc + this.bias));
      if (found === undefined) continue;
      const { name, entry } = found;
      // Which package an instance of a generic function was made in does not follow from its name.
      return name.includes('[') ? undefined : { name, start: entry - this.bias, unit: packageOf(name) };
    }
    return undefined;
  }

  /** Memory address of a section, undefined if it is not loaded. */
  sectionAddress(name: string): number | undefined {
    const section = findSection(this.elf, name);
    return section === undefined || section.addr === 0 ? undefined : section.addr + this.bias;
  }

  /** True if the file carries DWARF, without loading it. */
  get hasDwarf(): boolean {
    return describesItself(this.elf) || (this.debugFile !== undefined && describesItself(this.debugFile));
  }

  get dwarf(): Dwarf | undefined {
    if (this.dwarfState === undefined) {
      const isReadable = this.hasDwarf && this.growing('.debug_info') !== undefined;
      this.dwarfState = { dwarf: isReadable ? new Dwarf(this) : undefined };
    }
    return this.dwarfState.dwarf;
  }

  get buildIds(): BuildIds {
    return readBuildIds(this.elf);
  }

  /** Symbols by exact name with *memory* addresses; asked together they cost one pass over the table. */
  symbols(names: readonly string[]): ReadonlyMap<string, ElfSymbol> {
    const unknown = names.filter((name) => !this.symbolCache.has(name));
    if (unknown.length > 0) {
      const found = attempt(() => findSymbols(this.elf, unknown)) ?? new Map<string, ElfSymbol>();
      const missing = unknown.filter((name) => !found.has(name));
      if (missing.length > 0 && findSection(this.elf, '.symtab') === undefined && this.debugFile !== undefined) {
        const { debugFile } = this;
        for (const [name, symbol] of attempt(() => findSymbols(debugFile, missing)) ?? []) found.set(name, symbol);
      }
      for (const name of unknown) {
        const symbol = found.get(name);
        this.symbolCache.set(name, symbol && { ...symbol, address: symbol.address + this.bias });
      }
    }
    const result = new Map<string, ElfSymbol>();
    for (const name of names) {
      const symbol = this.symbolCache.get(name);
      if (symbol !== undefined) result.set(name, symbol);
    }
    return result;
  }

  symbol(name: string): ElfSymbol | undefined {
    return this.symbols([name]).get(name);
  }

  /** Name and distance of the function symbol that holds a memory address; for C code. */
  functionSymbolAt(address: number): { name: string; offset: number; size: number } | undefined {
    this.functionTable ??= functionSymbols(this.symbolFiles());
    return this.functionTable.nameAt(address - this.bias);
  }

  /** True if there are function symbols, dynamic ones at least. */
  get hasSymbols(): boolean {
    this.functionTable ??= functionSymbols(this.symbolFiles());
    return this.functionTable.addresses.length > 0;
  }

  /** The files with symbols of this one: itself, its debug file, and what .gnu_debugdata holds. */
  private symbolFiles(): ElfFile[] {
    const files = [this.elf];
    if (findSection(this.elf, '.symtab') !== undefined) return files;
    if (this.debugFile !== undefined) return [...files, this.debugFile];
    const mini = this.miniDebugFile();
    return mini === undefined ? files : [...files, mini];
  }

  /** .gnu_debugdata: an ELF file with the symbols that .dynsym lacks, compressed by xz (GDB's manual, "MiniDebugInfo"). */
  private miniDebugFile(): ElfFile | undefined {
    const section = findSection(this.elf, '.gnu_debugdata');
    if (section === undefined) return undefined;
    try {
      if (this.host.decompress.xz === undefined)
        throw unsupported('its symbols are compressed by xz, which cannot be read here');
      const name = `${this.path}: .gnu_debugdata`;
      return parseElf(new MemorySource(name, this.host.decompress.xz(rawSection(this.elf, section))));
    } catch (error) {
      if (!(error instanceof DebugError)) throw error;
      this.diagnostics.push(`${this.path}: .gnu_debugdata: ${error.message}`);
      return undefined;
    }
  }

  /** The data symbols that hold memory addresses; asked together they cost one pass over the table. */
  dataSymbols(addresses: readonly number[]): ReadonlyMap<number, DataSymbol> {
    const link = addresses.map((address) => address - this.bias);
    const found = new Map<number, DataSymbol>();
    for (const file of this.symbolFiles())
      for (const [address, symbol] of attempt(() => findDataSymbols(file, link)) ?? [])
        found.set(address + this.bias, symbol);
    return found;
  }

  get buildInfo(): BuildInfo | undefined {
    this.buildState ??= { info: this.findBuildInfo() };
    return this.buildState.info;
  }

  private findBuildInfo(): BuildInfo | undefined {
    const address = this.sectionAddress('.go.buildinfo');
    if (address !== undefined) return readBuildInfo(this.memory, address);
    // Without section headers: 16-aligned in the first writable segment (debug/buildinfo searches alike).
    for (const segment of this.elf.segments) {
      if (segment.type !== PT_LOAD || (segment.flags & PF_W) === 0) continue;
      for (let offset = 0; offset < Math.min(segment.filesz, 1 << 16); offset += 16) {
        const info = readBuildInfo(this.memory, segment.vaddr + this.bias + offset);
        if (info !== undefined) return info;
      }
    }
    return undefined;
  }

  /** The Go release: from build info, else from DWARF's producer, else guessed from the table's format. */
  get goVersion(): GoVersion | undefined {
    const fromInfo = this.buildInfo?.goVersion;
    if (fromInfo !== undefined) return fromInfo;
    const producer = this.dwarf?.units.find((unit) => unit.producer?.includes('Go cmd/compile'))?.producer;
    const fromDwarf = parseGoVersion(/go1\.\d+[^\s;]*/.exec(producer ?? '')?.[0] ?? '');
    if (fromDwarf !== undefined) return fromDwarf;
    const header = this.pclnHeader();
    return header === undefined ? undefined : guessVersion(this.elf, header);
  }

  /** The minor version by whose layouts Go data is read: the nearest known one. */
  get minor(): number {
    const minor = this.goVersion?.minor ?? NEWEST_MINOR;
    return Math.min(NEWEST_MINOR, Math.max(OLDEST_MINOR, minor));
  }

  private headerState: { readonly header: PclnHeader | undefined } | undefined;

  private pclnHeader(): PclnHeader | undefined {
    this.headerState ??= { header: this.findPclnHeader() };
    return this.headerState.header;
  }

  private findPclnHeader(): PclnHeader | undefined {
    for (const name of ['.gopclntab', '.data.rel.ro.gopclntab']) {
      const address = this.sectionAddress(name);
      if (address !== undefined && looksLikePclntab(this.memory, address))
        return attempt(() => readPclnHeader(this.memory, address));
    }
    const relro = findSection(this.elf, '.data.rel.ro');
    const places =
      this.elf.sections.length > 0
        ? [relro, findSection(this.elf, '.rodata')].filter((s) => s !== undefined && s.type !== SHT_NOBITS)
        : [];
    for (const section of places) {
      const found = section && this.scanForHeader(section.addr, section.size);
      if (found !== undefined) return found;
    }
    for (const segment of this.elf.segments) {
      if (segment.type !== PT_LOAD || (segment.flags & PF_X) !== 0) continue;
      const found = this.scanForHeader(segment.vaddr, segment.filesz);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Looks for `?? ff ff ff 00 00 (01|04) 08` at 8-aligned places. */
  private scanForHeader(vaddr: number, size: number): PclnHeader | undefined {
    const start = vaddr + this.bias;
    const STEP = 1 << 20;
    for (let at = start - (start % 8); at < start + size; at += STEP) {
      const bytes = this.memory.readSome(at, Math.min(STEP, start + size - at));
      for (let i = 0; i + 8 <= bytes.length; i += 8) {
        if (bytes[i + 1] !== 0xff || bytes[i + 2] !== 0xff || bytes[i + 3] !== 0xff || bytes[i + 7] !== 8) continue;
        const header = attempt(() => readPclnHeader(this.memory, at + i));
        if (header !== undefined && header.functab > header.address) return header;
      }
    }
    return undefined;
  }

  /** The Go modules that start in this image: one, or more with plugins. Empty when it is no Go program. */
  get modules(): readonly GoModule[] {
    this.goState ??= this.findModules();
    return this.goState.modules;
  }

  /** Why there are no Go modules, or only a makeshift one. */
  get goProblem(): string | undefined {
    this.goState ??= this.findModules();
    return this.goState.why;
  }

  private findModules(): { modules: readonly GoModule[]; why: string | undefined } {
    const header = this.pclnHeader();
    if (header === undefined)
      return { modules: [], why: `${this.path} has no Go function table: it is not a Go program` };
    if (!isWholeIndex(this.memory, header))
      return { modules: [], why: `the Go function table of ${this.path} is cut off or damaged` };
    const { minor, memory } = this;
    const first = this.findModuleData(header);
    const modules = first === undefined ? [] : readModules(memory, first, minor);
    if (modules.length > 0) {
      const open = (data: ModuleData): GoModule => ({
        data,
        pclntab: new Pclntab(memory, readPclnHeader(memory, data.pclntab), data.text, data.gofunc, minor),
      });
      return { modules: modules.map(open), why: undefined };
    }
    // Functions and lines still work without moduledata; inlining tables do not from Go 1.18 on.
    const text = header.textStart || this.sectionAddress('.text') || 0;
    const data = emptyModule(header.address, text);
    const pclntab = new Pclntab(memory, header, text, 0, minor);
    return { modules: [{ data, pclntab }], why: `${this.path}: runtime.firstmoduledata was not found` };
  }

  private findModuleData(header: PclnHeader): number | undefined {
    for (const name of ['.go.module', '.noptrdata', '.data']) {
      const section = findSection(this.elf, name);
      if (section === undefined) continue;
      const start = section.addr + this.bias;
      const found = scanForModuleData(this.memory, header, start, start + section.size);
      if (found !== undefined) return found;
    }
    for (const segment of this.elf.segments) {
      if (segment.type !== PT_LOAD || (segment.flags & PF_W) === 0) continue;
      const start = segment.vaddr + this.bias;
      const found = scanForModuleData(this.memory, header, start, start + segment.memsz);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** Sections and the table's format narrow the release down where nothing names it (go-runtime facts, section 10). */
function guessVersion(elf: ElfFile, header: PclnHeader): GoVersion {
  const has = (name: string): boolean => findSection(elf, name) !== undefined;
  const guess = (minor: number): GoVersion => ({ text: `go1.${minor} (guessed)`, minor, patch: 0, experiments: [] });
  switch (header.format) {
    case 'go1.2':
      return guess(15);
    case 'go1.16':
      return guess(17);
    case 'go1.18':
      return guess(has('.zdebug_info') ? 18 : 19);
    default:
      if (has('.go.module') || header.textStart === 0) return guess(has('.go.type') ? 27 : 26);
      return guess(has('.go.fipsinfo') ? 24 : 22);
  }
}
