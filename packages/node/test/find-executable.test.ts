import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Configuration, DebugError, operations, type ReportResult } from '@inquest/engine';
import { findCoredump, openCore, type FilePlaces, type OpenedCore } from '@inquest/node';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openFixture } from '../../../fixtures/fixtures.mjs';

const folder = mkdtempSync(join(tmpdir(), 'inquest-find-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** With a GNU build ID: the linker of C gives one. */
const good = openFixture('sum/go1.27/cgo');
const other = openFixture('sum/go1.27/pie');
/** Where the core says that its program was: nowhere. */
const NOWHERE = '/nowhere-at-all/';

/** A folder with a core whose executable has a path that does not exist. */
function coreAlone(name: string): string {
  const place = join(folder, name);
  mkdirSync(place, { recursive: true });
  const bytes = readFileSync(good.core);
  const start = Buffer.from('/tmp/inquest-fixtures/');
  for (let at = bytes.indexOf(start); at >= 0 && at < 100_000; at = bytes.indexOf(start, at + 1))
    bytes.write(`${NOWHERE}`.padEnd(start.length, '/'), at, 'latin1');
  const core = join(place, 'core');
  writeFileSync(core, bytes);
  return core;
}

function copyTo(path: string, from: string): string {
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(from, path);
  return path;
}

function open(
  core: string,
  options: { debugInfoDirectories?: string; debuginfod?: boolean; places?: FilePlaces } = {},
): OpenedCore {
  const configuration = new Configuration();
  const { debugInfoDirectories = join(folder, 'no-debug'), ...rest } = options;
  configuration.set('debug-info-directories', [debugInfoDirectories]);
  return openCore({ paths: [core], configuration, ...rest });
}

const buildId = openCore({ paths: [good.exe, good.core] }).session.program.main?.buildIds.gnu ?? '';

describe('the executable that is not given', () => {
  it('is found beside the core, under its own name or, by its build ID, any other', () => {
    const core = coreAlone('beside');
    const renamed = copyTo(join(folder, 'beside/server-v7'), good.exe);
    copyTo(join(folder, 'beside/decoy'), other.exe);
    const opened = open(core);
    expect(opened.executablePath).toBe(renamed);
    expect(opened.session.program.target.proof).toBe('proven');
    const named = copyTo(join(folder, 'beside/sum'), good.exe);
    expect(open(core).executablePath).toBe(named);
  });

  it('is passed over where it is another build, and that is told', () => {
    const core = coreAlone('another');
    copyTo(join(folder, 'another/sum'), other.exe);
    const opened = open(core);
    expect(opened.executablePath).toBeUndefined();
    expect(opened.notes.join('\n')).toMatch(/another\/sum is not the file that crashed: its build ID is/);
    expect(opened.notes.join('\n')).toContain(`(build ID ${buildId}) is not on this machine`);
    const right = copyTo(join(folder, 'another/sum.right'), good.exe);
    const found = open(core);
    expect(found.executablePath).toBe(right);
    expect(found.notes).toEqual([`the executable was found at ${right}`]);
  });

  it('is found by its build ID in the folders with debugging information, of either form', () => {
    const core = coreAlone('debug');
    const root = join(folder, 'debug-root');
    const path = copyTo(join(root, '.build-id', buildId.slice(0, 2), buildId.slice(2)), good.exe);
    expect(buildId).toMatch(/^[0-9a-f]{40}$/);
    for (const given of [root, join(root, '.build-id')])
      expect(open(core, { debugInfoDirectories: given }).executablePath).toBe(path);
  });

  it('is found in --libs and below --sysroot', () => {
    const core = coreAlone('places');
    const { executablePath = '' } = open(core).session.program.target;
    expect(executablePath).toMatch(/^\/nowhere-at-all/);
    const below = copyTo(join(folder, 'root', executablePath), good.exe);
    expect(open(core, { places: { sysroot: join(folder, 'root') } }).executablePath).toBe(below);
    const lib = copyTo(join(folder, 'libs/anything'), good.exe);
    expect(open(core, { places: { libs: [dirname(lib)] } }).executablePath).toBe(lib);
  });
});

function ask<T>({ session }: OpenedCore, name: string): T {
  return operations.find((operation) => operation.name === name)?.run(session, {}) as T;
}

describe('an executable that is not at hand', () => {
  const whole = ask<ReportResult>(openCore({ paths: [good.exe, good.core] }), 'report');

  it('leaves what the core alone tells: release and build, the cause, the goroutines', () => {
    const opened = open(coreAlone('alone'));
    expect(opened.executablePath).toBeUndefined();
    const { program, cause, goroutineCount, others, health } = ask<ReportResult>(opened, 'report');
    expect(program.goVersion).toBe(whole.program.goVersion);
    expect(program.mainPackage).toMatch(/\/src\/sum$/);
    expect(cause).toMatchObject({ kind: 'panic', goroutine: 1 });
    expect(cause.headline).toMatch(/the panic value cannot be read: .* is in the executable/);
    expect(goroutineCount).toBe(whole.goroutineCount);
    const states = (groups: ReportResult['others']): string[] => groups.map(({ status }) => status).sort();
    expect(states(others)).toEqual(states(whole.others));
    expect(health.join('\n')).toMatch(/no executable: .* give \/nowhere-at-all.* as well \(package .*\)/);
    expect(() => ask(opened, 'traceback')).toThrow('without the executable it is not known what the runtime printed');
  });

  it('is one of which only the start was copied: no function can be found in that', () => {
    const core = coreAlone('cut');
    const start = readFileSync(good.exe).subarray(0, 300_000);
    const exe = join(folder, 'cut/start');
    writeFileSync(exe, start);
    const opened = openCore({ paths: [exe, core] });
    expect(opened.executablePath).toBeUndefined();
    const { health, goroutineCount } = ask<ReportResult>(opened, 'report');
    expect(health.join('\n')).toMatch(/cut\/start is cut off: it has 300000 bytes, .*; it is not used, since .*/);
    expect(goroutineCount).toBe(whole.goroutineCount);
  });
});

/** A command of this name, first in PATH; returns what undoes it. */
function fakeCommand(name: string, script: string): () => void {
  const bin = mkdtempSync(join(folder, 'bin-'));
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
  const before = process.env['PATH'];
  process.env['PATH'] = `${bin}:${before ?? ''}`;
  return () => {
    process.env['PATH'] = before;
  };
}

describe('debuginfod', () => {
  let calls = '';
  let undo: () => void;
  beforeEach(() => {
    calls = join(mkdtempSync(join(folder, 'calls-')), 'log');
    return () => {
      undo();
      delete process.env['DEBUGINFOD_URLS'];
    };
  });

  it('is asked only where the user wants that', () => {
    undo = fakeCommand('debuginfod-find', `echo "$@" >> ${calls}; echo ${good.exe}`);
    process.env['DEBUGINFOD_URLS'] = 'https://example.invalid';
    const core = coreAlone('debuginfod');
    expect(open(core).executablePath).toBeUndefined();
    expect(() => readFileSync(calls)).toThrow(/ENOENT/);
    expect(open(core, { debuginfod: true }).executablePath).toBe(good.exe);
    expect(readFileSync(calls, 'utf8')).toBe(`executable ${buildId}\n`);
    delete process.env['DEBUGINFOD_URLS'];
    expect(open(core, { debuginfod: true }).notes.join('\n')).toMatch(/DEBUGINFOD_URLS names no server/);
    expect(readFileSync(calls, 'utf8')).toBe(`executable ${buildId}\n`);
  });

  it('is asked for sources by the build ID of the executable', () => {
    undo = fakeCommand('debuginfod-find', `echo "$@" >> ${calls}; echo ${good.meta}`);
    process.env['DEBUGINFOD_URLS'] = 'https://example.invalid';
    const { session } = openCore({ paths: [good.exe, good.core], debuginfod: true });
    expect(session.sources.read('/build/gone/server.go')?.join('\n').trim()).toMatch(/^\{/);
    expect(readFileSync(calls, 'utf8')).toContain(`source ${buildId} /build/gone/server.go\n`);
  });

  it('says so where the servers have nothing', () => {
    undo = fakeCommand('debuginfod-find', 'exit 1');
    process.env['DEBUGINFOD_URLS'] = 'https://example.invalid';
    const opened = open(coreAlone('debuginfod2'), { debuginfod: true });
    expect(opened.notes.join('\n')).toMatch(/the servers in DEBUGINFOD_URLS have no executable of build ID/);
  });
});

describe('cores that systemd-coredump kept', () => {
  const boot = 'a'.repeat(32);
  const put = (place: string, name: string): string => {
    mkdirSync(place, { recursive: true });
    const path = join(place, name);
    writeFileSync(path, '');
    return path;
  };
  const problem = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      expect(error).toBeInstanceOf(DebugError);
      const { message, detail } = error as DebugError;
      return `${message}; ${detail.hint ?? ''}`;
    }
    throw new Error('it was found');
  };

  it('are found by the names of the files, where coredumpctl is not installed', () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nowhere';
    try {
      const place = join(folder, 'kept');
      const old = put(place, `core.server.1000.${boot}.77.1700000000000000.zst`);
      const late = put(place, `core.a\\x2eb.0.${boot}.78.1700000005000000.lz4`);
      const long = put(place, `core.a-very-long-com.0.${boot}.79.1600000000000000`);
      put(place, 'core.notes.txt');
      put(place, `core.half.0.${boot}.80.1800000000000000.zst.tmp`);
      const find = (match: string): string => findCoredump(match, place).path;
      expect(find('last')).toBe(late);
      expect(find('77')).toBe(old);
      expect(find('/usr/bin/server')).toBe(old);
      expect(find('a.b')).toBe(late);
      expect(find('/opt/a-very-long-command')).toBe(long);
      expect(problem(() => find('12'))).toMatch(
        /has no core of 12; it has cores of a\.b \(pid 78\), server \(pid 77\)/,
      );
      expect(problem(() => findCoredump('last', put(join(folder, 'none'), 'x').slice(0, -2)))).toMatch(
        /it has no cores/,
      );
      expect(problem(() => findCoredump('last', join(folder, 'absent')))).toMatch(
        /neither coredumpctl nor .*core_pattern/,
      );
      for (const match of ['', '--output=/x']) expect(problem(() => find(match))).toMatch(/names no core/);
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('are those that coredumpctl tells of, where it is installed', () => {
    const place = join(folder, 'told');
    const core = put(place, 'core.zst');
    const log = join(folder, 'coredumpctl.log');
    const undo = fakeCommand(
      'coredumpctl',
      `echo "$@" >> ${log}
case "$*" in
  *" gone"*) echo "       Storage: ${place}/gone.zst (missing)" ;;
  *" cut"*) echo "       Storage: ${core} (truncated)" ;;
  *" off"*) echo "       Storage: none" ;;
  *" nobody"*) echo "No coredumps found." >&2; exit 1 ;;
  dump*) for word; do case $word in --output=*) echo core > "\${word#--output=}" ;; esac; done ;;
  *" journaled"*) echo "       Storage: journal (present)" ;;
  *) echo "           PID: 7 (x)"; echo "       Storage: ${core} (present)" ;;
esac`,
    );
    const cache = process.env['XDG_CACHE_HOME'];
    process.env['XDG_CACHE_HOME'] = folder;
    try {
      expect(findCoredump('last')).toEqual({ path: core, notes: [`the core is ${core}`] });
      expect(findCoredump('7').path).toBe(core);
      expect(readFileSync(log, 'utf8')).toBe('info --no-pager -1\ninfo --no-pager -1 7\n');
      expect(findCoredump('cut').notes.join('\n')).toMatch(/cut .* off: ProcessSizeMax=/);
      expect(problem(() => findCoredump('gone'))).toMatch(/its core is not there: .*missing.*three days/);
      expect(problem(() => findCoredump('off'))).toMatch(/Storage=external/);
      expect(problem(() => findCoredump('nobody'))).toMatch(/no core of nobody: No coredumps found/);
      expect(readFileSync(findCoredump('journaled').path, 'utf8')).toBe('core\n');
    } finally {
      undo();
      if (cache === undefined) delete process.env['XDG_CACHE_HOME'];
      else process.env['XDG_CACHE_HOME'] = cache;
    }
  });
});
