// What the benchmark opens: the committed core of the trivial program, and a Go compiler that crashed, built on demand.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openFixture } from '../fixtures/fixtures.mjs';

const here = dirname(fileURLToPath(import.meta.url));
export const toolchains = process.env.GO_TOOLCHAINS ?? join(homedir(), '.cache/go-toolchains');
/** Delve, the peer; undefined when it is not there. */
export const delve = [join(toolchains, 'delve/bin/dlv'), '/usr/bin/dlv'].find((path) => existsSync(path));

/** The main example: {name, exe, core}. */
export function trivialInput() {
  const { exe, core } = openFixture('sum/go1.26/default');
  return { name: 'trivial', exe, core, user: 'main.main' };
}

/** cmd/compile of Go 1.26 with DWARF, which panics on its first error (-h); undefined without the toolchain. */
export function compilerInput() {
  const go = join(toolchains, 'go1.26/bin/go');
  if (!existsSync(go)) return undefined;
  const folder = join(here, '.work/compile');
  const exe = join(folder, 'compile');
  const core = join(folder, 'core');
  if (!existsSync(core)) {
    mkdirSync(folder, { recursive: true });
    const env = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '', GO111MODULE: 'off' };
    execFileSync(go, ['build', '-o', exe, 'cmd/compile'], { env, stdio: 'inherit' });
    const source = join(folder, 'bad.go');
    writeFileSync(source, 'package main\n\nfunc main() { var x int = "no" }\n');
    const run = spawnSync('bash', ['-c', 'ulimit -c unlimited; exec "$0" "$@"', exe, '-h', '-p', 'main', source], {
      cwd: folder,
      env: { PATH: process.env.PATH, GOTRACEBACK: 'crash' },
      encoding: 'utf8',
    });
    const left = readdirSync(folder).find((name) => name.startsWith('core'));
    if (left === undefined) throw new Error(`the compiler left no core: ${run.stderr.slice(0, 300)}`);
    if (left !== 'core') renameSync(join(folder, left), core);
    rmSync(source);
  }
  return { name: 'cmd/compile', exe, core, user: /^cmd\/compile\/internal\// };
}
