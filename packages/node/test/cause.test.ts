import { readFileSync } from 'node:fs';
import {
  crashTextReport,
  operations,
  readCrashTexts,
  Session,
  type DeathKind,
  type ReportResult,
  type SourceProvider,
} from '@inquest/engine';
import { openCore } from '@inquest/node';
import { afterAll, describe, expect, it } from 'vitest';
import { listFixtures, openFixture } from '../../../fixtures/fixtures.mjs';

/** What each scenario of the programs crash and cgocrash dies of. */
const DEATHS: Readonly<Record<string, DeathKind>> = {
  nil: 'nil-dereference',
  error: 'panic',
  repanic: 'nil-dereference',
  nested: 'panic',
  index: 'index-out-of-range',
  slice: 'slice-out-of-range',
  divide: 'division-by-zero',
  nilmap: 'nil-map-write',
  assert: 'type-assertion',
  closed: 'closed-channel',
  overflow: 'stack-overflow',
  mutual: 'stack-overflow',
  mapwrite: 'concurrent-map',
  deadlock: 'deadlock',
  unlock: 'unlock-of-unlocked',
  badptr: 'bad-address',
  quit: 'quit',
  int: 'panic',
  float: 'panic',
  struct: 'panic',
  inlined: 'panic',
  goroutine: 'nil-dereference',
  preempt: 'panic',
  wrapped: 'panic',
  abort: 'abort',
  segv: 'signal',
  layered: 'panic',
  recovered: 'panic',
  goexit: 'panic',
  lastgoexit: 'deadlock',
  pointer: 'panic',
  nilvalue: 'panic-of-nil',
  stringer: 'panic',
  string: 'panic',
  bool: 'panic',
  nilfunc: 'nil-dereference',
  nilmethod: 'nil-dereference',
  niliface: 'nil-dereference',
  makeslice: 'bad-make-size',
  sendclosed: 'closed-channel',
  unhashable: 'uncomparable',
  negativewait: 'negative-wait-group',
  thrice: 'panic',
  memory: 'out-of-memory',
  field: 'nil-dereference',
  element: 'nil-dereference',
  deepfield: 'nil-dereference',
  global: 'nil-dereference',
  store: 'nil-dereference',
  mapargument: 'nil-map-write',
  errargument: 'nil-dereference',
  alias: 'nil-dereference',
  table: 'index-out-of-range',
  // The program says what the runtime says.
  words: 'panic',
  // cgocrash
  'c:': 'abort',
  'c:panic': 'panic',
  'c:nil': 'nil-dereference',
  'c:fault': 'fault-in-c',
  'c:place': 'abort',
  'c:callback': 'panic',
  'c:fatal': 'unlock-of-unlocked',
  'c:thread': 'panic',
  'c:parked': 'panic',
  'c:illegal': 'fault-in-c',
  'c:quotient': 'fault-in-c',
  'c:bus': 'fault-in-c',
};

/** What must be found out besides, in executables with DWARF: no source is at hand in these tests, but for what says so. */
const FINDINGS: Readonly<Record<string, RegExp>> = {
  nil: /^acct is nil/,
  repanic: /^acct is nil/,
  goroutine: /^acct is nil/,
  nilmethod: /^f is nil/,
  field: /^b\.leaf is nil/,
  element: /^b\.rows\[\S+\] is nil/,
  deepfield: /^b\.inner\.book is nil/,
  global: /^root is nil/,
  store: /^b\.leaf is nil/,
  mapargument: /^limits is a nil map/,
  errargument: /^err is a nil interface/,
  memory: /cannot allocate 4294967296-byte block/,
  nilfunc: /^h\.done is a nil function/,
  closed: /^the channel is c$/,
  sendclosed: /^the channel is c$/,
  mapwrite: /^the map is m$/,
  quit: /^the process sent it to itself$/,
  segv: /^the process sent it to itself$/,
  badptr: /^nothing is mapped at that address$/,
  'c:nil': /^missing is nil/,
  'c:fault': /^nothing is mapped at that address$/,
  'c:bus': /^there is no memory behind the mapping/,
  'c:quotient': /^an integer was divided by zero$/,
};

/** The functions that filled the stack. */
const RECURSIONS: Readonly<Record<string, readonly string[]>> = {
  overflow: ['main.overflow'],
  mutual: ['main.even', 'main.odd'],
};

/** With the source, which tells which expression it was. */
const FINDINGS_BY_SOURCE: Readonly<Record<string, RegExp>> = {
  nil: /^acct is nil in acct\.limits\[key\]$/,
  nilfunc: /^h\.done is a nil function, called in h\.done\(v\)$/,
  index: /^in values\[i\]/,
  slice: /^in values\[low:high\]/,
  divide: /^b is 0$/,
  nilmap: /^book\.accounts\[0\]\.limits is a nil map in book\.accounts\[0\]\.limits\["x"\]$/,
  assert: /^in v\.\(string\)/,
  unlock: /^the mutex is mu/,
  table: /^in rows\[row\]\[column\]/,
};

const NO_SOURCES: SourceProvider = { read: () => undefined };

/** The fixtures' sources, where they are in this repository. */
function fixtureSources(): SourceProvider {
  const folder = new URL('../../../fixtures/programs/', import.meta.url);
  return {
    isAsBuilt: () => true,
    read(file) {
      const [, name] = /\/src\/((?:cgocrash|crash)\/[\w.]+)$/.exec(file) ?? [];
      return name === undefined ? undefined : readFileSync(new URL(name, folder), 'utf8').split('\n');
    },
  };
}

function reportOf(id: string, sources: SourceProvider): ReportResult {
  const { exe, core, libs } = openFixture(id);
  const { session: opened, corePath } = openCore({ paths: [exe, core], places: { libs, debugDirectories: () => [] } });
  const session = new Session(opened.program, { corePath, sources });
  return operations.find(({ name }) => name === 'report')?.run(session, {}) as ReportResult;
}

/** What the program printed before it died, read as a report. */
function printedReport(id: string): ReportResult {
  const text = readCrashTexts(readFileSync(openFixture(id).stderr, 'utf8'));
  if (text === undefined) throw new Error('nothing was printed');
  return crashTextReport(text, 'stderr', NO_SOURCES);
}

function place(report: ReportResult): string {
  const frame = report.stack?.frames[report.userFrame ?? -1];
  return frame === undefined ? '' : `${frame.function}:${frame.line}`;
}

const fixtures = listFixtures().filter(({ program }) => program === 'crash' || program === 'cgocrash');
const table = new Map<string, string[]>();

describe.skipIf(fixtures.length === 0)('the cause of death', () => {
  it.each(fixtures)('$id', ({ id, program, go, flags, scenario }) => {
    const key = program === 'cgocrash' ? `c:${scenario ?? ''}` : (scenario ?? '');
    const report = reportOf(id, NO_SOURCES);
    const { cause } = report;
    const printed = printedReport(id);
    expect(cause.death).toBe(DEATHS[key]);
    expect(cause.confidence).toBe('proven');
    expect(cause.evidence.length).toBeGreaterThan(0);
    // Numbers are printed in the runtime's notation, and structs not at all.
    if (!['int', 'float', 'struct', 'pointer'].includes(key)) expect(cause.headline).toBe(printed.cause.headline);
    if (printed.cause.signal !== undefined) {
      const { name, address, pc } = printed.cause.signal;
      expect(cause.signal?.name).toBe(name);
      if (address !== undefined && cause.signal?.address !== undefined) expect(cause.signal.address).toBe(address);
      if (pc !== undefined) expect(cause.signal?.pc).toBe(pc);
    }
    // The runtime prints no frames of C, and no goroutine of a deadlock as the one that died.
    if (cause.death !== 'deadlock' && !['abort', 'fault-in-c'].includes(cause.death))
      expect(place(report)).toBe(place(printed));
    const told = cause.findings.map(({ text }) => text);
    const wanted = FINDINGS[key];
    if (wanted !== undefined && flags !== 'stripped') expect(told).toContainEqual(expect.stringMatching(wanted));
    const cycle = RECURSIONS[key];
    if (cycle !== undefined) {
      const { recursion } = report;
      expect([...(recursion?.functions ?? [])].sort()).toEqual(cycle);
      // Each call counts up by one from 0 or 1: the innermost has its own number.
      expect(recursion?.callers[0]?.function).toMatch(/^main\.(main|more)$/);
      const depth = report.arguments.find(({ name }) => name === 'n')?.value?.value;
      if (depth === undefined) expect(recursion?.frames).toBeGreaterThan(1000);
      else expect(recursion?.frames).toBe(Number(depth) + (key === 'overflow' ? 1 : 0));
    }
    const row = table.get(key) ?? [];
    table.set(key, [...row, `${go}/${flags}`]);
  });

  const withSource = fixtures.filter(
    ({ scenario, flags, program }) =>
      program === 'crash' && flags !== 'stripped' && FINDINGS_BY_SOURCE[scenario ?? ''] !== undefined,
  );
  it.each(withSource)('$id, with its source', ({ id, scenario }) => {
    const { findings } = reportOf(id, fixtureSources()).cause;
    expect(findings.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(FINDINGS_BY_SOURCE[scenario ?? ''] as RegExp),
    );
  });

  afterAll(() => {
    const rows = [...table].map(
      ([key, cells]) => `${key.padEnd(14)} ${(DEATHS[key] ?? '').padEnd(20)} ${cells.join(' ')}`,
    );
    console.log(`scenario       kind of death        agrees with what the program printed\n${rows.join('\n')}`);
  });
});
