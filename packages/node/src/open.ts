import { statSync } from 'node:fs';
import { basename } from 'node:path';
import {
  Configuration,
  CoreTarget,
  DebugError,
  isDebugError,
  lendByteSearch,
  lendLatin1,
  PagedSource,
  parseElf,
  Program,
  Session,
  type SessionOptions,
  type ByteSource,
  type CoreOptions,
  type ElfFile,
  type Host,
  type Keeper,
} from '@inquest/engine';
import { debuginfodFetch, type DebuginfodFetch } from './debuginfod.ts';
import { decompressors, decompressorsWith } from './decompress.ts';
import { DiskFinder, type FilePlaces } from './file-finder.ts';
import { findExecutable } from './find-executable.ts';
import { DiskFile } from './host-file.ts';
import type { InputFile } from './inputs.ts';
import { DiskSources } from './sources/disk-sources.ts';
import { compileGoRegex } from './go-regex.ts';
import { decodeX86 } from './x86-decoder.ts';

/** ELF e_type of a core. */
const ET_CORE = 4;
/** The unit of st_blocks, in bytes. */
const STAT_BLOCK = 512;

export interface OpenOptions {
  /** Files of which it is not said what they are, in any order. Not compressed: `readyInputs` sees to that. */
  readonly paths: readonly (string | InputFile)[];
  readonly core?: string | InputFile;
  readonly executable?: string | InputFile;
  /** Go on with an executable that does not match. */
  readonly force?: boolean;
  /** By default one with nothing set. */
  readonly configuration?: Configuration;
  /** Where libraries and debugging information are looked for. */
  readonly places?: FilePlaces;
  /** Fetch by build ID what is not on this machine. By default nothing is fetched from a network. */
  readonly debuginfod?: boolean;
  /** Keeps what is costly to find out from one run to the next. By default nothing is kept. */
  readonly keeper?: Keeper | undefined;
  /** Bytes of each file that are kept in memory at most. */
  readonly memoryLimit?: number | undefined;
  /** The script of a thread that inflates (`runInflating`). By default no other thread does. */
  readonly inflateScript?: () => string | undefined;
}

export interface OpenedCore {
  readonly session: Session;
  readonly corePath: string;
  readonly executablePath: string | undefined;
  /** What the user should know about how things were found, a sentence each. */
  readonly notes: readonly string[];
  /** A further session over the same core, with a selection and settings of its own. */
  another(options?: SessionExtra): Session;
}

/** What one session over a core may have of its own. */
export type SessionExtra = Partial<Pick<SessionOptions, 'addressable' | 'sources'>>;

type OpenSource = (path: string, name?: string) => ByteSource;

/** Opens a file for random access; `name` is what it is called in messages. */
export function openSource(path: string, name: string = path, memoryLimit?: number): ByteSource {
  return new PagedSource(DiskFile.open(path, name), memoryLimit === undefined ? {} : { memoryLimit });
}

/**
 * Opens a core and its executable. Which is which is told by the files themselves; without an executable the path in the
 * core is tried, then the folder of the core. Throws a `DebugError` that says what is wrong and what to do.
 */
export function openCore(options: OpenOptions): OpenedCore {
  lendByteSearch((bytes, wanted, start) => bufferOver(bytes).indexOf(wanted, start));
  lendLatin1((bytes) => bufferOver(bytes).toString('latin1'));
  const open: OpenSource = (path, name) => openSource(path, name, options.memoryLimit);
  const { core, executable, problems, isCopy } = sortInputs(options, open);
  const notes: string[] = [];
  const corePath = core.source.name;
  const configuration = options.configuration ?? new Configuration();
  const debugDirectories = (): readonly string[] => configuration.settings.debugInfoDirectories;
  const fetch = options.debuginfod === true ? debuginfodFetch(notes) : undefined;
  const places = { debugDirectories, fetch, ...options.places };
  const exe = executable ?? findExecutable(core, new DiskFinder({ ...places, besides: [corePath] }, open), open, notes);
  const besides = exe === undefined ? [corePath] : [exe.source.name, corePath];
  const finder = new DiskFinder({ ...places, besides }, open);
  const allocatedBytes = isCopy ? undefined : allocatedOf(core.source.name);
  const { keeper, inflateScript } = options;
  const decompress = inflateScript === undefined ? decompressors : decompressorsWith(inflateScript);
  const coreOptions = { force: options.force === true, finder, allocatedBytes, keeper, decompress };
  const program = openProgram(core, exe, coreOptions, problems);
  const openSession = (own: Configuration, extra?: SessionExtra): Session => {
    const sources = new DiskSources({
      besides,
      executable: exe?.source.name,
      goVersion: () => program.main?.buildInfo?.versionText,
      rules: () => own.settings.substitutePath,
      env: process.env,
      ...(fetch === undefined ? {} : { fetch: (path) => fetchSource(fetch, program, path) }),
    });
    return new Session(program, {
      corePath,
      sources,
      configuration: own,
      decodeX86,
      compileRegex: compileGoRegex,
      ...extra,
    });
  };
  const session = openSession(configuration);
  const another: OpenedCore['another'] = (extra) => openSession(configuration.another(), extra);
  return { session, corePath, executablePath: program.target.executable?.path, notes, another };
}

function bufferOver({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** A source of the program from a server; Go's linker gives executables a GNU build ID since Go 1.24. */
function fetchSource(fetch: DebuginfodFetch, program: Program, path: string): string | undefined {
  const id = program.main?.buildIds?.gnu;
  return id === undefined || !path.startsWith('/') ? undefined : fetch('source', id, path);
}

/** The process with its executable; without it, if that is a part of a file in which no function can be found. */
function openProgram(
  core: ElfFile,
  executable: ElfFile | undefined,
  options: CoreOptions & Host,
  problems: readonly string[],
): Program {
  const target = new CoreTarget(core, executable, options);
  target.diagnostics.push(...problems);
  if (executable !== undefined) noteDoubt(target, executable);
  try {
    const program = new Program(target, options);
    program.requireGo();
    return program;
  } catch (error) {
    const { executableProblem } = target;
    if (!isDebugError(error) || executableProblem === undefined) throw error;
    const problem = `${executableProblem}; it is not used, since ${error.message}`;
    return openProgram(core, undefined, options, [...problems, problem]);
  }
}

/** What a file takes on disk, in bytes. */
function allocatedOf(path: string): number | undefined {
  const blocks = statSync(path, { throwIfNoEntry: false })?.blocks;
  return blocks === undefined ? undefined : blocks * STAT_BLOCK;
}

interface Inputs {
  readonly core: ElfFile;
  readonly executable: ElfFile | undefined;
  /** What was wrong with the files before they were opened. */
  readonly problems: readonly string[];
  /** True if the core was decompressed or spooled: its file tells nothing of how it was dumped. */
  readonly isCopy: boolean;
}

function sortInputs(options: OpenOptions, openFile: OpenSource): Inputs {
  const problems: string[] = [];
  let isCopy = false;
  const open = (file: string | InputFile): ElfFile => {
    if (typeof file === 'string') return parseElf(openFile(file));
    if (file.problem !== undefined) problems.push(file.problem);
    const elf = parseElf(openFile(file.path, file.name));
    if (elf.type === ET_CORE) isCopy = file.path !== file.name;
    return elf;
  };
  let core = options.core === undefined ? undefined : open(options.core);
  let executable = options.executable === undefined ? undefined : open(options.executable);
  const usage = (message: string, hint: string): DebugError => new DebugError(message, { code: 'usage', hint });
  const hint = 'usage: inquest core EXECUTABLE CORE';
  for (const path of options.paths) {
    const elf = open(path);
    if (elf.type === ET_CORE) {
      if (core !== undefined) throw usage(`${core.source.name} and ${elf.source.name} are both core files`, hint);
      core = elf;
    } else {
      if (executable !== undefined)
        throw usage(`neither ${executable.source.name} nor ${elf.source.name} is a core file`, hint);
      executable = elf;
    }
  }
  if (core === undefined) {
    if (executable === undefined) throw usage('no core file was given', hint);
    throw usage(`${executable.source.name} is an executable, not a core file`, hint);
  }
  if (core.type !== ET_CORE) throw usage(`${core.source.name} is not a core file`, hint);
  if (executable?.type === ET_CORE) throw usage(`${executable.source.name} is a core file, not an executable`, hint);
  return { core, executable, problems, isCopy };
}

function noteDoubt(target: CoreTarget, exe: ElfFile): void {
  if (
    target.proof === 'unproven' &&
    target.executablePath !== undefined &&
    basename(exe.source.name) !== basename(target.executablePath)
  ) {
    target.diagnostics.push(
      `whether ${exe.source.name} is the program that crashed cannot be proven: the core names ${target.executablePath}`,
    );
  }
}
