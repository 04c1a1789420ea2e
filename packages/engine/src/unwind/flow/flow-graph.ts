import { decodeInstruction } from '../../arch/amd64/decoder.ts';
import type { Instruction } from '../../arch/amd64/instruction.ts';

/** A stretch of code that is only entered at its start and left at its end. */
export interface Block {
  readonly index: number;
  readonly instructions: readonly Instruction[];
  readonly successors: readonly number[];
  /** Number of the cycle of blocks that it lies on, of all that are woven together; -1 if execution never comes back to it. */
  loop: number;
}

/** A function's code as blocks; block 0 is its entry. */
export interface FlowGraph {
  readonly blocks: readonly Block[];
  /** By number of a block, those from which execution comes to it. */
  readonly predecessors: readonly (readonly number[])[];
  /** By offset in the code: number of the block that holds the instruction there, -1 where none begins. */
  readonly blockAt: Int32Array;
  /** Offsets of the instructions, ascending. */
  readonly offsets: Int32Array;
}

/** What the code is part of. Offsets count from its start. */
export interface CodeContext {
  /** True if the function at this offset never returns. */
  neverReturns(target: number): boolean;
  /** Targets of a jump through a table of code addresses at this offset of the text; undefined if they cannot be read. */
  jumpTable(offset: number): readonly number[] | undefined;
  /** Where execution may start besides the entry: after a recovered panic. */
  readonly extraEntries: readonly number[];
}

const MOST_INSTRUCTIONS = 40_000;

/** Cuts a function into blocks. Undefined if an instruction or a jump in it is not understood, or if it is too long. */
export function buildFlowGraph(code: Uint8Array, context: CodeContext): FlowGraph | undefined {
  const decoded = decodeReachable(code, context);
  if (decoded === undefined) return undefined;
  const { instructions, numberAt, ways, leaders } = decoded;
  const blockAt = new Int32Array(code.length).fill(-1);
  const offsets = new Int32Array(instructions.length);
  let count = 0;
  const cut: Instruction[][] = [];
  let current: Instruction[] = [];
  let last: Instruction | undefined;
  for (let at = 0; at < code.length; at++) {
    const number = numberAt[at] as number;
    const instruction = number < 0 ? undefined : instructions[number];
    if (instruction === undefined) continue;
    // Code that means one thing or another depending on where it is entered is not what a compiler makes.
    if (last !== undefined && last.at + last.length > at) return undefined;
    const follows = last !== undefined && last.at + last.length === at && (ways.get(last.at)?.includes(at) ?? true);
    if (!follows || leaders[at] === 1) cut.push((current = []));
    current.push(instruction);
    blockAt[at] = cut.length - 1;
    offsets[count++] = at;
    last = instruction;
  }
  const blocks = cut.map((list, index): Block => {
    const end = list[list.length - 1] as Instruction;
    const successors = (ways.get(end.at) ?? [end.at + end.length]).map((at) => blockAt[at] as number);
    return { index, instructions: list, successors, loop: -1 };
  });
  markLoops(blocks);
  const predecessors = blocks.map((): number[] => []);
  for (const { index, successors } of blocks) for (const to of new Set(successors)) predecessors[to]?.push(index);
  return { blocks, predecessors, blockAt, offsets };
}

interface Decoded {
  readonly instructions: readonly Instruction[];
  /** By offset: the number of the instruction there, -1 where none begins. */
  readonly numberAt: Int32Array;
  /** Where execution goes on behind instructions for which that is not always the next one. */
  readonly ways: ReadonlyMap<number, readonly number[]>;
  /** By offset: 1 where execution may come from elsewhere than the instruction before. */
  readonly leaders: Uint8Array;
}

/** Decodes what can be reached from the entries. */
function decodeReachable(code: Uint8Array, context: CodeContext): Decoded | undefined {
  const instructions: Instruction[] = [];
  const numberAt = new Int32Array(code.length).fill(-1);
  const ways = new Map<number, readonly number[]>();
  const leaders = new Uint8Array(code.length);
  const work = [...context.extraEntries, 0];
  for (const at of work) leaders[at] = 1;
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    while (numberAt[at] === -1) {
      const instruction = decodeInstruction(code, at);
      if (instruction === undefined || instructions.length > MOST_INSTRUCTIONS) return undefined;
      numberAt[at] = instructions.push(instruction) - 1;
      const next: number = at + instruction.length;
      if (instruction.flow !== 'next' || next >= code.length) {
        const successors = successorsOf(code, instruction, context, (to) => instructions[numberAt[to] ?? -1]);
        if (successors === undefined) return undefined;
        ways.set(at, successors);
        const [only, other] = successors;
        if (only !== next || other !== undefined) {
          for (const each of successors) leaders[each] = 1;
          work.push(...successors);
          break;
        }
      }
      at = next;
    }
  }
  return { instructions, numberAt, ways, leaders };
}

function successorsOf(
  code: Uint8Array,
  instruction: Instruction,
  context: CodeContext,
  decoded: (at: number) => Instruction | undefined,
): readonly number[] | undefined {
  const { at, length, flow, target } = instruction;
  const inside = (to: number): boolean => to >= 0 && to < code.length;
  const next = at + length;
  switch (flow) {
    case 'end':
      return [];
    case 'jump':
      // A jump out of the function is a call in the place of a return.
      return inside(target) ? [target] : [];
    case 'branch':
      return [target, next].filter(inside);
    case 'call':
      // Behind the call that grows the stack, the function starts anew: as its caller sees it, it was not there yet.
      return context.neverReturns(target) || !inside(next) ? [] : [next];
    case 'indirect-jump':
      return tableTargets(instruction, context, decoded)?.filter(inside);
    default:
      return inside(next) ? [next] : [];
  }
}

/** Instructions looked at for the address of a jump table. */
const TABLE_DISTANCE = 64;

/** `lea table(%rip), reg` comes shortly before a jump through a table. */
function tableTargets(
  jump: Instruction,
  context: CodeContext,
  decoded: (at: number) => Instruction | undefined,
): readonly number[] | undefined {
  const registers = jump.memory === undefined ? [] : [jump.memory.base, jump.memory.index];
  if (jump.memory === undefined) return undefined;
  for (let at = jump.at - 1; at >= jump.at - TABLE_DISTANCE && at >= 0; at--) {
    const instruction = decoded(at);
    if (instruction?.operation !== 'lea' || instruction.memory?.ripRelative !== true) continue;
    const { destination, memory, length } = instruction;
    if (destination?.kind === 'register' && registers.includes(destination.number))
      return context.jumpTable(at + length + memory.displacement);
  }
  return undefined;
}

/** Walks along ways from all blocks, in depth first: `enter` before those that a block leads to, `leave` behind them. */
function walkDepthFirst(
  blocks: readonly Block[],
  enter: (block: Block) => void,
  again: (block: Block, successor: number) => void,
  leave: (block: Block, parent: Block | undefined) => void,
): void {
  const next = new Int32Array(blocks.length).fill(-1);
  for (const root of blocks) {
    if (next[root.index] !== -1) continue;
    const path = [root];
    while (path.length > 0) {
      const block = path[path.length - 1] as Block;
      const { index, successors } = block;
      if (next[index] === -1) enter(block);
      const step = (next[index] = (next[index] as number) + 1);
      if (step === successors.length) {
        path.pop();
        leave(block, path.length === 0 ? undefined : path[path.length - 1]);
        continue;
      }
      const successor = successors[step] as number;
      if (next[successor] === -1) path.push(blocks[successor] as Block);
      else again(block, successor);
    }
  }
}

/** Finds the blocks that lie on a cycle: Tarjan's strongly connected components, without recursion. */
function markLoops(blocks: readonly Block[]): void {
  const order = new Int32Array(blocks.length);
  const lowest = new Int32Array(blocks.length);
  const onStack = new Uint8Array(blocks.length);
  const stack: number[] = [];
  let count = 0;
  const lower = (index: number, to: number): void => {
    if (to < (lowest[index] as number)) lowest[index] = to;
  };
  walkDepthFirst(
    blocks,
    ({ index }) => {
      order[index] = lowest[index] = count++;
      stack.push(index);
      onStack[index] = 1;
    },
    ({ index }, successor) => {
      if (onStack[successor] === 1) lower(index, order[successor] as number);
    },
    (block, parent) => {
      if (parent !== undefined) lower(parent.index, lowest[block.index] as number);
      if (lowest[block.index] === order[block.index]) closeComponent(block, blocks, stack, onStack);
    },
  );
}

function closeComponent(root: Block, blocks: readonly Block[], stack: number[], onStack: Uint8Array): void {
  const members: number[] = [];
  for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
    onStack[index] = 0;
    members.push(index);
    if (index === root.index) break;
  }
  const loops = members.length > 1 || root.successors.includes(root.index);
  if (loops) for (const index of members) (blocks[index] as Block).loop = root.index;
}

/** Blocks in an order in which, loops aside, each comes after those that lead to it. */
export function reversePostorder(blocks: readonly Block[]): number[] {
  const order: number[] = [];
  const nothing = (): void => undefined;
  walkDepthFirst(blocks, nothing, nothing, ({ index }) => order.push(index));
  return order.reverse();
}
