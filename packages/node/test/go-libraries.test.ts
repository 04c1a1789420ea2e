import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DebugError,
  formatValue,
  operations,
  type LibraryResult,
  type Page,
  type PrintResult,
  type ReportResult,
  type Session,
  type StackResult,
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

function open(id: string): Session {
  const { exe, core, libs } = openFixture(id);
  const places = { libs, debugDirectories: () => [], onlyGiven: true };
  return openCore({ paths: [exe, core], places }).session;
}

function print(session: Session, expression: string): string {
  const { value, absent } = run<PrintResult>(session, 'print', { expression }).variable;
  return value === undefined ? `absent: ${absent}` : formatValue(value);
}

/** The unnamed package of a plugin is called by a hash of its files. */
const plain = (text: string): string => text.replace(/plugin\/unnamed-[0-9a-f]+/g, 'PLUGIN');

function names(stack: StackResult): string[] {
  return stack.frames
    .filter(({ function: name }) => !name.startsWith('runtime.'))
    .map(({ function: name, line }) => `${plain(name)}:${line}`);
}

const of = (program: string): string[][] =>
  listFixtures()
    .filter((each) => each.program === program)
    .map(({ id }) => [id]);

describe('plugins', () => {
  it.each(of('plugged'))('%s: frames, values, types and globals', (id) => {
    const session = open(id);
    const report = run<ReportResult>(session, 'report');
    expect(report.cause).toMatchObject({ kind: 'nil-dereference', goroutine: 1 });
    const user = report.stack?.frames[report.userFrame ?? -1];
    expect(plain(user?.function ?? '')).toBe('PLUGIN.(*Order).fail');
    expect(user).toMatchObject({ line: 21, module: undefined });
    expect(report.health).toEqual([]);
    const stack = run<StackResult>(session, 'stack');
    const own = names(stack).filter((name) => /^(PLUGIN|main)\./.test(name));
    expect(own).toEqual(['PLUGIN.(*Order).fail:21', 'PLUGIN.Run:29', 'main.main:27']);
    expect(stack).toMatchObject({ problem: undefined, gap: undefined });

    // Names of the plugin's package, and of types that only the plugin has.
    expect(plain(print(session, 'Latest'))).toBe('map[string]int ["a": 1, "n": 7, ]');
    const order = 'PLUGIN.Order {ID: 7, Parts: []string len: 2, cap: 2, ["seven","x"], next: *PLUGIN.Order nil}';
    expect(plain(print(session, 'Any'))).toBe(`interface {}(PLUGIN.Order) ${order.replace('PLUGIN.Order ', '')}`);
    expect(print(session, 'Limit')).toMatch(/5\)?$/);
    const { variables } = run<VariablesResult>(session, 'vars', { regex: '^plugin/.*\\.Latest$' });
    expect(variables).toHaveLength(1);
    expect(run<Page<string>>(session, 'types', { regex: '^plugin/unnamed-.*\\.Order$' }).total).toBe(1);
    expect(run<Page<string>>(session, 'funcs', { regex: '^plugin/unnamed-.*\\.Run$' }).total).toBe(1);
    // The program's own, from the plugin's frame.
    expect(print(session, 'main.kept')).toBe('interface {}(*main.shared) *{Name: "main\'s", Count: 3}');
    expect(print(session, 'runtime.gomaxprocs')).toBe('2');

    const libraries = run<readonly LibraryResult[]>(session, 'libraries');
    expect(libraries.find(({ path }) => path.endsWith('plug.so'))).toMatchObject({
      opened: true,
      has: ['Go', 'DWARF', 'symbols'],
      rejected: [],
    });
  });
});

describe('Go in a library of a C program', () => {
  it.each(of('shared'))('%s opens as any other', (id) => {
    const session = open(id);
    const report = run<ReportResult>(session, 'report');
    expect(report.cause).toMatchObject({ kind: 'panic', headline: 'panic: in the library' });
    expect(report.program.executable).toBe(openFixture(id).exe);
    expect(report.program.build).toContain('Go in libshared.so');
    const user = report.stack?.frames[report.userFrame ?? -1];
    expect(user).toMatchObject({ function: 'main.deeper', line: 23 });
    const chain = names(run<StackResult>(session, 'stack'));
    expect(chain.slice(0, 2)).toEqual(['main.deeper:23', 'main.Work:17']);
    expect(chain.slice(chain.indexOf('crosscall2:0'))).not.toEqual([]);
    const inC = run<StackResult>(session, 'stack').frames.filter(({ function: name }) =>
      /^(ask|main|Work)$/.test(name),
    );
    expect(inC.map(({ function: name }) => name)).toEqual(['Work', 'ask', 'main']);
    expect(inC.slice(1).map(({ line }) => line)).toEqual([10, 15]);
    expect(print(session, 'Done')).toBe(
      'map[string]*main.Job ["job": *{Name: "job", Steps: []int len: 3, cap: 3, [1,2,3]}, ]',
    );
    session.selectFrame(inC[1]?.index ?? -1);
    expect(print(session, 'before')).toBe('6');
  });

  it.each(of('shared'))('%s without the library says which may be missing', (id) => {
    const { exe, core } = openFixture(id);
    const folder = mkdtempSync(join(tmpdir(), 'inquest-'));
    try {
      // The library lies beside the executable: the one there is another path to it.
      const paths = [join(folder, 'exe'), join(folder, 'core')] as const;
      symlinkSync(exe, paths[0]);
      symlinkSync(core, paths[1]);
      openCore({ paths, places: { onlyGiven: true } });
      expect.unreachable();
    } catch (error) {
      const { message, detail } = error as DebugError;
      expect(error).toBeInstanceOf(DebugError);
      expect(message).toMatch(/it is not a Go program/);
      expect(detail.hint).toMatch(/--libs DIR; not at hand: .*libshared\.so/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
