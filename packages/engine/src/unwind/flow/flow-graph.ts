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
  /** The block that holds the instruction at an offset. */
  readonly blockAt: ReadonlyMap<number, number>;
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
  const instructions = decodeReachable(code, context);
  if (instructions === undefined) return undefined;
  const { byOffset, successorsOf } = instructions;
  const leaders = new Set<number>([0, ...context.extraEntries]);
  for (const [at, successors] of successorsOf) {
    const next = at + (byOffset.get(at)?.length ?? 0);
    if (successors.length !== 1 || successors[0] !== next) for (const each of successors) leaders.add(each);
  }
  const order = [...byOffset.keys()].sort((a, b) => a - b);
  const starts = order.filter((at, i) => leaders.has(at) || !flowsFrom(order[i - 1], at, successorsOf));
  const blockOf = new Map(starts.map((at, index) => [at, index]));
  const blockAt = new Map<number, number>();
  const blocks: Block[] = [];
  let current: Instruction[] = [];
  const close = (): void => {
    const last = current.at(-1);
    if (last === undefined) return;
    for (const each of current) blockAt.set(each.at, blocks.length);
    const successors = (successorsOf.get(last.at) ?? []).flatMap((at) => blockOf.get(at) ?? []);
    blocks.push({ index: blocks.length, instructions: current, successors, loop: -1 });
    current = [];
  };
  for (const at of order) {
    if (blockOf.has(at)) close();
    const instruction = byOffset.get(at);
    if (instruction !== undefined) current.push(instruction);
  }
  close();
  markLoops(blocks);
  return { blocks, blockAt };
}

function flowsFrom(from: number | undefined, to: number, successors: ReadonlyMap<number, readonly number[]>): boolean {
  return from !== undefined && successors.get(from)?.includes(to) === true;
}

interface Decoded {
  readonly byOffset: ReadonlyMap<number, Instruction>;
  readonly successorsOf: ReadonlyMap<number, readonly number[]>;
}

/** Decodes what can be reached from the entries. */
function decodeReachable(code: Uint8Array, context: CodeContext): Decoded | undefined {
  const byOffset = new Map<number, Instruction>();
  const successorsOf = new Map<number, readonly number[]>();
  const work = [...context.extraEntries, 0];
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    if (byOffset.has(at)) continue;
    const instruction = decodeInstruction(code, at);
    if (instruction === undefined || byOffset.size > MOST_INSTRUCTIONS) return undefined;
    byOffset.set(at, instruction);
    const successors = successorsOfInstruction(code, instruction, context, byOffset);
    if (successors === undefined) return undefined;
    successorsOf.set(at, successors);
    work.push(...successors);
  }
  return { byOffset, successorsOf };
}

function successorsOfInstruction(
  code: Uint8Array,
  instruction: Instruction,
  context: CodeContext,
  decoded: ReadonlyMap<number, Instruction>,
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
  decoded: ReadonlyMap<number, Instruction>,
): readonly number[] | undefined {
  const registers = jump.memory === undefined ? [] : [jump.memory.base, jump.memory.index];
  if (jump.memory === undefined) return undefined;
  for (let at = jump.at - 1; at >= jump.at - TABLE_DISTANCE && at >= 0; at--) {
    const instruction = decoded.get(at);
    if (instruction?.operation !== 'lea' || instruction.memory?.ripRelative !== true) continue;
    const { destination, memory, length } = instruction;
    if (destination?.kind === 'register' && registers.includes(destination.number))
      return context.jumpTable(at + length + memory.displacement);
  }
  return undefined;
}

/** Finds the blocks that lie on a cycle: Tarjan's strongly connected components, without recursion. */
function markLoops(blocks: readonly Block[]): void {
  const order = new Int32Array(blocks.length).fill(-1);
  const lowest = new Int32Array(blocks.length);
  const onStack = new Uint8Array(blocks.length);
  const stack: number[] = [];
  let count = 0;
  for (const root of blocks) {
    if (order[root.index] !== -1) continue;
    const path: { readonly block: Block; next: number }[] = [{ block: root, next: 0 }];
    while (path.length > 0) {
      const top = path.at(-1);
      if (top === undefined) break;
      const { block } = top;
      if (top.next === 0) {
        order[block.index] = lowest[block.index] = count++;
        stack.push(block.index);
        onStack[block.index] = 1;
      }
      const successor = block.successors[top.next++];
      if (successor !== undefined) {
        const target = blocks[successor];
        if (target === undefined) continue;
        if (order[successor] === -1) path.push({ block: target, next: 0 });
        else if (onStack[successor] === 1)
          lowest[block.index] = Math.min(lowest[block.index] as number, order[successor] as number);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined)
        lowest[parent.block.index] = Math.min(lowest[parent.block.index] as number, lowest[block.index] as number);
      if (lowest[block.index] === order[block.index]) closeComponent(block, blocks, stack, onStack);
    }
  }
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
  const seen = new Uint8Array(blocks.length);
  const order: number[] = [];
  for (let root = 0; root < blocks.length; root++) {
    if (seen[root] === 1) continue;
    seen[root] = 1;
    const path: { readonly block: number; next: number }[] = [{ block: root, next: 0 }];
    while (path.length > 0) {
      const top = path.at(-1);
      if (top === undefined) break;
      const successor = blocks[top.block]?.successors[top.next++];
      if (successor === undefined) {
        order.push(top.block);
        path.pop();
      } else if (seen[successor] === 0) {
        seen[successor] = 1;
        path.push({ block: successor, next: 0 });
      }
    }
  }
  return order.reverse();
}
