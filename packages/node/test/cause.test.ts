import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operations, Session, type ReportResult, type SourceProvider } from '@inquest/engine';
import { openCore } from '@inquest/node';
import { afterAll, describe, expect, it } from 'vitest';
import { causeTable, judge, markedDeaths, printedDeath, type CauseRow } from '../../../fixtures/causes.mjs';
import { listFixtures, openFixture, PROGRAMS } from '../../../fixtures/fixtures.mjs';

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
  'cgocrash/nil': /^missing is nil/,
  'cgocrash/fault': /^nothing is mapped at that address$/,
  'cgocrash/bus': /^there is no memory behind the mapping/,
  'cgocrash/quotient': /^an integer was divided by zero$/,
  'kinds/abortoutside': /^process \d+ sent it$/,
  'kinds/deferrednil': /^t is nil/,
  'kinds/handler': /^the panic before: t is nil/,
  'kinds/noncanonical': /^the kernel tells no address/,
  'kinds/seccomptrap': /^a seccomp filter does not allow system call 140$/,
  'kinds/shortened': /^there is no memory behind the mapping of \S+ \(deleted\)/,
  'kinds/typednil': /^main\.\(\*quotaError\)\.Error panicked when the runtime asked it/,
  'kinds/wildpc': /^execution went to 0x123456789000: a function pointer did not point to code$/,
  'ckinds/deep': /^nothing is mapped at that address$/,
  'ckinds/doublefree': /^the C library said "free\(\): double free detected/,
  'ckinds/nullcall': /^execution went to 0x0: a function pointer was nil$/,
  'ckinds/raised': /^the process sent it to itself$/,
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
  return {
    isAsBuilt: () => true,
    read(file) {
      const [, name] = /\/src\/((?:cgocrash|crash)\/[\w.]+)$/.exec(file) ?? [];
      return name === undefined ? undefined : readFileSync(join(PROGRAMS, name), 'utf8').split('\n');
    },
  };
}

function reportOf(id: string, sources: SourceProvider): ReportResult {
  const { exe, core, libs } = openFixture(id);
  const { session: opened, corePath } = openCore({ paths: [exe, core], places: { libs, debugDirectories: () => [] } });
  const session = new Session(opened.program, { corePath, sources });
  return operations.find(({ name }) => name === 'report')?.run(session, {}) as ReportResult;
}

const deaths = new Map(
  ['crash', 'cgocrash', 'kinds', 'ckinds'].map((name) => [name, markedDeaths(join(PROGRAMS, name))]),
);
const results: CauseRow[] = [];
const fixtures = listFixtures().filter(({ program }) => deaths.has(program));

describe.skipIf(fixtures.length === 0)('the cause of death', () => {
  it.each(fixtures)('$id', ({ id, program, go, flags, scenario = 'abort' }) => {
    const key = program === 'crash' ? scenario : `${program}/${scenario}`;
    const marked = deaths.get(program)?.get(scenario);
    if (marked === undefined) throw new Error(`the source does not say what ${key} dies of`);
    const fixture = openFixture(id);
    const meta = JSON.parse(readFileSync(fixture.meta, 'utf8')) as { readonly signal?: string };
    const report = reportOf(id, NO_SOURCES);
    const { cause } = report;
    const judged = judge(report, marked, printedDeath(readFileSync(fixture.stderr, 'utf8'), meta.signal));
    results.push({ row: key, death: marked.death, go, flags, verdict: judged.verdict });
    expect(judged.notes).toEqual([]);
    expect(cause.evidence.length).toBeGreaterThan(0);
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
    console.log(causeTable(results));
  });
});
