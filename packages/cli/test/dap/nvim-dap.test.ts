// A session of Neovim with nvim-dap, where both are: the plug-in is looked for where plug-ins are, or is $INQUEST_NVIM_DAP.
import { execFile, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { COMPILED_IN, openFixture, PROGRAMS } from '../../../../fixtures/fixtures.mjs';
import { ensureBundle } from '../../../../scripts/bundle.mjs';
import { problemsOf, recorded } from './recording.ts';

const EDITORS = fileURLToPath(new URL('../../../../docs/editors.md', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'inquest-neovim-'));
afterAll(() => rmSync(folder, { recursive: true }));

const recording = join(folder, 'recording');
const plugin = findPlugin();
const ready = plugin !== undefined && spawnSync('nvim', ['--version']).status === 0;
if (!ready) console.log('Neovim with nvim-dap is not here: its session is skipped');

/** The folder of nvim-dap. */
function findPlugin(): string | undefined {
  const data = join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local/share'), 'nvim');
  const inside = (path: string): string[] =>
    existsSync(path) ? readdirSync(path).map((name) => join(path, name)) : [];
  const packages = inside(join(data, 'site/pack')).flatMap(inside);
  const places = [...packages, join(data, 'lazy'), join(data, 'plugged')].map((path) => join(path, 'nvim-dap'));
  return [process.env['INQUEST_NVIM_DAP'] ?? '', ...places].find((path) => existsSync(join(path, 'lua/dap.lua')));
}

/** The first piece of code in the documentation that has `text`, in a language. */
function documented(language: string, text: string): string {
  const pieces = readFileSync(EDITORS, 'utf8').matchAll(/^```(\w+)\n(.*?)^```/gms);
  for (const [, name, code = ''] of pieces) if (name === language && code.includes(text)) return code;
  throw new Error(`no ${language} with ${text}`);
}

/** What the documentation has for Neovim. */
function configuration(): string {
  const path = join(folder, 'configuration.lua');
  writeFileSync(path, documented('lua', 'dap.adapters'));
  return path;
}

/** A workspace as VS Code has it, with the launch.json of the documentation. */
function workspace(): string {
  const { exe, core } = openFixture('exprs/go1.26/noopt');
  const path = join(folder, 'workspace');
  mkdirSync(join(path, '.vscode'), { recursive: true });
  const launch = documented('json', 'coreFilePath');
  writeFileSync(join(path, '.vscode/launch.json'), `{ "version": "0.2.0", "configurations": [${launch}] }`);
  symlinkSync(exe, join(path, 'server'));
  symlinkSync(core, join(path, 'core'));
  return path;
}

/** A folder with the command. */
async function commands(): Promise<string> {
  const path = join(folder, 'bin');
  mkdirSync(path, { recursive: true });
  rmSync(recording, { force: true });
  const command = join(path, 'inquest');
  const words = recorded(recording, [process.execPath, await ensureBundle()]).map((word) => `'${word}'`);
  writeFileSync(command, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`);
  chmodSync(command, 0o755);
  return path;
}

/** What the session printed. */
async function session(more: NodeJS.ProcessEnv, cwd = folder): Promise<string[]> {
  const { exe, core } = openFixture('exprs/go1.26/noopt');
  const env = {
    PATH: `${await commands()}:${process.env['PATH']}`,
    HOME: folder,
    CONFIGURATION: configuration(),
    EXE: exe,
    CORE: core,
    SOURCES: PROGRAMS,
    COMPILED_IN,
    ...more,
  };
  const script = fileURLToPath(new URL('neovim-session.lua', import.meta.url));
  const args = ['--headless', '-u', 'NONE', '-i', 'NONE', '--cmd', `set rtp+=${plugin}`, '-c', `luafile ${script}`];
  return new Promise((resolve) => {
    execFile('nvim', args, { env, cwd, timeout: 60_000 }, (_error, out) => resolve(out.trimEnd().split('\n')));
  });
}

describe.runIf(ready)('Neovim with nvim-dap opens a core, and shows what there is', () => {
  it.each([
    ['as the documentation has it', () => session({})],
    ['over a port', () => session({ PORT: '1' })],
    ["with VS Code's launch.json", () => session({ WORKSPACE: '1' }, workspace())],
  ])('%s', async (name, run) => {
    const printed = await run();
    expect(printed.map((line) => line.replaceAll(/^(?:→|⏸️) /g, ''))).toEqual([
      'thread 1 in main.inner, main.go:114 DapStopped',
      'report at line 114: panic: runtime error: invalid memory address or nil pointer dereference',
      '* [Go 1] main.inner (crashed, thread 13779)',
      'runtime.gopark [GC sweep wait] × 1:462',
      'main.inner:114',
      'main.outer:38',
      'main.main:26',
      'depth: 99',
      '5: "five"',
      '…[100..199]:',
      '11',
      '"p": main.point {X: 1, Y: 1}',
      'there is no variable nothing here; locals, args and vars list variables',
      'depth = 99',
      '"left"',
      'thread 1 in main.outer, main.go:38 DapStopped',
      'thread 1 in main.main, main.go:26 DapStopped',
      'thread 1 in main.outer, main.go:38 DapStopped',
      'thread 1 in main.inner, main.go:114 DapStopped',
      'thread 2 in runtime.gopark, proc.go:462 DapStopped',
      'thread 1 in main.inner, main.go:114 DapStopped',
      expect.stringContaining('told: Error on next: a core dump cannot run to the next line'),
      'told: Session terminated',
    ]);
    // Over a port it is not the command that is talked to.
    if (name !== 'over a port') {
      const { received, commands } = problemsOf(recording);
      expect(received).toEqual([]);
      expect(commands).toEqual(expect.arrayContaining(['initialize', 'stackTrace', 'variables', 'terminate']));
    }
  });
});
