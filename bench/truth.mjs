// How many variables of the truth programs each debugger shows rightly: the programs wrote down what they held before they died.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { listFixtures, openFixture } from '../fixtures/fixtures.mjs';
import { compilerInput, plainCompilerInput } from './inputs.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What a file of packages/node/test exports, which is TypeScript. */
async function judges(file) {
  const folder = mkdtempSync(join(tmpdir(), 'inquest-truth-'));
  const outfile = join(folder, 'truth-score.mjs');
  // The fixtures are found by where their own file is.
  const fixtures = {
    name: 'fixtures',
    setup: (plugins) =>
      plugins.onResolve({ filter: /\/fixtures\.mjs$/ }, () => ({
        path: join(root, 'fixtures/fixtures.mjs'),
        external: true,
      })),
  };
  await build({
    entryPoints: [join(root, 'packages/node/test', file)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    plugins: [fixtures],
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    conditions: ['inquest-source'],
    logLevel: 'error',
  });
  const module = await import(pathToFileURL(outfile).href);
  rmSync(folder, { recursive: true, force: true });
  return module;
}

/**
 * A table of the score per fixture, as lines of Markdown; Delve's columns are empty without Delve. Inquest is asked twice, with the
 * program's sources and without: it warns of fewer values when it can read what is assigned where.
 */
export async function truthTable(hasDelve, flags = ['default', 'noopt']) {
  const { askInquest, askDelve, scoreOf } = await judges('truth-score.ts');
  const lines = [
    '| truth program | variables | right | right, warned | older, warned | wrong | absent | right without sources | warned | wrong | delve right | wrong | absent | times as many right |',
    '|---|---|---|---|---|---|---|---|---|---|---|---|---|---|',
  ];
  const total = { right: 0, theirs: 0 };
  const fixtures = listFixtures().filter((each) => each.hasTruth && flags.includes(each.flags));
  for (const { id, program } of fixtures) {
    const fixture = openFixture(id);
    const { judged } = askInquest(fixture, program, true);
    const ours = scoreOf(judged);
    const bare = scoreOf(askInquest(fixture, program, false).judged);
    const theirs = hasDelve ? scoreOf(await askDelve(fixture)) : undefined;
    const times = theirs === undefined ? '' : (ours.right / theirs.right).toFixed(2);
    if (fixture.dir.endsWith('default')) {
      total.right += ours.right;
      total.theirs += theirs?.right ?? 0;
    }
    lines.push(
      `| ${id} | ${judged.length} | ${ours.right} | ${ours.rightFlagged} | ${ours.wrongFlagged} | ${ours.wrong} | ${ours.absent} | ${bare.right} | ${bare.rightFlagged + bare.wrongFlagged} | ${bare.wrong} | ${theirs?.right ?? ''} | ${theirs?.wrong ?? ''} | ${theirs?.absent ?? ''} | ${times} |`,
    );
  }
  if (hasDelve)
    lines.push(
      '',
      `${(total.right / total.theirs).toFixed(2)} times as many right values as Delve in all default builds`,
    );
  return lines;
}

/** The same of a program that nobody wrote for this: the Go compiler, held to its own build with -N -l. Lines of Markdown; none without Go or Delve. */
export async function twinTable() {
  const [optimised, plain] = [compilerInput(), plainCompilerInput()];
  if (optimised === undefined || plain === undefined) return [];
  const { scoreOf } = await judges('truth-score.ts');
  const { askTwins } = await judges('twin-score.ts');
  const { inquest, delve } = await askTwins(optimised, plain);
  const [ours, theirs] = [scoreOf(inquest), scoreOf(delve)];
  return [
    '| program | variables | right | right, warned | older, warned | wrong | absent | delve right | wrong | absent | times as many right |',
    '|---|---|---|---|---|---|---|---|---|---|---|',
    `| cmd/compile | ${inquest.length} | ${ours.right} | ${ours.rightFlagged} | ${ours.wrongFlagged} | ${ours.wrong} | ${ours.absent} | ${theirs.right} | ${theirs.wrong} | ${theirs.absent} | ${(ours.right / theirs.right).toFixed(2)} |`,
  ];
}
