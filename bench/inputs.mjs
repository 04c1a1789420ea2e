// What the benchmark opens: the committed core of the trivial program, and others that are built on demand.
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
const go = join(toolchains, 'go1.26/bin/go');

/** The main example: {name, exe, core, user}; `user` matches the function whose variables are asked for. */
export function trivialInput() {
  const { exe, core } = openFixture('sum/go1.26/default');
  return { name: 'trivial', exe, core, user: /^main\.main$/ };
}

/** cmd/compile of Go 1.26 with DWARF, which panics on its first error (-h); undefined without the toolchain. */
export function compilerInput() {
  return built('cmd/compile', /^cmd\/compile\/internal\//, ['cmd/compile'], (folder) => {
    writeFileSync(join(folder, 'bad.go'), 'package main\n\nfunc main() { var x int = "no" }\n');
    return ['-h', '-p', 'main', join(folder, 'bad.go')];
  });
}

/** The program records of this folder, unoptimised; undefined without the toolchain. */
export function recordsInput() {
  const source = join(here, 'programs/records/main.go');
  return built('records', /^main\.hold$/, ['-gcflags=all=-N -l', source], () => []);
}

/** 100,000 goroutines; undefined without the toolchain. */
export function manyInput() {
  return built('many', /^main\.hold$/, [join(here, 'programs/many/main.go')], () => []);
}

/** A stack of a million frames; undefined without the toolchain. */
export function deepInput() {
  return built('deep', /^main\.down$/, [join(here, 'programs/deep/main.go')], () => []);
}

/** A core of ten gibibytes that is mostly holes; undefined without the toolchain. */
export function sparseInput() {
  return built('sparse', /^main\.hold$/, [join(here, 'programs/sparse/main.go')], () => []);
}

/** Builds a program and lets it crash, once. `prepare` gets the folder and answers with its arguments. */
function built(name, user, build, prepare) {
  if (!existsSync(go)) return undefined;
  const folder = join(here, '.work', name.replace('cmd/', ''));
  const exe = join(folder, name.replace('cmd/', ''));
  const core = join(folder, 'core');
  if (!existsSync(core)) {
    mkdirSync(folder, { recursive: true });
    const env = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '', GO111MODULE: 'off' };
    execFileSync(go, ['build', '-o', exe, ...build], { env, stdio: 'inherit' });
    const run = spawnSync('bash', ['-c', 'ulimit -c unlimited; exec "$0" "$@"', exe, ...prepare(folder)], {
      cwd: folder,
      env: { PATH: process.env.PATH, GOTRACEBACK: 'crash' },
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    const left = readdirSync(folder).find((file) => file.startsWith('core'));
    if (left === undefined) throw new Error(`${name} left no core: ${run.stderr.slice(0, 300)}`);
    if (left !== 'core') renameSync(join(folder, left), core);
    rmSync(join(folder, 'bad.go'), { force: true });
  }
  return { name, exe, core, user };
}
