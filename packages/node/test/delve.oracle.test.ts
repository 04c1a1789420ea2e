// Everything that Inquest and Delve can both be asked about the fixtures, compared. Each difference needs a reason in
// oracle/reasons.ts. INQUEST_ORACLE=all takes all scenarios of the program crash with every version of Go, INQUEST_ORACLE_ONLY=TEXT
// only fixtures whose id has that text, INQUEST_ORACLE_FILE=PATH writes what is unexplained as JSON.
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listFixtures, type FixtureName } from '../../../fixtures/fixtures.mjs';
import { findDelve } from '../../testkit/src/index.ts';
import { compareFixture } from './oracle/compare.ts';
import { describeDifference, reasonFor, type Difference, type Reason } from './oracle/differences.ts';
import { REASONS } from './oracle/reasons.ts';

const PROGRAMS = new Set(['truth', 'sum', 'blocked', 'crash', 'cgocrash', 'exprs', 'waits']);
/** Scenarios of the program crash that are compared with every version of Go. */
const SCENARIOS = new Set(['nil', 'quit', 'overflow', 'preempt', 'nilmethod', 'goexit', 'sendclosed', 'inlined']);
/** Differences printed at most, per fixture. */
const SHOWN = 20;

const { INQUEST_ORACLE: extent, INQUEST_ORACLE_ONLY: only, INQUEST_ORACLE_FILE: file } = process.env;
const fixtures = listFixtures().filter(isWanted);

function isWanted({ id, program, flags, go, scenario }: FixtureName): boolean {
  if (!PROGRAMS.has(program) || flags === 'stripped' || (only !== undefined && !id.includes(only))) return false;
  return program !== 'crash' || extent === 'all' || go === '1.27' || SCENARIOS.has(scenario ?? '');
}

if (findDelve() === undefined)
  console.log('the comparison with Delve is skipped: scripts/go-toolchains delve installs it');

describe.skipIf(findDelve() === undefined)('Inquest and Delve', () => {
  const counts = new Map<string, number>();
  const uses = new Map<Reason, number>();
  const unexplained: Difference[] = [];
  /** Executables whose names and package variables were compared: the scenarios of a program share one. */
  const seen = new Set<string>();

  it.each(fixtures)('agree about $id, or there is a reason', async ({ id, program, go, flags }) => {
    const executable = `${program} ${go} ${flags}`;
    const comparison = await compareFixture(id, !seen.has(executable));
    seen.add(executable);
    for (const [kind, count] of comparison.counts) counts.set(kind, (counts.get(kind) ?? 0) + count);
    const strange: Difference[] = [];
    for (const difference of comparison.differences) {
      const reason = reasonFor(difference, REASONS);
      if (reason === undefined) strange.push(difference);
      else uses.set(reason, (uses.get(reason) ?? 0) + 1);
    }
    unexplained.push(...strange);
    if (strange.length > 0) expect.fail(strange.slice(0, SHOWN).map(describeDifference).join('\n'));
  });

  it('differ for known reasons only, each of which is needed', () => {
    if (file !== undefined) writeFileSync(file, `${JSON.stringify(unexplained, undefined, 1)}\n`);
    console.log(`compared: ${[...counts].map(([kind, count]) => `${count} × ${kind}`).join(', ')}`);
    const sums = new Map<string, number>();
    for (const [{ reason }, count] of uses) sums.set(reason, (sums.get(reason) ?? 0) + count);
    const lines = [...sums]
      .sort((a, b) => b[1] - a[1])
      .map(([reason, count]) => `${String(count).padStart(6)}  ${reason}`);
    console.log(`differences and why Inquest is right:\n${lines.join('\n')}`);
    expect(unexplained.length).toBe(0);
    if (only === undefined) expect(REASONS.filter((reason) => !uses.has(reason))).toEqual([]);
  });
});
