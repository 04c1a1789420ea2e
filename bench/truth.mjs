// How many variables of the truth programs each debugger shows rightly: the programs wrote down what they held before they died.
import { createRequire } from 'node:module';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { listFixtures, openFixture } from '../fixtures/fixtures.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The judges of packages/node/test/truth-score.ts, which are TypeScript. */
async function judges() {
  const folder = mkdtempSync(join(tmpdir(), 'inquest-truth-'));
  const outfile = join(folder, 'truth-score.cjs');
  await build({
    entryPoints: [join(root, 'packages/node/test/truth-score.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    conditions: ['inquest-source'],
    logLevel: 'error',
  });
  const module = createRequire(import.meta.url)(outfile);
  rmSync(folder, { recursive: true, force: true });
  return module;
}

/** A table of the score per fixture, as lines of Markdown; Delve's columns are empty without Delve. */
export async function truthTable(hasDelve, flags = ['default', 'noopt']) {
  const { askInquest, askDelve, scoreOf } = await judges();
  const lines = [
    '| truth program | variables | inquest right | right but flagged | older, flagged | wrong | absent | delve right | wrong | absent | times as many right |',
    '|---|---|---|---|---|---|---|---|---|---|---|',
  ];
  const fixtures = listFixtures().filter((each) => each.hasTruth && flags.includes(each.flags));
  for (const { id } of fixtures) {
    const fixture = openFixture(id);
    const { judged } = askInquest(fixture);
    const ours = scoreOf(judged);
    const theirs = hasDelve ? scoreOf(await askDelve(fixture)) : undefined;
    const times = theirs === undefined ? '' : (ours.right / theirs.right).toFixed(2);
    lines.push(
      `| ${id} | ${judged.length} | ${ours.right} | ${ours.rightFlagged} | ${ours.wrongFlagged} | ${ours.wrong} | ${ours.absent} | ${theirs?.right ?? ''} | ${theirs?.wrong ?? ''} | ${theirs?.absent ?? ''} | ${times} |`,
    );
  }
  return lines;
}
