import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  Configuration,
  CoreTarget,
  DebugError,
  PagedSource,
  parseElf,
  Program,
  Session,
  type ByteSource,
  type ElfFile,
} from '@inquest/engine';
import { decompressors } from './decompress.ts';
import { DiskFinder, type FilePlaces } from './file-finder.ts';
import { DiskFile } from './host-file.ts';
import type { InputFile } from './inputs.ts';
import { DiskSources } from './sources/disk-sources.ts';
import { decodeX86 } from './x86-decoder.ts';

/** ELF e_type of a core. */
const ET_CORE = 4;

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
}

export interface OpenedCore {
  readonly session: Session;
  readonly corePath: string;
  readonly executablePath: string | undefined;
  /** What the user should know about how things were found, a sentence each. */
  readonly notes: readonly string[];
}

/** Opens a file for random access; `name` is what it is called in messages. */
export function openSource(path: string, name: string = path): ByteSource {
  return new PagedSource(DiskFile.open(path, name));
}

/**
 * Opens a core and its executable. Which is which is told by the files themselves; without an executable the path in the
 * core is tried, then the folder of the core. Throws a `DebugError` that says what is wrong and what to do.
 */
export function openCore(options: OpenOptions): OpenedCore {
  const { core, executable, problems } = sortInputs(options);
  const notes: string[] = [];
  const exe = executable ?? findExecutable(core, notes);
  const corePath = core.source.name;
  const besides = exe === undefined ? [corePath] : [exe.source.name, corePath];
  const configuration = options.configuration ?? new Configuration();
  const debugDirectories = (): readonly string[] => configuration.settings.debugInfoDirectories;
  const finder = new DiskFinder({ debugDirectories, ...options.places, besides }, openSource);
  const target = new CoreTarget(core, exe, { force: options.force === true, finder });
  target.diagnostics.push(...problems);
  if (exe !== undefined) noteDoubt(target, exe);
  const program = new Program(target, decompressors, finder);
  program.requireGo();
  const sources = new DiskSources({
    besides,
    executable: exe?.source.name,
    goVersion: () => program.main?.buildInfo?.versionText,
    rules: () => configuration.settings.substitutePath,
    env: process.env,
  });
  const session = new Session(program, { corePath, sources, configuration, decodeX86 });
  return { session, corePath, executablePath: exe?.source.name, notes };
}

interface Inputs {
  readonly core: ElfFile;
  readonly executable: ElfFile | undefined;
  /** What was wrong with the files before they were opened. */
  readonly problems: readonly string[];
}

function sortInputs(options: OpenOptions): Inputs {
  const problems: string[] = [];
  const open = (file: string | InputFile): ElfFile => {
    if (typeof file === 'string') return parseElf(openSource(file));
    if (file.problem !== undefined) problems.push(file.problem);
    return parseElf(openSource(file.path, file.name));
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
  return { core, executable, problems };
}

/** The executable by the path that the core names, or beside the core; undefined when it is not there. */
function findExecutable(core: ElfFile, notes: string[]): ElfFile | undefined {
  const { executablePath } = new CoreTarget(core, undefined);
  if (executablePath === undefined) {
    notes.push('the core does not name its executable: only addresses can be shown; give the executable as well');
    return undefined;
  }
  const beside = join(dirname(core.source.name), basename(executablePath));
  for (const path of [executablePath, beside]) {
    if (!existsSync(path)) continue;
    const elf = parseElf(openSource(path));
    if (elf.type === ET_CORE) continue;
    notes.push(`the executable was found at ${path}`);
    return elf;
  }
  notes.push(`the executable ${executablePath} is not on this machine: only addresses can be shown; give it as well`);
  return undefined;
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
