import type {
  FrameResult,
  GoroutineGroup,
  HealthResult,
  LocationResult,
  ReportResult,
  ValueTree,
  VariableResult,
} from '@inquest/engine';

/** Hand-made results, for the tests of renderers. */

export function tree(value: string, type = 'int'): ValueTree {
  return {
    type,
    kind: type as ValueTree['kind'],
    address: undefined,
    value,
    length: undefined,
    capacity: undefined,
    children: [],
    base: undefined,
    nil: false,
    truncated: false,
    onlyAddress: false,
    unreadable: undefined,
    note: undefined,
  };
}

export function variable(name: string, value: string | undefined, more: Partial<VariableResult> = {}): VariableResult {
  return {
    name,
    type: 'int',
    class: 'local',
    value: value === undefined ? undefined : tree(value),
    absent: value === undefined ? 'optimised away at this point' : undefined,
    stale: undefined,
    from: undefined,
    shadowed: false,
    line: undefined,
    ...more,
  };
}

export function frame(
  index: number,
  name: string,
  file: string,
  line: number,
  more: Partial<FrameResult> = {},
): FrameResult {
  return {
    index,
    pc: '0x47d6c1',
    function: name,
    file,
    line,
    inlined: false,
    offset: 0,
    module: undefined,
    stack: 'goroutine',
    interrupted: false,
    cfa: undefined,
    plumbing: name.startsWith('runtime.'),
    arguments: undefined,
    locals: undefined,
    ...more,
  };
}

export function place(name: string, file: string, line: number): LocationResult {
  return { pc: '0x484905', function: name, file, line };
}

export function group(count: number, status: string, system: boolean, location: LocationResult): GoroutineGroup {
  const ids = Array.from({ length: Math.min(count, 5) }, (_, i) => i + 2);
  return { key: status, count, ids, status, system, location, createdBy: undefined };
}

export const REPORT: ReportResult = {
  program: {
    executable: '/work/exe',
    core: '/work/core',
    goVersion: 'go1.26.10',
    arch: 'amd64',
    pid: 5457,
    command: 'exe',
    mainPackage: 'main',
    build: [],
    proof: 'proven',
  },
  cause: {
    kind: 'panic',
    death: 'panic',
    confidence: 'proven',
    findings: [],
    headline: 'panic: :(',
    panics: [],
    signal: undefined,
    evidence: [],
    goroutine: 1,
    thread: 5457,
  },
  stack: {
    goroutine: 1,
    thread: 5457,
    frames: [
      frame(0, 'runtime.raise', '/go/src/runtime/sys_linux_amd64.s', 154),
      frame(1, 'runtime.gopanic', '/go/src/runtime/panic.go', 879),
      frame(2, 'main.explode', '/work/app/main.go', 11),
      frame(3, 'main.main', '/work/app/main.go', 20),
      frame(4, 'runtime.main', '/go/src/runtime/proc.go', 290),
    ],
    truncated: false,
    problem: undefined,
    gap: undefined,
    selected: 0,
  },
  recursion: undefined,
  userFrame: 2,
  source: {
    file: '/work/app/main.go',
    line: 11,
    lines: [
      { number: 10, text: '\t\tif sum%42 == 0 {', current: false },
      { number: 11, text: '\t\t\tpanic(":(")', current: true },
      { number: 12, text: '\t\t}', current: false },
    ],
    problem: undefined,
  },
  arguments: [],
  locals: [variable('sum', '7163186', { stale: 'last written at line 9' }), variable('n', undefined)],
  variablesProblem: undefined,
  others: [group(3, 'force gc (idle)', true, place('runtime.gopark', '/go/src/runtime/proc.go', 463))],
  goroutineCount: 4,
  health: [],
  input: undefined,
};

export const HEALTH: HealthResult = {
  core: { path: '/work/core', size: 3 * 2 ** 20, wholeSize: 4 * 2 ** 30 },
  memory: {
    total: 5 * 2 ** 30,
    inCore: 2 ** 20,
    inFiles: 2 ** 19,
    missing: 5 * 2 ** 30 - 3 * 2 ** 19,
    presentPercent: 0.1,
  },
  executable: { path: '/work/exe', proof: 'unproven', how: 'nothing can be compared' },
  missing: [{ kind: 'cut off', what: 'the disk was full', bytes: 2 ** 31, fixes: ['more room', 'a larger disk'] }],
  doubts: ['the disk was full', 'the notes are damaged'],
};
