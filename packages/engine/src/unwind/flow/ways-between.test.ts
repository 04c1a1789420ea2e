import { describe, expect, it } from 'vitest';
import { buildFlowGraph, type FlowGraph } from './flow-graph.ts';
import { callsBefore, instructionsAhead, offsetsBetween } from './ways-between.ts';

function graphOf(...code: readonly number[]): FlowGraph {
  const context = { neverReturns: () => false, jumpTable: () => undefined, extraEntries: [] };
  const graph = buildFlowGraph(Uint8Array.from(code), context);
  if (graph === undefined) throw new Error('the code of the test is not understood');
  return graph;
}

/** 0: nop; 1: nop; 2: jne 1; 4: nop; 5: ret */
const LOOP = graphOf(0x90, 0x90, 0x75, 0xfd, 0x90, 0xc3);

/** 0: je 4; 2: nop; 3: nop; 4: nop; 5: ret */
const BRANCH = graphOf(0x74, 0x02, 0x90, 0x90, 0x90, 0xc3);

const between = (graph: FlowGraph, since: number, at: number): number[] | undefined =>
  offsetsBetween(graph, since, at)?.toSorted((a, b) => a - b);

describe('what execution may have passed', () => {
  it('is what lies between, straight on', () => expect(between(LOOP, 4, 5)).toEqual([4]));
  it('is a loop that lies between', () => expect(between(LOOP, 0, 5)).toEqual([0, 1, 2, 4]));
  it('ends where it would come by the first instruction again', () => expect(between(LOOP, 1, 2)).toEqual([1]));
  it('goes round a loop that does not come by it', () => expect(between(LOOP, 0, 2)).toEqual([0, 1, 2]));
  it('goes back over the end of a loop', () => expect(between(LOOP, 2, 1)).toEqual([2]));
  it('is all branches', () => expect(between(BRANCH, 0, 5)).toEqual([0, 2, 3, 4]));
  it('is one branch', () => expect(between(BRANCH, 2, 4)).toEqual([2, 3]));
  it('is nothing between a place and itself', () => expect(between(LOOP, 1, 1)).toEqual([]));
  it('is not known for what is no instruction', () => expect(between(LOOP, 3, 5)).toBeUndefined());
});

describe('what execution may come to', () => {
  const ahead = (graph: FlowGraph, at: number): number[] =>
    instructionsAhead(graph, at)
      .map((each) => each.at)
      .sort((a, b) => a - b);

  it('is all behind a place, by every branch', () => expect(ahead(BRANCH, 0)).toEqual([0, 2, 3, 4, 5]));
  it('is what follows where ways have met', () => expect(ahead(BRANCH, 3)).toEqual([3, 4, 5]));
  it('is nothing of the next round of a loop', () => expect(ahead(LOOP, 2)).toEqual([2, 4, 5]));
  it('is nothing from what is no instruction', () => expect(ahead(LOOP, 3)).toEqual([]));
});

describe('the calls that may have been the last', () => {
  /** 0: call 12; 5: je 12; 7: call 12; 12: nop; 13: ret */
  const CALLS = graphOf(0xe8, 7, 0, 0, 0, 0x74, 0x05, 0xe8, 0, 0, 0, 0, 0x90, 0xc3);
  const last = (graph: FlowGraph, at: number, passed: readonly number[] = []): number[] | undefined =>
    callsBefore(graph, at, (call) => passed.includes(call.at))?.toSorted((a, b) => a - b);

  it('are those of all ways', () => expect(last(CALLS, 13)).toEqual([0, 7]));
  it('is the nearest one of a way', () => expect(last(CALLS, 7)).toEqual([0]));
  it('are none before the first', () => expect(last(CALLS, 0)).toEqual([]));
  it('are the ones before those that do not count', () => expect(last(CALLS, 13, [7])).toEqual([0]));
  it('are none where there are none', () => expect(last(LOOP, 5)).toEqual([]));
  it('are not known for what is no instruction', () => expect(last(CALLS, 3)).toBeUndefined());
});
