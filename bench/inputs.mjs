// What the benchmark opens: the committed core of the trivial program, and others that are built on demand.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openFixture } from '../fixtures/fixtures.mjs';
import { writeGiant } from './giant.mjs';

const here = dirname(fileURLToPath(import.meta.url));
export const toolchains = process.env.GO_TOOLCHAINS ?? join(homedir(), '.cache/go-toolchains');
/** Delve, the peer; undefined when it is not there. */
export const delve = [join(toolchains, 'delve/bin/dlv'), '/usr/bin/dlv'].find((path) => existsSync(path));
const go = join(toolchains, 'go1.26/bin/go');

/** The main example: {name, exe, core, user}; `user` matches the function whose variables are asked for. Large ones have no such. */
export function trivialInput() {
  const { exe, core } = openFixture('sum/go1.26/default');
  return { name: 'trivial', exe, core, user: /^main\.main$/ };
}

/** cmd/compile of Go 1.26 with DWARF, which panics on its first error (-h); undefined without the toolchain. */
export function compilerInput() {
  return compiler('cmd/compile');
}

/** The same, unoptimised. */
export function plainCompilerInput() {
  return compiler('cmd/compile-plain', '-gcflags=all=-N -l');
}

function compiler(name, ...flags) {
  return built(name, /^cmd\/compile\/internal\//, [...flags, 'cmd/compile'], (folder) => {
    writeFileSync(join(folder, 'bad.go'), 'package main\n\nfunc main() { var x int = "no" }\n');
    // Its name is among the values of the program: the same wherever it was built.
    return ['-h', '-p', 'main', 'bad.go'];
  });
}

/** A generated program of more than 100 MB; building it takes minutes. Undefined without the toolchain. */
export function giantInput() {
  const sources = join(here, '.work/giant/sources');
  if (existsSync(go) && !existsSync(sources)) {
    mkdirSync(sources, { recursive: true });
    writeGiant(sources);
  }
  return built('giant', /^giant\/part\d+\.Descend$/, ['.'], () => [], sources);
}

/** The program records of this folder, unoptimised; undefined without the toolchain. */
export function recordsInput() {
  const source = join(here, 'programs/records/main.go');
  return built('records', /^main\.hold$/, ['-gcflags=all=-N -l', source], () => []);
}

/** 100,000 goroutines; undefined without the toolchain. */
export function manyInput() {
  return large('many', 'many', '100000');
}

/** A million goroutines; undefined without the toolchain. */
export function millionInput() {
  return large('million', 'many', '1000000', 'quiet');
}

/** A stack of five million frames; undefined without the toolchain. */
export function deepInput() {
  return large('deep', 'deep', '5000000');
}

/** A core of ten gibibytes that is mostly holes; undefined without the toolchain. */
export function sparseInput() {
  return large('sparse', 'sparse');
}

/** In a folder that tells the arguments: who changes them gets another core. */
function large(name, program, ...args) {
  const input = built([name, ...args].join('-'), undefined, [join(here, `programs/${program}/main.go`)], () => args);
  return input && { ...input, name, isLarge: true };
}

/**
 * Builds a program and lets it crash, once. `prepare` gets the folder and answers with its arguments; `module` is the folder of the
 * program's module, if it is one.
 */
function built(name, user, build, prepare, module) {
  if (!existsSync(go)) return undefined;
  const folder = join(here, '.work', name.replace('cmd/', ''));
  const exe = join(folder, name.replace('cmd/', ''));
  const core = join(folder, 'core');
  if (!existsSync(core)) {
    mkdirSync(folder, { recursive: true });
    const env = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '', GO111MODULE: module === undefined ? 'off' : 'on' };
    execFileSync(go, ['build', '-o', exe, ...build], { env, cwd: module, stdio: 'inherit' });
    const run = spawnSync('bash', ['-c', 'ulimit -c unlimited; exec "$0" "$@"', exe, ...prepare(folder)], {
      cwd: folder,
      env: { PATH: process.env.PATH, GOTRACEBACK: 'crash' },
      stdio: 'ignore',
    });
    const left = readdirSync(folder).find((file) => file.startsWith('core'));
    if (left === undefined) throw new Error(`${name} left no core: it ended by ${run.signal ?? `code ${run.status}`}`);
    if (left !== 'core') renameSync(join(folder, left), core);
    rmSync(join(folder, 'bad.go'), { force: true });
  }
  return { name, exe, core, user };
}
