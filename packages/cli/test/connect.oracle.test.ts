// `dlv connect` on our server and on Delve's, for the same core. What it prints differently needs a reason of connect/reasons.ts.
import { describe, expect, it } from 'vitest';
import { findDelve } from '../../testkit/src/index.ts';
import { OPTIMISED_COMMANDS, PLACE_COMMANDS, VALUE_COMMANDS } from './connect/commands.ts';
import { compareTerminals } from './connect/compare.ts';
import { reasonOf, TERMINAL_REASONS, type TerminalReason } from './connect/reasons.ts';
import { knownDifferences } from './transcript-tools/play.ts';

if (findDelve() === undefined)
  console.log('dlv connect is not tried: Delve is not installed (scripts/go-toolchains delve)');

const EVERYTHING = [...VALUE_COMMANDS, ...PLACE_COMMANDS];
const SCRIPTS: readonly (readonly [fixture: string, commands: readonly string[], same: number])[] = [
  ['exprs/go1.27/noopt', EVERYTHING, 125],
  ['exprs/go1.26/noopt', EVERYTHING, 125],
  ['truth/go1.27/default', OPTIMISED_COMMANDS, 5],
];

describe.skipIf(findDelve() === undefined)('dlv connect', () => {
  const uses = new Set<TerminalReason>();

  it.each(SCRIPTS)('prints on %s what it prints with Delve, or there is a reason', async (fixture, commands, same) => {
    const comparison = await compareTerminals(fixture, commands);
    const strange: string[] = [];
    for (const difference of comparison.differences) {
      const reason = reasonOf(difference);
      if (reason === undefined)
        strange.push(`${difference.command}\n  - ${difference.delve ?? ''}\n  + ${difference.inquest ?? ''}`);
      else uses.add(reason);
    }
    expect(strange).toEqual([]);
    // So many commands print exactly the same.
    expect(comparison.same).toBeGreaterThanOrEqual(same);
  });

  it('has no reason that is not needed, or that the documentation does not tell', () => {
    expect(TERMINAL_REASONS.filter((reason) => !uses.has(reason))).toEqual([]);
    const told = knownDifferences();
    expect(TERMINAL_REASONS.map(({ id }) => id).filter((id) => !told.has(id))).toEqual([]);
  });
});
