import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { COMPILED_IN, openFixture, PROGRAMS } from '../../../../fixtures/fixtures.mjs';
import { ensureBundle } from '../../../../scripts/bundle.mjs';
import { problemsOf, recorded } from './recording.ts';

const folder = mkdtempSync(join(tmpdir(), 'inquest-emacs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ready =
  spawnSync('emacs', ['--batch', '--eval', "(progn (package-initialize) (require 'dap-mode))"], {
    env: { PATH: process.env['PATH'], HOME: folder },
  }).status === 0;
if (!ready) console.log('Emacs with dap-mode is not here: its session is skipped');

it.runIf(ready)('Emacs with dap-mode opens a core, goes where it failed, evaluates and expands', async () => {
  const launcher = await ensureBundle();
  const { exe, core } = openFixture('exprs/go1.27/noopt');
  const recording = join(folder, 'recording');
  const script = fileURLToPath(new URL('emacs-session.el', import.meta.url));
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    FOLDER: folder,
    INQUEST: recorded(recording, [process.execPath, launcher]).join(' '),
    EXE: exe,
    CORE: core,
    SOURCES: join(PROGRAMS, 'exprs'),
    COMPILED_IN: join(COMPILED_IN, 'exprs'),
  };
  const printed = await new Promise<string>((resolve) => {
    execFile('emacs', ['--batch', '-l', script], { env, timeout: 60_000 }, (_error, out) => resolve(out));
  });
  expect(printed.split('\n').slice(0, 4)).toEqual([
    'frame main.inner',
    'file main.go:114',
    'entry "p" = main.point {X: 1, Y: 1}',
    'a = 10',
  ]);
  const { received, commands } = problemsOf(recording);
  expect(received).toEqual([]);
  expect(commands).toEqual(
    expect.arrayContaining(['initialize', 'launch', 'stackTrace', 'exceptionInfo', 'variables']),
  );
});
