// npm run bench -- --quick [--update]: counts the work of questions about committed cores, and compares with counts.json. Not times:
// those differ from machine to machine, and counts do not. --update writes what was counted to the table.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMPILED_IN, openFixture, PROGRAMS } from '../fixtures/fixtures.mjs';

const table = join(dirname(fileURLToPath(import.meta.url)), 'counts.json');

/** What is asked of which core. */
const WORKS = {
  'sum/go1.26/default': ['bt', 'locals', 'report', 'goroutines', 'traceback', 'types', 'vars ^main\\.', 'disassemble'],
  'sum/go1.26/stripped': ['bt', 'report'],
  'truth/go1.24/default': ['bt -full'],
  'stacks/go1.24/default': ['goroutines -t 10'],
  'crash/go1.24/default/mutual': ['bt', 'bottom', 'report'],
  'cgocrash/go1.24/cgo/fault': ['bt'],
  'waits/go1.24/default/planted': ['report', 'waiting', 'deadlocks'],
};

/** The questions of the table: {name, id, command}. */
export function quickWorks() {
  return Object.entries(WORKS).flatMap(([id, commands]) =>
    commands.map((command) => ({ name: `${id}: ${command}`, id, command })),
  );
}

/** What a command does in a process of its own, with empty caches: counts by their names. */
export function countWork(launcher, { name, id, command }) {
  const { exe, core } = openFixture(id);
  const cache = mkdtempSync(join(tmpdir(), 'inquest-counts-'));
  try {
    const places = ['--no-config', '--substitute-path', `${COMPILED_IN}=${PROGRAMS}`];
    const args = [launcher, 'core', exe, core, ...places, '--json', '--stats', '-q', '-e', command];
    const env = { ...process.env, XDG_CACHE_HOME: cache };
    const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8', maxBuffer: 2 ** 28 });
    const line = stderr.split('\n').find((each) => each.startsWith('{"stats"'));
    if (status !== 0 || line === undefined) throw new Error(`${name} ended with ${status}: ${stderr.slice(0, 300)}`);
    return JSON.parse(line).stats.counts;
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

/** How much more than before is too much: a tenth, and that many. What a change of a few does not matter in has some room. */
const SHARE = 0.1;
const ROOM = {
  pagesRead: 2,
  bytesRead: 2 << 14,
  functionLookups: 4,
  framesUnwound: 2,
  stringsDecoded: 8,
  valuesLoaded: 4,
};

/** What grew beyond that, a sentence each. */
export function grownCounts(name, before, now) {
  if (before === undefined) return [`${name}: not in the table`];
  return Object.entries(now).flatMap(([count, value]) => {
    const known = before[count];
    if (known === undefined) return [`${name}: ${count} is not in the table`];
    const most = Math.floor(known * (1 + SHARE)) + (ROOM[count] ?? 0);
    return value > most ? [`${name}: ${count} is ${value}, was ${known}`] : [];
  });
}

/** Counts that were something in the table, and nothing is counted any more: the guard would be blind. */
export function lostCounts(before, now) {
  const sum = (counts, key) => Object.values(counts).reduce((total, each) => total + (each[key] ?? 0), 0);
  const keys = new Set(Object.values(before).flatMap((each) => Object.keys(each)));
  return [...keys].filter((key) => sum(before, key) > 0 && sum(now, key) === 0).map((key) => `${key} is never counted`);
}

export function readCounts() {
  return JSON.parse(readFileSync(table, 'utf8'));
}

function countAll(launcher) {
  return Object.fromEntries(quickWorks().map((work) => [work.name, countWork(launcher, work)]));
}

/** Counts all works and compares; what is wrong, a sentence each. */
export function checkCounts(launcher) {
  const before = readCounts();
  const now = countAll(launcher);
  const grown = Object.entries(now).flatMap(([name, counts]) => grownCounts(name, before[name], counts));
  return { now, problems: [...grown, ...lostCounts(before, now)] };
}

/** The command: returns the exit code. */
export function runQuick(launcher, update) {
  if (update) {
    writeFileSync(table, `${JSON.stringify(countAll(launcher), undefined, 2)}\n`);
    return 0;
  }
  const { now, problems } = checkCounts(launcher);
  for (const problem of problems) console.error(problem);
  console.log(`${Object.keys(now).length} works counted, ${problems.length} problems`);
  return problems.length === 0 ? 0 : 1;
}
