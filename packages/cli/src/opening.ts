import { existsSync } from 'node:fs';
import { DebugError, isDebugError, type Keeper } from '@inquest/engine';
import {
  findCoredump,
  KeptFiles,
  loadConfiguration,
  openCore,
  readyInputs,
  type Coredump,
  type LoadedConfiguration,
  type OpenedCore,
  type ReadyFiles,
} from '@inquest/node';
import type { FileRequest } from './file-arguments.ts';
import { terminalProgress } from './output/progress.ts';
import { threadScript } from './vendor-bundles.ts';
import { VERSION } from './version.ts';

/** Name of a core that is taken for meant where no core is given: `inquest core` may be the name of the file. */
const USUAL_CORE = 'core';

/** Settings by the arguments, the environment's variables and the files of this machine. */
export function configurationOf({ substitutePath, debugInfoDir, set, config }: FileRequest): LoadedConfiguration {
  const flags = { substitutePath, debugInfoDirectories: debugInfoDir, settings: set, files: config };
  return loadConfiguration(flags, process.env, process.cwd());
}

/** The files of a request, readable at random places, and what the user should know about how the core was found. */
export interface ReadyRequest {
  readonly files: ReadyFiles;
  readonly notes: readonly string[];
}

/** Finds the core of `--coredump`, decompresses archives and spools standard input. */
export async function readyFiles(request: FileRequest & { readonly quiet: boolean }): Promise<ReadyRequest> {
  const kept = coredump(request);
  const files = await readyInputs(
    { paths: request.files, core: kept?.path ?? request.core, executable: request.exe },
    { force: request.force, progress: terminalProgress(request.quiet) },
  );
  return { files, notes: kept?.notes ?? [] };
}

/** The core of `--coredump`, if that was asked for. */
function coredump(request: FileRequest): Coredump | undefined {
  if (request.coredump === undefined) return undefined;
  if (request.core === undefined) return findCoredump(request.coredump);
  throw new DebugError('--core and --coredump both name the core', { code: 'usage', hint: 'give one of them' });
}

/** By what is kept what is found out about executables. */
export function keeperOf({ cache }: Pick<FileRequest, 'cache'>): Keeper | undefined {
  return cache ? new KeptFiles({ version: VERSION }) : undefined;
}

/** Opens the core of a request; where none was given, a file `core` in this folder. */
export function openRequest(request: FileRequest, ready: ReadyRequest, loaded: LoadedConfiguration): OpenedCore {
  const { force, sysroot, libs, debuginfod, memory } = request;
  const { configuration } = loaded;
  const byFlag = {
    ...ready.files,
    configuration,
    force,
    places: { sysroot, libs },
    debuginfod,
    memoryLimit: memory,
    keeper: keeperOf(request),
    inflateScript: () => threadScript('inflate'),
  };
  const opened = openOrGuess(byFlag);
  return { ...opened, notes: [...loaded.problems, ...ready.notes, ...opened.notes] };
}

function openOrGuess(options: Parameters<typeof openCore>[0] & ReadyFiles): OpenedCore {
  const { paths, core } = options;
  try {
    return openCore(options);
  } catch (error) {
    const guess = isDebugError(error) && error.detail.code === 'usage' && core === undefined && paths.length <= 1;
    if (!guess || paths[0]?.name === USUAL_CORE || !existsSync(USUAL_CORE)) throw error;
    return openCore({ ...options, paths: [...paths, USUAL_CORE] });
  }
}
