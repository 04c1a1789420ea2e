// npm run bench [-- --rounds N] [--json FILE]: whole-process time and memory against Delve on the same cores, in turn.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBundle } from '../scripts/bundle.mjs';
import { compilerInput, delve, trivialInput } from './inputs.mjs';
import { measureInTurn } from './measure.mjs';
import { truthTable } from './truth.mjs';

const option = (name, fallback) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? fallback : process.argv[at + 1];
};
const rounds = Number(option('--rounds', '5'));
const launcher = await ensureBundle();
const scratch = mkdtempSync(join(tmpdir(), 'inquest-bench-'));

function ours(input, commands) {
  return [process.execPath, launcher, 'core', input.exe, input.core, ...commands.flatMap((text) => ['-e', text])];
}

function theirs(input, commands) {
  const init = join(scratch, `${commands.length}-${commands[0].replaceAll(' ', '-')}.init`);
  writeFileSync(init, `${commands.join('\n')}\nexit\n`);
  return [
    delve,
    'core',
    input.exe,
    input.core,
    '--check-go-version=false',
    '--allow-non-terminal-interactive=true',
    '--init',
    init,
  ];
}

/** Number of the first frame of the user's code: the same in both, as both count inlined calls. */
function userFrame(input) {
  const out = spawnSync(process.execPath, [launcher, 'core', input.exe, input.core, '--json', '-e', 'bt'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const { frames } = JSON.parse(out.stdout).data;
  const matches = (name) => (typeof input.user === 'string' ? name === input.user : input.user.test(name));
  return frames.find((frame) => matches(frame.function))?.index ?? 0;
}

const rows = [];
for (const input of [trivialInput(), compilerInput()]) {
  if (input === undefined) {
    console.log('cmd/compile: skipped, Go 1.26 is not in $GO_TOOLCHAINS (scripts/go-toolchains fetches it)');
    continue;
  }
  const frame = userFrame(input);
  const works = [
    ['bt', ['bt'], ['bt']],
    [
      'bt, args and locals of the user frame',
      ['bt', `frame ${frame} args`, `frame ${frame} locals`],
      ['bt', `frame ${frame} args`, `frame ${frame} locals`],
    ],
    ['goroutines', ['goroutines'], ['goroutines']],
    ['disassemble', [`frame ${frame} disassemble`], [`frame ${frame} disassemble`]],
    ['list main.main', ['list main.main'], ['list main.main']],
    ['funcs', ['funcs'], ['funcs']],
    ['types', ['types'], ['types']],
    ['report', ['report'], undefined],
  ];
  for (const [work, mine, peer] of works) {
    const commands = [ours(input, mine)];
    if (delve !== undefined && peer !== undefined) commands.push(theirs(input, peer));
    const [a, b] = measureInTurn(commands, rounds);
    rows.push({ input: input.name, work, inquest: a, delve: b });
  }
}
rmSync(scratch, { recursive: true, force: true });

const seconds = (value) => (value === undefined ? '' : value.toFixed(3));
const megabytes = (value) => (value === undefined ? '' : value.toFixed(0));
console.log(
  `medians of ${rounds} runs in turn; Node ${process.versions.node}${delve === undefined ? '; Delve not found' : ''}\n`,
);
console.log('| input | work | inquest s | MB | delve s | MB | times as fast | memory |');
console.log('|---|---|---|---|---|---|---|---|');
for (const { input, work, inquest, delve: peer } of rows) {
  const speed = peer === undefined ? '' : `${(peer.wall / inquest.wall).toFixed(1)}`;
  const memory =
    peer?.memory === undefined || inquest.memory === undefined ? '' : `${(inquest.memory / peer.memory).toFixed(2)}`;
  const failed = inquest.failed ? ' (failed)' : '';
  console.log(
    `| ${input} | ${String(work)}${failed} | ${seconds(inquest.wall)} | ${megabytes(inquest.memory)} | ${seconds(peer?.wall)} | ${megabytes(peer?.memory)} | ${speed} | ${memory} |`,
  );
}
const file = option('--json');
if (file !== undefined)
  writeFileSync(file, `${JSON.stringify({ node: process.versions.node, rounds, rows }, undefined, 2)}\n`);

console.log('\nvalues against what the programs wrote down themselves\n');
const scores = await truthTable(delve !== undefined);
console.log(scores.join('\n'));
