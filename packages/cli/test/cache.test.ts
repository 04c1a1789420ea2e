import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openFixture } from '../../../fixtures/fixtures.mjs';
import { ensureBundle } from '../../../scripts/bundle.mjs';

// Its debugging information is compressed, and large enough to be kept.
const { exe, core } = openFixture('sum/go1.27/default');
const scratch = mkdtempSync(join(tmpdir(), 'inquest-cache-'));
const QUESTIONS = [
  'bt -full',
  'types ^runtime\\.g',
  'funcs main',
  'list main.main',
  'whatis runtime.allgs',
  'packages',
];
const ASKED = ['core', exe, core, ...QUESTIONS.flatMap((text) => ['-e', text])];
let launcher = '';
beforeAll(async () => {
  launcher = await ensureBundle();
}, 60_000);
afterAll(() => rmSync(scratch, { recursive: true }));

function run(home: string, ...words: readonly string[]): { out: string; err: string } {
  const env = { ...process.env, XDG_CACHE_HOME: join(scratch, home) };
  const { stdout, stderr } = spawnSync(process.execPath, [launcher, ...words], { encoding: 'utf8', env });
  return { out: stdout, err: stderr };
}

function files(home: string): readonly string[] {
  return readdirSync(join(scratch, home, 'inquest/executables'));
}

it('answers alike without a cache, with an empty one, and with what was kept; tells what there is, and clears it', () => {
  const { out } = run('one', ...ASKED, '--no-cache');
  expect(out).toContain('main.main');
  expect(run('one', 'cache').out).toMatch(/^\S+\/one\/inquest\/cores: 0 files, .*\n\S+\/executables: 0 files, /);
  expect(run('one', ...ASKED).out).toBe(out);
  const kept = files('one');
  expect(kept.length).toBeGreaterThanOrEqual(3);
  expect(run('one', ...ASKED).out).toBe(out);
  const types = ['core', exe, core, '-e', 'types', '--stats'];
  expect(run('one', ...types, '--no-cache').err).toMatch(/ [1-9][\d,]{3,} entries,/);
  expect(run('one', ...types).err).toContain(' 0 entries,');
  expect(files('one')).toEqual(kept);
  expect(run('one', 'cache').out).toContain(`/executables: ${kept.length} files, `);
  expect(run('one', 'cache', 'clear').out).toContain(`/executables: removed ${kept.length} files, `);
  expect(files('one')).toEqual([]);
  expect(run('one', ...ASKED).out).toBe(out);
});

it('is used by several at once', async () => {
  const { out } = run('two', ...ASKED, '--no-cache');
  const env = { ...process.env, XDG_CACHE_HOME: join(scratch, 'two') };
  const once = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [launcher, ...ASKED], { env, stdio: ['ignore', 'pipe', 'inherit'] });
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
      child.on('error', reject).on('close', () => resolve(text));
    });
  expect(await Promise.all([once(), once(), once()])).toEqual([out, out, out]);
  expect(files('two').filter((name) => name.endsWith('.part'))).toEqual([]);
  expect(run('two', ...ASKED).out).toBe(out);
});
