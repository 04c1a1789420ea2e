// Lets programs die in many ways, with many Go releases and builds, and holds what the report says to what their sources and the
// runtime said (fixtures/causes.mjs). Prints a table; nothing in it may be wrong.
//
//   node scripts/cause-matrix.mjs [--only PART]... [--go 1.27,1.24] [--flags default,noopt] [--keep FOLDER] [CORPUS]
//
// PART selects what ROW VERSION FLAGS contains, for instance `kinds/nilcopy` or `1.19 noopt`. CORPUS is a folder of programs named
// crash-*. Needs the toolchains of scripts/go-toolchains, a C compiler, and /proc/sys/kernel/core_pattern to be `core`;
// with --keep the cores of what is not right stay in FOLDER.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildExecutable } from '../fixtures/build.mjs';
import { causeTable, IN_C, judge, markedDeaths, printedDeath } from '../fixtures/causes.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const command = join(root, 'packages/cli/bin/inquest.cjs');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', multiple: true },
    go: { type: 'string' },
    flags: { type: 'string' },
    keep: { type: 'string' },
  },
});
const releases = (values.go ?? '1.19,1.22,1.24,1.26,1.27').split(',');
const builds = {
  ...JSON.parse(readFileSync(join(root, 'fixtures/matrix.json'), 'utf8')).flags,
  checkptr: { args: ['-gcflags=all=-d=checkptr'] },
};
const work = mkdtempSync(join(tmpdir(), 'inquest-causes-'));
/** How long a program may take to die, in milliseconds. */
const PATIENCE = 30_000;

/** Programs of the corpus, which are as they are: the kind of death and the text of the line, by scenario; from a Go release on. */
const CORPUS = {
  'crash-t': {
    nil: ['nil-dereference', 'return *p + a + b'],
    err: ['panic', 'panic(fmt.Sprint('],
    map: ['concurrent-map', 'm[1]'],
    float: ['panic', 'panic(1.5)'],
  },
  'crash-t2': {
    so: ['stack-overflow', 'func rec(n int)'],
    deep: ['panic', 'panic("deep")'],
    dead: ['deadlock', '\t\t<-c'],
    goexit: ['panic', 'panic("in defer")'],
  },
  'crash-t3': {
    range: ['panic', 'panic(fmt.Errorf('],
    gen: ['panic', 'panic(s)'],
    inl: ['panic', 'panic("in inl closure")'],
    gofn: ['nil-dereference', 'e.Error()'],
  },
  'crash-t4': { '': ['abort', 'else abort()'] },
  'crash-t5': { '': ['panic', 'panic("x")'] },
};
const FROM = { 'crash-t3': 23 };

const plain = ['default', 'noopt', 'stripped', 'pie'];

/** {name, folder, deaths, flags, from}: programs, with what their scenarios die of. */
function programs() {
  const own = (name, flags) => {
    const folder = join(root, 'fixtures/programs', name);
    return { name, folder, flags, from: 0, deaths: markedDeaths(folder) };
  };
  const [corpus] = positionals;
  const given = corpus === undefined ? [] : readdirSync(corpus).filter((name) => CORPUS[name] !== undefined);
  return [
    ...['crash', 'kinds', 'printed'].map((name) => own(name, plain)),
    ...['cgocrash', 'ckinds'].map((name) =>
      own(
        name,
        ['cgo', 'noopt', 'stripped', 'pie'].map((flags) => `cgo ${flags}`),
      ),
    ),
    own('pointers', ['checkptr']),
    ...given.map((name) => corpusProgram(name, join(corpus, name))),
  ];
}

function corpusProgram(name, folder) {
  const lines = readFileSync(join(folder, 'main.go'), 'utf8').split('\n');
  const deaths = new Map(
    Object.entries(CORPUS[name]).map(([scenario, [death, text]]) => [
      scenario,
      { death, nowhere: false, places: lines.flatMap((line, i) => (line.includes(text) ? [`main.go:${i + 1}`] : [])) },
    ]),
  );
  const flags = name === 'crash-t4' ? ['cgo cgo'] : plain;
  return { name, folder, deaths, flags, from: FROM[name] ?? 0 };
}

/** Every death that was asked for. */
function cells() {
  const wanted = (text) => values.only === undefined || values.only.some((part) => text.includes(part));
  return programs().flatMap((program) =>
    releases
      .filter((go) => Number(go.split('.')[1]) >= program.from)
      .flatMap((go) =>
        program.flags
          .filter((flags) => values.flags === undefined || values.flags.split(',').includes(flags.split(' ').at(-1)))
          .flatMap((flags) =>
            [...program.deaths]
              .map(([scenario, marked]) => ({
                program,
                go,
                flags: flags.split(' ').at(-1),
                isC: flags.startsWith('cgo '),
                scenario,
                marked,
              }))
              .map((cell) => ({ ...cell, row: [program.name, cell.scenario].filter((word) => word !== '').join('/') }))
              .filter((cell) => wanted(`${cell.row} ${go} ${cell.flags}`)),
          ),
      ),
  );
}

function executable({ program, go, flags, isC }) {
  const { args } = builds[flags];
  return buildExecutable({
    source: program.name,
    folder: program.folder,
    go,
    flags: isC ? `c-${flags}` : flags,
    args,
    cgo: isC,
  });
}

/** Runs a command and collects what it writes. */
async function run(file, words, options) {
  const child = spawn(file, words, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = [child.stdout, child.stderr].map((stream) => {
    const chunks = [];
    stream.on('data', (chunk) => chunks.push(chunk));
    return chunks;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  const [code, signal] = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (...end) => resolve(end));
  });
  clearTimeout(timer);
  const [stdout, stderr] = texts.map((chunks) => Buffer.concat(chunks).toString('utf8'));
  return { code, signal: signal ?? undefined, stdout, stderr };
}

/** Lets one program die, and judges the report about its core: undefined where it left none, and was to leave none. */
async function check(cell, exe, index) {
  const folder = join(work, String(index));
  mkdirSync(folder);
  const words = cell.scenario === '' ? [] : [cell.scenario];
  const end = await run('sh', ['-c', 'ulimit -c unlimited; exec "$0" "$@"', exe, ...words], {
    cwd: folder,
    env: { GOTRACEBACK: 'crash', GOMAXPROCS: '2', PATH: process.env.PATH },
  });
  const core = readdirSync(folder).find((name) => name.startsWith('core'));
  const outcome = core === undefined ? withoutCore(cell, end) : await withCore(cell, exe, join(folder, core), end);
  if (values.keep !== undefined && core !== undefined && outcome.verdict !== 'right') {
    mkdirSync(values.keep, { recursive: true });
    const name = `${cell.row} ${cell.go} ${cell.flags}`.replace(/[ /]/g, '-');
    copyFileSync(join(folder, core), join(values.keep, `${name}.core`));
    copyFileSync(exe, join(values.keep, `${name}.exe`));
  }
  rmSync(folder, { recursive: true });
  return outcome;
}

function withoutCore({ marked }, { code, signal, stderr }) {
  if (marked.death === 'no-core') return { verdict: undefined, notes: [] };
  return { verdict: 'wrong', notes: [`no core: ${signal ?? code} ${stderr.slice(0, 200)}`] };
}

/** What is known of a death in a build: C has no lines in a stripped one. */
function knownOf({ marked, flags }) {
  const inC = IN_C.has(marked.death) || marked.places.some((place) => place.includes('.c:'));
  return flags === 'stripped' && inC ? { ...marked, places: undefined, nowhere: true } : marked;
}

async function withCore(cell, exe, core, { signal, stderr }) {
  if (cell.marked.death === 'no-core') return { verdict: 'wrong', notes: ['it left a core'] };
  const answer = await run(process.execPath, [command, exe, core, '--json', '--quiet'], {});
  try {
    return judge(JSON.parse(answer.stdout).data, knownOf(cell), printedDeath(stderr, signal));
  } catch (error) {
    return { verdict: 'wrong', notes: [`no report: ${error.message} ${answer.stderr.slice(0, 200)}`] };
  }
}

/** Whether a scenario is in what was built: those of later releases are not. Programs that list theirs tell. */
function isBuiltIn({ program, exe, scenario }) {
  if (!['kinds', 'ckinds', 'printed', 'pointers'].includes(program.name)) return true;
  const { stdout, stderr } = spawnSync(exe, { encoding: 'utf8' });
  return `${stdout}${stderr}`.split('\n').includes(scenario);
}

async function main() {
  const all = cells();
  const exes = new Map();
  for (const cell of all) {
    const key = `${cell.program.name} ${cell.go} ${cell.flags}`;
    if (!exes.has(key)) exes.set(key, executable(cell));
    cell.exe = exes.get(key);
  }
  const todo = all.filter(isBuiltIn);
  const results = [];
  let next = 0;
  const worker = async () => {
    while (next < todo.length) {
      const index = next++;
      const cell = todo[index];
      const { verdict, notes } = await check(cell, cell.exe, index);
      results[index] = { row: cell.row, death: cell.marked.death, go: cell.go, flags: cell.flags, verdict };
      if (notes.length > 0) console.log(`${verdict} ${cell.row} ${cell.go} ${cell.flags}: ${notes.join('; ')}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  rmSync(work, { recursive: true });
  console.log(causeTable(results));
  process.exitCode = results.some(({ verdict }) => verdict === 'wrong') ? 1 : 0;
}

await main();
