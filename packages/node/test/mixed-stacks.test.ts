import {
  formatValue,
  operations,
  type GoroutinesResult,
  type LibraryResult,
  type ReportResult,
  type Session,
  type StackResult,
  type VariableResult,
  type VariablesResult,
} from '@inquest/engine';
import { openCore } from '@inquest/node';
import { describe, expect, it } from 'vitest';
import { listFixtures, openFixture } from '../../../fixtures/fixtures.mjs';

function run<T>(session: Session, name: string, parameters: Record<string, number | string> = {}): T {
  const operation = operations.find((each) => each.name === name);
  if (operation === undefined) throw new Error(`no operation ${name}`);
  return operation.run(session, parameters) as T;
}

/** With the C library that the program had, which has no debugging information, whatever this machine has. */
function open(id: string): Session {
  const { exe, core, libs } = openFixture(id);
  return openCore({ paths: [exe, core], places: { libs, debugDirectories: () => [] } }).session;
}

function textsOf(variables: readonly VariableResult[]): Record<string, string | undefined> {
  return Object.fromEntries(
    variables.map(({ name, value, absent, stale }) => {
      expect(stale).toBeUndefined();
      return [name, value === undefined ? absent : formatValue(value)];
    }),
  );
}

/** The arguments and locals of the innermost call of a C function. */
function variablesOf(session: Session, name: string): Record<string, string | undefined> {
  const frame = run<StackResult>(session, 'stack').frames.find((each) => each.function === name);
  session.selectFrame(frame?.index ?? -1);
  const list = ['args', 'locals'].flatMap((each) => run<VariablesResult>(session, each).variables);
  return textsOf(list);
}

/** Names of a stack, with lines of C code; those of the runtime's Go code are left out. */
function chain(stack: StackResult): string[] {
  return stack.frames
    .filter(({ function: name }) => !name.startsWith('runtime.') || /asmcgocall|cgocallback$/.test(name))
    .map(({ function: name, file, line }) => {
      const plain = name.replace(/(_cgo(?:exp)?(?:wrap)?)_[0-9a-f]+_/, '$1_').replace(/\+0x[0-9a-f]+$/, '+');
      return file.endsWith('.c') ? `${plain}:${line}` : plain;
    });
}

const all = listFixtures().filter(({ program }) => program === 'cgocrash');
const of = (scenario: string | undefined): string[][] =>
  all.filter((each) => each.scenario === scenario).map(({ id }) => [id]);

/** Before Go 1.16 the exported function ran on the system stack first. */
const isOld = (id: string): boolean => id.includes('go1.15');
const exported = (name: string, id: string): string[] =>
  isOld(id)
    ? [`main.${name}`, `main._cgoexpwrap_${name}`, 'runtime.cgocallback', `_cgoexp_${name}`]
    : [`main.${name}`, `_cgoexp_${name}`, 'runtime.cgocallback'];

describe('stacks of Go and C', () => {
  it('has fixtures', () => {
    expect(all.filter(({ committed }) => committed)).toHaveLength(24);
  });

  it.each(of('place'))('%s: abort() three C functions below Go', (id) => {
    const session = open(id);
    const stack = run<StackResult>(session, 'stack');
    const names = chain(stack);
    expect(names.slice(names.indexOf('raise') - 1)).toEqual([
      'libc.so.6+',
      'raise',
      'abort',
      'weigh:16',
      'ship:23',
      'pack:29',
      'place:36',
      '_cgo_Cfunc_place',
      'runtime.asmcgocall',
      'main._Cfunc_place',
      'main.dieMixed',
      'main.main',
    ]);
    expect(stack).toMatchObject({ problem: undefined, gap: undefined, truncated: false });
    expect(stack.frames.filter(({ pc, function: name }) => pc === '0x0' || name === '?')).toEqual([]);
    const signals = stack.frames.filter(({ function: name }) => name === '<signal handler called>');
    expect(signals.length).toBeGreaterThan(0);
    expect(signals[0]?.module).toMatch(/libc\.so\.6$/);
  });

  it.each(of(undefined))('%s: C that Go called calls Go, which calls C', (id) => {
    const names = chain(run<StackResult>(open(id), 'stack'));
    expect(names.slice(names.indexOf('abort'))).toEqual([
      'abort',
      'work',
      'start',
      '_cgo_Cfunc_start',
      'runtime.asmcgocall',
      'main._Cfunc_start',
      'main.inner',
      ...exported('goCallback', id),
      'crosscall2',
      expect.stringMatching(/^goCallback:/),
      'work',
      'start',
      '_cgo_Cfunc_start',
      'runtime.asmcgocall',
      'main._Cfunc_start',
      'main.main',
    ]);
  });

  it.each(of('fatal'))('%s: Go that C called has a fatal error', (id) => {
    const stack = run<StackResult>(open(id), 'stack');
    const names = chain(stack);
    expect(names.slice(names.indexOf('main.mixed'))).toEqual([
      'main.mixed',
      ...exported('goMixed', id),
      'crosscall2',
      expect.stringMatching(/^goMixed:/),
      'call_back:42',
      '_cgo_Cfunc_call_back',
      'runtime.asmcgocall',
      'main._Cfunc_call_back',
      'main.dieMixed',
      'main.main',
    ]);
    expect(stack.gap).toBeUndefined();
  });

  // The runtime gives the stack of the C code back before it prints the panic, on that stack: nothing is left of it.
  it.each([...of('callback'), ...of('panic'), ...of('nil')])('%s: Go that C called panics', (id) => {
    const stack = run<StackResult>(open(id), 'stack');
    const names = chain(stack);
    const start = names.findIndex((name) => /^main\.(mixed|inner)$/.test(name));
    const [name, caller] = names[start] === 'main.mixed' ? ['goMixed', 'call_back'] : ['goCallback', 'start'];
    expect(names.slice(start + 1)).toEqual([
      ...exported(name, id).filter((each) => !isOld(id) || each.startsWith('main.')),
      `main._Cfunc_${caller}`,
      ...(name === 'goMixed' ? ['main.dieMixed'] : []),
      'main.main',
    ]);
    expect(stack.problem).toBeUndefined();
    expect(stack.gap).toMatch(/frames are missing: .*used their stack when the callback panicked/);
  });

  it.each(of('thread'))('%s: Go dies on a thread that C made', (id) => {
    const stack = run<StackResult>(open(id), 'stack');
    const names = chain(stack);
    expect(names.slice(names.indexOf('main.mixed'))).toEqual([
      'main.mixed',
      ...exported('goMixed', id),
      'crosscall2',
      expect.stringMatching(/^goMixed:/),
      'body:48',
      'libc.so.6+',
      'libc.so.6+',
    ]);
    expect(stack.problem).toBeUndefined();
  });

  it.each(of('parked'))('%s: a goroutine waits in Go that C called', (id) => {
    const session = open(id);
    const { goroutines } = run<GoroutinesResult>(session, 'goroutines');
    const waiting = goroutines.find(({ status }) => status === 'chan receive, locked to thread');
    session.selectGoroutine(waiting?.id ?? -1);
    expect(chain(run<StackResult>(session, 'stack'))).toEqual([
      'main.mixed',
      ...exported('goMixed', id),
      'crosscall2',
      expect.stringMatching(/^goMixed:/),
      'call_back:42',
      '_cgo_Cfunc_call_back',
      'runtime.asmcgocall',
      'main._Cfunc_call_back',
      'main.dieMixed.func1',
    ]);
  });

  it.each(of('place'))('%s: a thread that never ran Go', (id) => {
    const session = open(id);
    const chains = session.program.target.threads.map(({ tid }) => {
      session.selectThread(tid);
      return chain(run<StackResult>(session, 'stack'));
    });
    expect(chains).toContainEqual([
      expect.stringMatching(/^(pause|libc\.so\.6\+)$/),
      'sleeper:60',
      'libc.so.6+',
      'libc.so.6+',
    ]);
  });

  it.each(of('place'))('%s: arguments, locals and globals of C', (id) => {
    const session = open(id);
    const order =
      '{id: 12, name: "twelfth", price: 2.25, colour: BLUE (6), urgent: 0, level: 6, parts: [3]int [40,50,61]}';
    const passed = { what: `*struct order ${order}`, count: '53' };
    const notRecorded = 'it was passed in a register, and what the caller passed is not recorded';
    const notHere = 'its value is not recorded at this place of the optimised code';
    expect(variablesOf(session, 'weigh')).toEqual({ what: `*const struct order ${order}`, weight: notHere });
    expect(variablesOf(session, 'ship')).toEqual({ ...passed, boxes: '106' });
    expect(variablesOf(session, 'pack')).toEqual({ ...passed, shipped: notHere });
    expect(variablesOf(session, 'place')).toEqual({
      id: notRecorded,
      name: notRecorded,
      what: `struct order ${order}`,
      done: notHere,
    });
    const { variables } = run<VariablesResult>(session, 'vars', { regex: '^C.placed$' });
    expect(textsOf(variables)).toEqual({ 'C.placed': '147' });
    expect(variables[0]?.type).toBe('int');
  });

  it.each(of('place'))('%s: the report shows where the C code of the user failed', (id) => {
    const report = run<ReportResult>(open(id), 'report');
    expect(report.cause.headline).toBe('SIGABRT: abort');
    const user = report.stack?.frames[report.userFrame ?? -1];
    expect(user).toMatchObject({ function: 'weigh', line: 16, plumbing: false });
    const shown = report.stack?.frames.filter(({ plumbing }) => !plumbing).map(({ function: name }) => name);
    expect(shown).toEqual(['weigh', 'ship', 'pack', 'place', 'main.dieMixed', 'main.main']);
  });

  it.each(of('place'))('%s: libraries', (id) => {
    const libraries = run<readonly LibraryResult[]>(open(id), 'libraries');
    const libc = libraries.find(({ path }) => path.endsWith('libc.so.6'));
    expect(libc).toMatchObject({ kind: 'library', opened: true, has: ['symbols'], problem: undefined, rejected: [] });
    expect(libc?.buildId).toMatch(/^[0-9a-f]{40}$/);
    expect(libraries[0]).toMatchObject({ kind: 'executable', opened: true, has: ['Go', 'DWARF', 'symbols'] });
  });

  it.each(of('place'))(
    '%s: without the C library the stack goes on at the Go caller, and says what is missing',
    (id) => {
      const { exe, core } = openFixture(id);
      const nowhere = { sysroot: '/nonexistent', libs: [], debugDirectories: () => [], onlyGiven: true };
      const session = openCore({ paths: [exe, core], places: nowhere }).session;
      const stack = run<StackResult>(session, 'stack');
      const names = chain(stack);
      expect(names.slice(-3)).toEqual(['main._Cfunc_place', 'main.dieMixed', 'main.main']);
      expect(names).not.toContain('ship:23');
      expect(stack.gap).toMatch(/frames are missing.*libc\.so\.6/);
      const libc = run<readonly LibraryResult[]>(session, 'libraries').find(({ path }) => path.endsWith('libc.so.6'));
      expect(libc).toMatchObject({ opened: false, problem: 'not on this machine' });
      expect(libc?.hint).toMatch(/--libs DIR/);
      expect(libc?.buildId).toMatch(/^[0-9a-f]{40}$/);
    },
  );
});
