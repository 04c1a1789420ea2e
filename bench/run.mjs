// npm run bench [-- --rounds N] [--only TEXT] [--json FILE | --quick]: whole-process time and memory against Delve on the same cores, in turn.
// --only takes the works whose input or name has the text. Fails where a work takes longer than works.mjs allows. --quick
// counts work instead (quick.mjs).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBundle } from '../scripts/bundle.mjs';
import { archiveRows } from './archives.mjs';
import { editorRows } from './editor.mjs';
import {
  compilerInput,
  deepInput,
  delve,
  giantInput,
  manyInput,
  millionInput,
  recordsInput,
  sparseInput,
  trivialInput,
} from './inputs.mjs';
import { measureInTurn } from './measure.mjs';
import { runQuick } from './quick.mjs';
import { printTable } from './table.mjs';
import { truthTable, twinTable } from './truth.mjs';
import { worksFor } from './works.mjs';

const option = (name, fallback) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? fallback : process.argv[at + 1];
};
const rounds = Number(option('--rounds', '5'));
const only = option('--only', '');
const launcher = await ensureBundle();
if (process.argv.includes('--quick')) process.exit(runQuick(launcher, process.argv.includes('--update')));
const scratch = mkdtempSync(join(tmpdir(), 'inquest-bench-'));

/** Our command line; `isKnown` if it is to find what an earlier run kept of the executable. */
function ours({ exe, core }, commands, isKnown = false) {
  const words = [process.execPath, launcher, 'core', exe, core, '--stats', ...commands.flatMap((text) => ['-e', text])];
  return isKnown ? ['env', `XDG_CACHE_HOME=${join(scratch, 'kept')}`, ...words] : [...words, '--no-cache'];
}

let scripts = 0;
function theirs({ exe, core }, commands) {
  const init = join(scratch, `${scripts++}.init`);
  writeFileSync(init, `${commands.join('\n')}\nexit\n`);
  return [
    delve,
    'core',
    exe,
    core,
    '--check-go-version=false',
    '--allow-non-terminal-interactive=true',
    '--init',
    init,
  ];
}

function output([command, ...args]) {
  return spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'pipe'] }).stdout;
}

/** Number of the first frame of the user's code in each debugger. */
function userFrame(input) {
  const { frames } = JSON.parse(output([...ours(input, ['bt 200']), '--json'])).data;
  const mine = frames.find((frame) => input.user.test(frame.function))?.index ?? 0;
  if (delve === undefined) return { mine, peer: 0 };
  const lines = output(['env', 'TERM=dumb', ...theirs(input, ['bt 200'])]).split('\n');
  const line = lines.find((each) => input.user.test(/^ *\d+ +0x\w+ in (.*)$/.exec(each)?.[1] ?? ''));
  return { mine, peer: Number.parseInt(line ?? '0', 10) };
}

/** Name of a variable of that frame that has a value. */
function someLocal(input, frame) {
  const { variables } = JSON.parse(output([...ours(input, [`frame ${frame.mine} locals`]), '--json'])).data;
  return variables.find(({ value, name }) => value !== undefined && /^\w+$/.test(name))?.name ?? '1';
}

/** Of the large cores nothing is asked about a frame of the user's. */
function worksOf(input) {
  if (input.isLarge) return worksFor(input);
  const frame = userFrame(input);
  return worksFor({ ...input, local: someLocal(input, frame) }, frame);
}

function measureInput(input) {
  const works = worksOf(input);
  return works
    .filter(({ work }) => `${input.name} ${work}`.includes(only))
    .map(({ work, mine, peer, most, whole, times, share, base, isKnown }) => {
      const commands = [ours(input, mine, isKnown)];
      if (delve !== undefined && peer !== undefined) commands.push(theirs(input, peer));
      const [inquest, other] = measureInTurn(commands, rounds);
      const before = base === undefined ? 0 : measureInTurn([ours(input, base, isKnown)], rounds)[0].commands;
      const cost = inquest.commands - before;
      return {
        input: input.name,
        work,
        inquest: { ...inquest, commands: cost },
        delve: other,
        most,
        whole,
        times,
        share,
      };
    });
}

const rows = [];
for (const make of [
  trivialInput,
  compilerInput,
  giantInput,
  recordsInput,
  manyInput,
  millionInput,
  deepInput,
  sparseInput,
]) {
  const input = make();
  if (input === undefined)
    console.log(`${make.name}: skipped, Go 1.26 is not in $GO_TOOLCHAINS (scripts/go-toolchains fetches it)`);
  else {
    rows.push(...measureInput(input));
    if (input.name === 'many' && `${input.name} editor`.includes(only))
      rows.push(...(await editorRows(input, launcher, delve)));
    if (input.name === 'cmd/compile') rows.push(...archiveRows(input, { launcher, scratch, rounds, only }));
  }
}
rmSync(scratch, { recursive: true, force: true });
printTable(
  rows,
  `medians of ${rounds} runs in turn; Node ${process.versions.node}${delve === undefined ? '; Delve not found' : ''}`,
);
const file = option('--json');
if (file !== undefined)
  writeFileSync(file, `${JSON.stringify({ node: process.versions.node, rounds, rows }, undefined, 2)}\n`);

if ('truth'.includes(only)) {
  console.log('\nvalues against what the programs wrote down themselves\n');
  console.log((await truthTable(delve !== undefined)).join('\n'));
}
if (delve !== undefined && 'twin'.includes(only)) {
  console.log('\nvalues of an optimised program against those of its build with -N -l\n');
  console.log((await twinTable()).join('\n'));
}

/** What is wrong with a row, in words; undefined if nothing is. */
function problemOf({ inquest, delve: peer, most, whole, times, share }) {
  if (inquest.failed) return 'failed';
  if (times !== undefined && peer !== undefined && peer.wall < inquest.wall * times)
    return `${(peer.wall / inquest.wall).toFixed(1)} times as fast instead of ${times}`;
  if (share !== undefined && peer?.memory !== undefined && inquest.memory > peer.memory * share)
    return `${(inquest.memory / peer.memory).toFixed(2)} of the memory instead of ${share}`;
  if (most !== undefined && inquest.commands > most) return `${inquest.commands.toFixed(0)} ms instead of ${most}`;
  if (whole === undefined) return undefined;
  if (inquest.wall > whole.seconds) return `${inquest.wall.toFixed(2)} s instead of ${whole.seconds}`;
  return whole.megabytes !== undefined && inquest.memory > whole.megabytes
    ? `${inquest.memory.toFixed(0)} MB instead of ${whole.megabytes}`
    : undefined;
}

for (const row of rows) {
  const problem = problemOf(row);
  if (problem === undefined) continue;
  console.error(`${row.input}, ${row.work}: ${problem}`);
  process.exitCode = 1;
}
