import { DebugError, type PathRule, type SettingValue } from '@inquest/engine';
import type { ClientTraits } from './client.ts';
import type { OpenRequest } from './host.ts';

/** How goroutines, stacks and variables are shown; `dlv config` changes it. Names and defaults are Delve's. */
export interface ViewSettings {
  /** Frames for clients that do not say how many they want. */
  stackTraceDepth: number;
  /** Undefined: they are offered, and read when asked for. */
  showGlobalVariables: boolean | undefined;
  showRegisters: boolean | undefined;
  /** False leaves out what the runtime did after the failure, above the frame of it. */
  showRuntimeFrames: boolean;
  /** False lists the goroutines of the runtime with the others. */
  hideSystemGoroutines: boolean;
  showPprofLabels: readonly string[];
  /** Flags of `goroutines`: -with, -without, -chan. */
  goroutineFilters: string;
}

/** What launch or attach asks. */
export interface Launch {
  /** Undefined for `attach`. */
  readonly open: OpenRequest | undefined;
  readonly view: ViewSettings;
  /** Settings of the session, by their keys. */
  readonly settings: ReadonlyMap<string, SettingValue>;
  /** Look for where sources are that are not at their places. */
  readonly guessPaths: boolean;
  readonly token: string | undefined;
  /** What the user should know about the configuration, a sentence each. */
  readonly notes: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

/** Keys that decide nothing on a core: of the client itself, and of processes that run. */
const IDLE = new Set(
  `name type request preLaunchTask postDebugTask internalConsoleOptions debugServer presentation serverReadyAction
  suppressMultipleSessionWarning noDebug args cwd env envFile buildFlags output dlvCwd console outputMode stdinFrom stdoutTo stderrTo
  stopOnEntry backend trace showLog logOutput logDest dlvFlags dlvToolPath dlvLoadConfig debugAdapter port host apiVersion asRoot
  followExec followExecRegex packagePathToGoModPathMap waitFor restart timeout useApiV1 justMyCode remotePath
  windows linux osx adapter`.split(/\s+/),
);

/** Keys that are of use here. */
const USED = new Set(
  `mode program coreFilePath core substitutePath stackTraceDepth maxStringLen maxArrayValues showGlobalVariables showRegisters
  hideSystemGoroutines goroutineFilters showPprofLabels showRawStrings showRuntimeFrames
  guessSubstitutePath token force
  debuginfod sysroot libs debugInfoDirectories`.split(/\s+/),
);

const HINT = 'a core is opened with "request": "launch", "mode": "core", "program" and "coreFilePath"';

/** Understands the arguments of `launch` and `attach`. Throws `usage` and `unsupported` errors that say what to do. */
export function parseLaunch(request: 'launch' | 'attach', args: Json, client: ClientTraits): Launch {
  const core = text(args, 'coreFilePath') ?? text(args, 'core');
  const mode = text(args, 'mode');
  if (request === 'launch') requireCoreMode(mode, core);
  else if (mode !== undefined && mode !== 'remote') throw needsProcess(`attach to a process (mode ${mode})`);
  const unknown = Object.keys(args).filter((key) => !USED.has(key) && !IDLE.has(key) && !key.startsWith('__'));
  const settings = sessionSettings(args);
  const guess = args['guessSubstitutePath'];
  return {
    open: core === undefined || request === 'attach' ? undefined : openRequest(core, settings, args),
    view: viewSettings(args, client),
    settings,
    // vscode-go gives an object with what it knows of the workspace.
    guessPaths: guess === true || (typeof guess === 'object' && guess !== null),
    token: text(args, 'token'),
    notes: unknown.length === 0 ? [] : [`not known in the launch configuration, and ignored: ${unknown.join(', ')}`],
  };
}

function requireCoreMode(mode: string | undefined, core: string | undefined): void {
  if (mode !== undefined && mode !== 'core') throw needsProcess(`launch a program (mode ${mode})`);
  if (core === undefined) {
    throw new DebugError('the launch configuration names no core: coreFilePath is missing', {
      code: 'usage',
      hint: HINT,
    });
  }
}

function needsProcess(what: string): DebugError {
  return new DebugError(`inquest opens cores and does not ${what}`, { code: 'unsupported', hint: HINT });
}

function sessionSettings(args: Json): ReadonlyMap<string, SettingValue> {
  const settings = new Map<string, SettingValue>();
  const set = (key: string, value: SettingValue | undefined): void => {
    if (value !== undefined) settings.set(key, value);
  };
  set('max-string-len', count(args, 'maxStringLen'));
  set('max-array-values', count(args, 'maxArrayValues'));
  set('show-raw-strings', flag(args, 'showRawStrings'));
  set('substitute-path', pathRules(args));
  set('debug-info-directories', texts(args, 'debugInfoDirectories'));
  return settings;
}

function openRequest(core: string, settings: ReadonlyMap<string, SettingValue>, args: Json): OpenRequest {
  return {
    core,
    executable: text(args, 'program'),
    settings,
    defaults: new Map([['max-string-len', LONG_STRINGS]]),
    force: flag(args, 'force') === true,
    debuginfod: flag(args, 'debuginfod') === true,
    sysroot: text(args, 'sysroot'),
    libs: texts(args, 'libs') ?? [],
  };
}

/** Bytes shown of a string in an editor, as in Delve: longer than at a terminal. */
const LONG_STRINGS = 512;
/** Frames for clients that do not page, as in Delve. */
const STACK_DEPTH = 50;

function viewSettings(args: Json, client: ClientTraits): ViewSettings {
  const labels = args['showPprofLabels'];
  return {
    stackTraceDepth: count(args, 'stackTraceDepth') || STACK_DEPTH,
    showGlobalVariables: flag(args, 'showGlobalVariables'),
    showRegisters: flag(args, 'showRegisters'),
    showRuntimeFrames: flag(args, 'showRuntimeFrames') ?? client.isVsCode,
    hideSystemGoroutines: flag(args, 'hideSystemGoroutines') ?? true,
    showPprofLabels: typeof labels === 'string' ? [labels] : (texts(args, 'showPprofLabels') ?? []),
    goroutineFilters: text(args, 'goroutineFilters') ?? '',
  };
}

/** In the editor's words `from` is where the editor has a file, and `to` where it was when it was compiled. */
function pathRules(args: Json): readonly PathRule[] | undefined {
  const given = listIn(args, 'substitutePath');
  if (given === undefined) return undefined;
  if (!Array.isArray(given)) throw wrong('substitutePath', 'a list of {"from", "to"}');
  return given.map((rule: unknown) => {
    const { from, to } = (rule ?? {}) as Json;
    if (typeof from !== 'string' || typeof to !== 'string') throw wrong('substitutePath', 'a list of {"from", "to"}');
    return { from: to, to: from };
  });
}

function wrong(key: string, what: string): DebugError {
  return new DebugError(`${key} in the launch configuration must be ${what}`, { code: 'usage' });
}

function text(args: Json, key: string): string | undefined {
  const value = args[key];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw wrong(key, 'a text');
  return value;
}

function flag(args: Json, key: string): boolean | undefined {
  const value = args[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') throw wrong(key, 'true or false');
  return value;
}

function count(args: Json, key: string): number | undefined {
  const value = args[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw wrong(key, 'a number, not negative');
  return value;
}

/** What should be a list. An empty one of Lua comes as an empty object: Lua has but one kind of them. */
function listIn(args: Json, key: string): unknown {
  const value = args[key] ?? undefined;
  return typeof value === 'object' && Object.keys(value).length === 0 ? [] : value;
}

function texts(args: Json, key: string): readonly string[] | undefined {
  const value = listIn(args, key);
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) throw wrong(key, 'a list of texts');
  return value;
}
