import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBundle } from '../scripts/bundle.mjs';
import { checkCounts, countWork, grownCounts, lostCounts, quickWorks, readCounts } from './quick.mjs';

let launcher;
let folder;

beforeAll(async () => {
  launcher = await ensureBundle();
  folder = mkdtempSync(join(tmpdir(), 'inquest-quick-'));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The command, but that it runs `commands` before what it is asked: work that the question does not need. */
function wasteful(...commands) {
  const path = join(folder, 'wasteful.cjs');
  const more = JSON.stringify(commands.flatMap((command) => ['-e', command]));
  writeFileSync(
    path,
    `process.argv.splice(process.argv.indexOf('-e'), 0, ...${more});\nrequire(${JSON.stringify(launcher)});\n`,
  );
  return path;
}

function grownIn(work, planted) {
  return grownCounts(work.name, readCounts()[work.name], countWork(planted, work)).join('\n');
}

describe('the counts of bench -- --quick', () => {
  it('are those of the table: more is done for no question', () => {
    expect(checkCounts(launcher).problems).toEqual([]);
  }, 120_000);

  it('tell when all types are read for a backtrace', () => {
    const bt = quickWorks().find(({ command }) => command === 'bt');
    const problems = grownIn(bt, wasteful('types'));
    for (const count of [
      'bytesRead',
      'sectionsInflated',
      'bytesInflated',
      'unitsRead',
      'entriesRead',
      'stringsDecoded',
    ])
      expect(problems).toContain(`${bt.name}: ${count} is `);
  });

  it('tell when a stack is unwound twice, or each goroutine is read', () => {
    const bt = quickWorks().find(({ id, command }) => id.startsWith('crash') && command === 'bt');
    const problems = grownIn(bt, wasteful('goroutines -t 5'));
    for (const count of ['framesUnwound', 'goroutinesRead']) expect(problems).toContain(`${bt.name}: ${count} is `);
  });

  it('may grow by a tenth, and not be lost', () => {
    const room = { bt: { entriesRead: 100 } };
    expect(grownCounts('bt', room.bt, { entriesRead: 110 })).toEqual([]);
    expect(grownCounts('bt', room.bt, { entriesRead: 111 })).toEqual(['bt: entriesRead is 111, was 100']);
    expect(grownCounts('bt', { sectionsInflated: 0 }, { sectionsInflated: 1 })).toHaveLength(1);
    expect(grownCounts('other', undefined, { entriesRead: 1 })).toEqual(['other: not in the table']);
    expect(lostCounts(room, { bt: { entriesRead: 0 } })).toEqual(['entriesRead is never counted']);
  });
});
