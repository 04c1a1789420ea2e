import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBundle } from '../../../scripts/bundle.mjs';
import { openFixture } from '../../../fixtures/fixtures.mjs';

const { exe, core } = openFixture('sum/go1.26/default');
let folder: string;

beforeAll(async () => {
  const cli = dirname(dirname(await ensureBundle()));
  folder = mkdtempSync(join(tmpdir(), 'inquest-parts-'));
  for (const name of ['bin', 'dist', 'package.json'])
    cpSync(join(cli, name), join(folder, name), { recursive: true, filter: (path) => !/\.v8$|types$/.test(path) });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The files of the command that have a code cache: those that were loaded. */
function loaded(): string[] {
  const caches = readdirSync(join(folder, 'dist')).filter((name) => name.endsWith('.v8'));
  return caches.map((name) => name.slice(0, name.indexOf('.'))).sort();
}

function run(...commands: readonly string[]): string {
  const args = ['core', exe, core, ...commands.flatMap((text) => ['-e', text])];
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'bin/inquest.cjs'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') },
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

// Node 22.8 and later keep compiled code in their own way: the files do not tell there.
const isKeptByUs = !('enableCompileCache' in process.getBuiltinModule('node:module'));

describe.runIf(isKeptByUs)('parts of the command', () => {
  it('are not loaded for a backtrace: scripts/bundle-parts.mjs lists what it needs', () => {
    expect(run('bt')).toContain('in main.main');
    expect(loaded()).toEqual(['main']);
  });

  it('are one besides for the report, and for variables', () => {
    expect(run('report', 'frame 11 locals')).toContain('sum = ');
    expect(loaded()).toEqual(['common', 'main']);
  });

  it('are two besides for lists', () => {
    expect(run('goroutines', 'threads', 'list', 'regs')).toContain('Rip');
    expect(loaded()).toEqual(['common', 'listings', 'main']);
  });

  it('are loaded when a command needs them, and once', () => {
    expect(run('goroutines', 'threads', 'print sum', 'whatis sum')).toContain('sum');
    expect(loaded()).toEqual(expect.arrayContaining(['findings', 'listings', 'main', 'values']));
    expect(loaded()).not.toContain('tools');
  });

  it('keep the code of the first runs, one cache a file', () => {
    for (let i = 0; i < 6; i++) run('bt');
    const caches = readdirSync(join(folder, 'dist')).filter((name) => /^main\..*\.v8$/.test(name));
    expect(caches).toHaveLength(1);
    expect(caches[0]).toMatch(/\.4\.v8$/);
  });
});
