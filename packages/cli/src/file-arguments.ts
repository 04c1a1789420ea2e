import { InvalidArgumentError, type Command } from 'commander';

/** Which files are to be opened, and where what belongs to them is looked for. */
export interface FileRequest {
  readonly files: readonly string[];
  readonly core: string | undefined;
  readonly exe: string | undefined;
  /** A core that systemd-coredump kept. */
  readonly coredump: string | undefined;
  /** Fetch by build ID what is not on this machine. */
  readonly debuginfod: boolean;
  readonly force: boolean;
  /** Where libraries are looked for. */
  readonly sysroot: string | undefined;
  readonly libs: readonly string[];
  readonly substitutePath: readonly string[];
  readonly debugInfoDir: readonly string[];
  readonly set: readonly string[];
  readonly config: boolean;
  /** Use and keep what was found out about executables. */
  readonly cache: boolean;
  /** Bytes of each file that are kept in memory at most; undefined for as many as usual. */
  readonly memory: number | undefined;
}

/** The flags as they were given. */
export type FileFlags = Partial<Omit<FileRequest, 'files'>>;

/** Adds the flags of all sub-commands that open a core. */
export function addFileOptions(command: Command): Command {
  const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
  return command
    .option('-c, --core <file>', 'the core')
    .option('--exe <file>', 'the executable')
    .option('--coredump <match>', 'a core that systemd-coredump kept: a PID, an executable, or last')
    .option('--debuginfod', 'fetch what is not on this machine from DEBUGINFOD_URLS, by build ID')
    .option('--force', 'go on with files that do not match, or are damaged archives')
    .option('--sysroot <dir>', 'a copy of the root of the machine that crashed: its libraries are looked for there')
    .option('--libs <dir>', 'a folder with libraries; may be repeated', collect)
    .option('--substitute-path <from=to>', 'sources compiled in FROM are in TO; may be repeated', collect)
    .option('--debug-info-dir <dir>', 'look there too for debug information; may be repeated', collect)
    .option('--set <key=value>', 'a setting, as config at the prompt sets it; may be repeated', collect)
    .option('--no-config', 'leave the configuration files and variables alone')
    .option('--no-cache', 'neither use nor keep what was found out about an executable before')
    .option('--memory <size>', 'keep at most so much of each file in memory, as 16M or 1G (64M)', parseSize);
}

/** The least that is kept, in bytes: fewer would be read again and again. */
const LEAST_MEMORY = 1 << 20;

/** Bytes, from a number with a unit of 1024. */
function parseSize(text: string): number {
  const [, digits, unit = ''] = /^(\d+)([KMG]?)(?:i?B)?$/i.exec(text) ?? [];
  const size = Number(digits) * 1024 ** ' KMG'.indexOf(unit.toUpperCase() || ' ');
  if (Number.isSafeInteger(size) && size >= LEAST_MEMORY) return size;
  throw new InvalidArgumentError('it is not a size from 1M on, as 64M or 1G.');
}

/** What the flags ask for. */
export function fileRequest(files: readonly string[], flags: FileFlags): FileRequest {
  return {
    files,
    core: flags.core,
    exe: flags.exe,
    coredump: flags.coredump,
    debuginfod: flags.debuginfod === true,
    force: flags.force === true,
    sysroot: flags.sysroot,
    libs: flags.libs ?? [],
    substitutePath: flags.substitutePath ?? [],
    debugInfoDir: flags.debugInfoDir ?? [],
    set: flags.set ?? [],
    config: flags.config !== false,
    cache: flags.cache !== false,
    memory: flags.memory,
  };
}
