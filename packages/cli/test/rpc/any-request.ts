// Requests of Delve's JSON-RPC with parameters of all kinds, many of them wrong.

import { EXPRESSIONS, LINES, ODD, pick, type Random } from '../random-values.ts';

type Kind = keyof typeof FITTING | 'scope' | 'load' | 'filters' | 'breakpoint';

/** Every method but Detach, which ends the server. */
const METHODS: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  AmendBreakpoint: { Breakpoint: 'breakpoint' },
  Ancestors: { GoroutineID: 'id', NumAncestors: 'count', Depth: 'count' },
  AttachedToExistingProcess: {},
  BuildID: {},
  CancelDownloads: {},
  CancelNext: {},
  Checkpoint: { Where: 'word' },
  ClearBreakpoint: { Id: 'id', Name: 'word' },
  ClearCheckpoint: { ID: 'id' },
  Command: { name: 'command', goroutineID: 'id', threadID: 'id', expr: 'expression', WithEvents: 'flag' },
  CreateBreakpoint: { Breakpoint: 'breakpoint', LocExpr: 'location' },
  CreateEBPFTracepoint: { FunctionName: 'location' },
  CreateWatchpoint: { Scope: 'scope', Expr: 'expression', Type: 'id' },
  DebugInfoDirectories: { Set: 'flag', List: 'texts' },
  Disassemble: { Scope: 'scope', StartPC: 'address', EndPC: 'address', Flavour: 'id' },
  DownloadLibraryDebugInfo: { N: 'id' },
  DumpCancel: {},
  DumpStart: { Destination: 'word' },
  DumpWait: { Wait: 'count' },
  Eval: { Scope: 'scope', Expr: 'expression', Cfg: 'load' },
  ExamineMemory: { Address: 'address', Length: 'count' },
  FindLocation: { Scope: 'scope', Loc: 'location', IncludeNonExecutableLines: 'flag', SubstitutePathRules: 'texts' },
  FollowExec: { Enable: 'flag', Regex: 'regex' },
  FollowExecEnabled: {},
  FunctionReturnLocations: { FnName: 'location' },
  GetBreakpoint: { Id: 'id', Name: 'word' },
  GetBufferedTracepoints: {},
  GetThread: { Id: 'id' },
  GetVersion: {},
  GuessSubstitutePath: { Args: 'object' },
  IsMulticlient: {},
  LastModified: {},
  ListBreakpoints: { All: 'flag' },
  ListCheckpoints: {},
  ListDynamicLibraries: {},
  ListFunctionArgs: { Scope: 'scope', Cfg: 'load' },
  ListFunctions: { Filter: 'regex', FollowCalls: 'count' },
  ListGoroutines: {
    Start: 'count',
    Count: 'count',
    Filters: 'filters',
    GroupBy: 'id',
    GroupByKey: 'word',
    MaxGroupMembers: 'count',
    MaxGroups: 'count',
    EvalScope: 'scope',
  },
  ListLocalVars: { Scope: 'scope', Cfg: 'load' },
  ListPackageVars: { Filter: 'regex', Cfg: 'load' },
  ListPackagesBuildInfo: { IncludeFiles: 'flag', Filter: 'regex' },
  ListRegisters: { ThreadID: 'id', IncludeFp: 'flag', Scope: 'scope' },
  ListSources: { Filter: 'regex' },
  ListTargets: {},
  ListThreads: {},
  ListTypes: { Filter: 'regex' },
  ProcessPid: {},
  Recorded: {},
  Restart: { Position: 'word' },
  Set: { Scope: 'scope', Symbol: 'expression', Value: 'expression' },
  SetApiVersion: { APIVersion: 'id' },
  Stacktrace: { Id: 'id', Depth: 'count', Skip: 'count', Full: 'flag', Defers: 'flag', Opts: 'id', Cfg: 'load' },
  State: { NonBlocking: 'flag' },
  StopRecording: {},
  ToggleBreakpoint: { Id: 'id', Name: 'word' },
  TypeInfo: { Name: 'expression' },
};

/** Ours. */
const PROMPT: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  Complete: { Line: 'line' },
  Run: { Line: 'line', Color: 'flag', Width: 'count', Interactive: 'flag', Place: 'word' },
};

const FITTING = {
  id: [-1, 0, 1, 2, 3, 4, 5, 6, 7, 99],
  count: [0, 1, 2, 5, 20, 64, 1000, -1, 1e9, 2 ** 53, 1e300],
  address: [0, 16, 0x401000, 0x47d6c1, 0x500000, 0x7fffffffffff, 2 ** 60, -1],
  flag: [true, false],
  expression: EXPRESSIONS,
  location: ['main.main', 'main.go:20', '*0x401000', '/./', '/(a+)+$/', '+1', '-1', 'x:y:z', '*main.inner', ''],
  regex: ['^main\\.', '.', '(', '(a+)+b', '^runtime\\.(allgs|sched|firstmoduledata)$', 'x{1000}{1000}'],
  command: ['switchGoroutine', 'switchThread', 'halt', 'continue', 'next', 'reverseNext', 'call', 'nonsense'],
  line: [...LINES, 'exit'],
  word: ['x', '', 'main', '-', '__proto__', '\u0000', '日本', '../../etc/passwd'],
  texts: [[], ['x'], [['/a', '/b']], [['/a']], [1], 'x'],
  object: [{}, { ClientGOROOT: '/go', ClientModuleDirectories: { main: '/src' } }, { ClientModuleDirectories: 3 }],
} as const;

export function anyRequest(random: Random): { readonly method: string; readonly parameters: object } {
  const ours = random(10) === 0;
  const table = ours ? PROMPT : METHODS;
  const name = pick(random, Object.keys(table));
  const parameters: Record<string, unknown> = {};
  for (const [field, kind] of Object.entries(table[name] ?? {}))
    if (random(20) > 0) parameters[field] = random(25) === 0 ? pick(random, ODD) : valueOf(random, kind);
  return { method: `${ours ? 'Inquest' : 'RPCServer'}.${name}`, parameters };
}

function valueOf(random: Random, kind: Kind): unknown {
  const some = (of: keyof typeof FITTING): unknown => pick<unknown>(random, FITTING[of]);
  switch (kind) {
    case 'scope':
      return { GoroutineID: random(3) === 0 ? some('id') : -1, Frame: random(20), DeferredCall: random(3) };
    case 'load':
      return {
        FollowPointers: some('flag'),
        MaxVariableRecurse: some('count'),
        MaxStringLen: some('count'),
        MaxArrayValues: some('count'),
        MaxStructFields: some('count'),
      };
    case 'filters':
      return [{ Kind: some('id'), Negated: some('flag'), Arg: some('expression') }];
    case 'breakpoint':
      return { id: some('id'), name: some('word'), functionName: some('location') };
    default:
      return some(kind);
  }
}
