// The same requests to our JSON-RPC server and to Delve's, field by field. What differs needs a reason of rpc/shape-reasons.ts.
import { describe, expect, it } from 'vitest';
import { openFixture } from '../../../fixtures/fixtures.mjs';
import { DelveClient, findDelve } from '../../testkit/src/index.ts';
import { NO_SOURCES, rpcOver } from './rpc/rpc-over.ts';
import { reasonOf, SHAPE_REASONS, type ShapeReason } from './rpc/shape-reasons.ts';
import { compareShapes } from './rpc/shapes.ts';

if (findDelve() === undefined)
  console.log('the shapes of JSON-RPC are not compared: Delve is not installed (scripts/go-toolchains delve)');

const FULL = { FollowPointers: true, MaxVariableRecurse: 1, MaxStringLen: 64, MaxArrayValues: 64, MaxStructFields: -1 };
const SHORT = { FollowPointers: false, MaxVariableRecurse: 0, MaxStringLen: 64, MaxArrayValues: 0, MaxStructFields: 3 };
const FIXTURES: readonly (readonly [id: string, load: object])[] = [
  ['exprs/go1.27/noopt', FULL],
  ['exprs/go1.26/noopt', SHORT],
  ['truth/go1.27/noopt', FULL],
  ['truth/go1.26/default', FULL],
];

describe.skipIf(findDelve() === undefined)('the shapes of JSON-RPC', () => {
  const uses = new Set<ShapeReason>();
  let compared = 0;

  it.each(FIXTURES)('are those of Delve on %s, or there is a reason', async (id, load) => {
    const { exe, core } = openFixture(id);
    const delve = await DelveClient.open(exe, core);
    try {
      const { count, differences } = await compareShapes(
        rpcOver(id, {}, {}, { sources: NO_SOURCES }).connect(),
        delve,
        load,
      );
      compared += count;
      const strange = differences.filter((difference) => {
        const reason = reasonOf(difference);
        if (reason !== undefined) uses.add(reason);
        return reason === undefined;
      });
      expect(strange.slice(0, 20)).toEqual([]);
    } finally {
      delve.stop();
    }
  });

  it('have no reason that is not needed', () => {
    console.log(`${compared} fields were compared`);
    expect(compared).toBeGreaterThan(100_000);
    expect(SHAPE_REASONS.filter((reason) => !uses.has(reason))).toEqual([]);
  });
});
