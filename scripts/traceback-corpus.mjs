// Compares `inquest traceback` with what programs wrote to standard error when they died, byte for byte, and prints a table.
//
//   node scripts/traceback-corpus.mjs [--only PART] [--go 1.27,1.24] [--levels crash,all] [--show] [CORPUS]
//
// CORPUS is a folder of programs named crash-*; without it the programs of fixtures/ alone are taken. Every program is built
// with each Go release of $GO_TOOLCHAINS (default ~/.cache/go-toolchains) and run at each level of GOTRACEBACK. At `crash` the
// runtime leaves a core; at the others exit-core.c sees to it. So each core is of the process that printed the text.
// /proc/sys/kernel/core_pattern has to be `core`, and a C compiler is needed.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runtimeText } from './traceback-text.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const toolchains = process.env.GO_TOOLCHAINS ?? join(homedir(), '.cache/go-toolchains');
const work = mkdtempSync(join(tmpdir(), 'inquest-traceback-'));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    go: { type: 'string' },
    show: { type: 'boolean' },
    levels: { type: 'string', default: 'crash,none,single,all,system' },
  },
});
const releases = (values.go ?? '1.15,1.19,1.21,1.22,1.23,1.24,1.26,1.27').split(',');
const levels = values.levels.split(',');

/** Programs of the corpus: how each can die, and from which release on it can be built. */
const KNOWN = {
  'crash-t': { modes: ['nil', 'err', 'map', 'deadlock', 'wait', 'float'], quit: ['wait', 'deadlock'] },
  'crash-t2': { modes: ['so', 'deep', 'dead', 'goexit'] },
  'crash-t3': { modes: ['range', 'gen', 'inl', 'gofn'], from: 23 },
  'crash-t4': { modes: [''], cgo: true },
  'crash-t5': { modes: [''], from: 18 },
};

const scenarios = () => {
  const matrix = JSON.parse(readFileSync(join(root, 'fixtures/matrix.json'), 'utf8'));
  const of = (program) => [
    ...new Set(matrix.programs.filter((each) => each.program === program).flatMap(({ scenarios: all }) => all ?? [])),
  ];
  return [
    { name: 'crash', folder: join(root, 'fixtures/programs/crash'), modes: [...of('crash'), 'blocked'] },
    {
      name: 'cgocrash',
      folder: join(root, 'fixtures/programs/cgocrash'),
      modes: ['abort', ...of('cgocrash')],
      cgo: true,
    },
    { name: 'truth', folder: join(root, 'fixtures/programs/truth'), modes: [''] },
    { name: 'printed', folder: join(root, 'fixtures/programs/printed') },
    ...['sum', 'deaths', 'stacks', 'idle'].map((name) => ({
      name,
      folder: join(root, 'fixtures/programs', name),
      modes: [''],
    })),
    { name: 'exprs', folder: join(root, 'fixtures/programs/exprs'), modes: [''], from: 18 },
    { name: 'waits', folder: join(root, 'fixtures/programs/waits'), modes: of('waits') },
  ];
};

function programs() {
  const corpus = positionals[0];
  const own =
    corpus === undefined
      ? []
      : readdirSync(corpus)
          .filter((name) => KNOWN[name] !== undefined)
          .map((name) => ({ name, folder: join(corpus, name), ...KNOWN[name] }));
  return [...own, ...scenarios()];
}

function build({ name, folder, cgo }, go) {
  const source = join(work, go, name);
  const exe = join(source, `${name}.exe`);
  rmSync(source, { recursive: true, force: true });
  mkdirSync(source, { recursive: true });
  cpSync(folder, source, { recursive: true });
  writeFileSync(join(source, 'go.mod'), `module example.com/${name}\n\ngo ${go}\n`);
  execFileSync(join(toolchains, `go${go}/bin/go`), ['build', '-o', exe, '.'], {
    cwd: source,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      GOTOOLCHAIN: 'local',
      GOFLAGS: '',
      GOPROXY: 'off',
      GOCACHE: join(tmpdir(), 'inquest-traceback-cache'),
      CGO_ENABLED: cgo === true ? '1' : '0',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return exe;
}

const exitCore = join(work, 'exit-core');
execFileSync('cc', ['-o', exitCore, fileURLToPath(new URL('exit-core.c', import.meta.url))]);

/** Runs a program until it dies and leaves a core; with `quit`, SIGQUIT makes it so. Returns its standard error. */
async function run(exe, mode, level, folder, quit) {
  const words = [...(level === 'crash' ? [] : [exitCore]), exe, ...(mode === '' ? [] : [mode])];
  const child = spawn('sh', ['-c', 'ulimit -c unlimited; exec "$0" "$@"', ...words], {
    cwd: folder,
    env: { GOTRACEBACK: level },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const chunks = [];
  child.stderr.on('data', (chunk) => chunks.push(chunk));
  if (quit) setTimeout(() => child.kill('SIGQUIT'), 700);
  await new Promise((resolve) => child.once('close', resolve));
  return runtimeText(Buffer.concat(chunks).toString('latin1'));
}

function inquest(exe, core, level) {
  const command = join(root, 'packages/cli/bin/inquest.cjs');
  const ran = spawnSync(process.execPath, [command, 'traceback', '--level', level, exe, core], { maxBuffer: 1 << 30 });
  return { text: ran.stdout.toString('latin1'), notes: ran.stderr.toString('latin1') };
}

function show(title, theirs, mine) {
  const [a, b] = [theirs.split('\n'), mine.split('\n')];
  const first = a.findIndex((line, i) => line !== b[i]);
  const at = first < 0 ? a.length : first;
  const differing = Math.max(a.length, b.length) - a.filter((line, i) => line === b[i]).length;
  console.log(`${title}: line ${at + 1} of ${a.length}, ${differing} differ\n  theirs ${a[at]}\n  ours   ${b[at]}`);
}

/** One way to die: `=` where all texts are equal, else at which levels they are not. */
async function check(exe, program, mode, go) {
  const quit = program.quit?.includes(mode) === true;
  const wrong = [];
  for (const level of levels) {
    const folder = mkdtempSync(join(work, 'run-'));
    const printed = await run(exe, mode, level, folder, quit);
    const core = join(folder, 'core');
    if (!existsSync(core)) wrong.push(`${level}: no core`);
    else {
      const { text, notes } = inquest(exe, core, level);
      if (text !== printed) {
        wrong.push(notes === '' ? level : `${level} (noted)`);
        if (values.show) show(`${program.name} ${mode} go${go} ${level}`, printed, text + notes);
      }
    }
    rmSync(folder, { recursive: true });
  }
  return wrong.length === 0 ? '=' : wrong.join(',');
}

const table = new Map();
let equal = 0;
let total = 0;
for (const program of programs()) {
  for (const go of releases) {
    if (Number(go.split('.')[1]) < (program.from ?? 0)) continue;
    const exe = program.modes === undefined ? build(program, go) : undefined;
    // A program without a list of ways to die tells them itself.
    const all = program.modes ?? execFileSync(exe, { encoding: 'utf8' }).trim().split('\n').sort();
    const modes = all.filter((mode) => `${program.name}/${mode}`.includes(values.only ?? ''));
    if (modes.length === 0) continue;
    const built = exe ?? build(program, go);
    for (const mode of modes) {
      const outcome = await check(built, program, mode, go);
      const row = `${basename(program.folder)} ${mode}`.trim();
      table.set(row, { ...table.get(row), [go]: outcome });
      total++;
      if (outcome === '=') equal++;
    }
  }
}
const width = Math.max(...[...table.keys()].map((row) => row.length));
console.log([' '.repeat(width), ...releases.map((go) => go.padEnd(8))].join(' '));
for (const [row, cells] of table)
  console.log([row.padEnd(width), ...releases.map((go) => (cells[go] ?? '-').padEnd(8))].join(' '));
console.log(`${equal} of ${total} equal`);
rmSync(work, { recursive: true });
process.exitCode = equal === total ? 0 : 1;
