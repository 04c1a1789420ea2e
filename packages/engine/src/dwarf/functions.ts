import { badData, hex } from '../base/errors.ts';
import { DW_AT, DW_TAG } from './attributes.ts';
import type { Entry } from './entry.ts';
import { rangesHold, type PcRange } from './pc-index.ts';
import type { Unit } from './unit.ts';
import { VariableEntry } from './variables.ts';

/** How deep blocks and inlined calls may nest in a function. */
const SCOPE_LIMIT = 500;

/** A function, inlined call or lexical block with what it declares itself. */
interface ScopeNode {
  readonly entry: Entry;
  /** Lexical blocks between this one and its function or inlined call. */
  readonly depth: number;
  readonly ranges: readonly PcRange[];
  /** From the lowest start to the highest end of its ranges and of all below it. */
  readonly reach: PcRange;
  readonly variables: readonly VariableEntry[];
  readonly children: readonly ScopeNode[];
}

/** One of the functions that are "at" a pc: an inlined call, or last the function that the code belongs to. */
export class InlineScope {
  /** DW_TAG_inlined_subroutine, or DW_TAG_subprogram for the outermost. */
  readonly entry: Entry;
  private readonly node: ScopeNode;

  constructor(node: ScopeNode) {
    this.node = node;
    this.entry = node.entry;
  }

  get name(): string {
    return this.entry.name() ?? '?';
  }

  get isInlined(): boolean {
    return this.entry.tag === DW_TAG.DW_TAG_inlined_subroutine;
  }

  /** Where the next outer scope calls this one; undefined for the outermost. */
  get callFile(): string | undefined {
    const file = this.entry.constant(DW_AT.DW_AT_call_file);
    return file === undefined ? undefined : this.entry.unit.fileName(file);
  }

  get callLine(): number | undefined {
    return this.entry.constant(DW_AT.DW_AT_call_line);
  }

  get declFile(): string | undefined {
    return this.entry.declFile();
  }

  get declLine(): number | undefined {
    return this.entry.declLine();
  }

  /** Code of this scope, link-time addresses. */
  get ranges(): readonly PcRange[] {
    return this.node.ranges;
  }

  /**
   * Variables and parameters of this function in the blocks that hold `pc`, outer blocks first, in declaration order.
   * Those of inlined calls inside are theirs. Variables the compiler dropped whole, of which only the abstract function
   * tells, come too: their location state is `none`.
   */
  variablesAt(pc: number): readonly VariableEntry[] {
    const out: VariableEntry[] = [];
    collect(this.node, pc, out);
    return [...out, ...this.droppedVariables()];
  }

  private droppedVariables(): VariableEntry[] {
    const origin = this.entry.refEntry(DW_AT.DW_AT_abstract_origin);
    if (origin === undefined) return [];
    const seen = new Set<number>();
    noteOrigins(this.node, seen);
    const dropped: VariableEntry[] = [];
    for (const child of origin.children()) {
      if (isVariable(child) && !seen.has(child.offset)) dropped.push(new VariableEntry(child, 0));
    }
    return dropped;
  }
}

function isVariable(entry: Entry): boolean {
  return entry.tag === DW_TAG.DW_TAG_variable || entry.tag === DW_TAG.DW_TAG_formal_parameter;
}

function isBlock(node: ScopeNode): boolean {
  return node.entry.tag === DW_TAG.DW_TAG_lexical_block;
}

/** A block without addresses only groups what is in it. */
function blockHolds(block: ScopeNode, pc: number): boolean {
  return block.ranges.length === 0 || rangesHold(block.ranges, pc);
}

function collect(node: ScopeNode, pc: number, out: VariableEntry[]): void {
  out.push(...node.variables);
  for (const child of node.children) if (isBlock(child) && blockHolds(child, pc)) collect(child, pc, out);
}

function noteOrigins(node: ScopeNode, seen: Set<number>): void {
  for (const variable of node.variables) {
    const origin = variable.entry.ref(DW_AT.DW_AT_abstract_origin);
    if (origin !== undefined) seen.add(origin);
  }
  for (const child of node.children) if (isBlock(child)) noteOrigins(child, seen);
}

function readScope(entry: Entry, depth: number, nesting: number): ScopeNode {
  if (nesting > SCOPE_LIMIT)
    throw badData(`scopes nest deeper than ${SCOPE_LIMIT} at .debug_info+${hex(entry.offset)}`);
  const variables: VariableEntry[] = [];
  const children: ScopeNode[] = [];
  for (const child of entry.children()) {
    if (isVariable(child)) variables.push(new VariableEntry(child, depth));
    else if (child.tag === DW_TAG.DW_TAG_lexical_block) children.push(readScope(child, depth + 1, nesting + 1));
    else if (child.tag === DW_TAG.DW_TAG_inlined_subroutine) children.push(readScope(child, 0, nesting + 1));
  }
  const ranges = entry.ranges();
  const reach = hull([...ranges, ...children.map((child) => child.reach)]);
  return { entry, depth, ranges, reach, variables, children };
}

function hull(ranges: readonly PcRange[]): PcRange {
  let low = Infinity;
  let high = 0;
  for (const range of ranges) {
    low = Math.min(low, range.low);
    high = Math.max(high, range.high);
  }
  return { low, high };
}

/** True if `pc` is in an inlined call at or below `node`. */
function holdsCall(node: ScopeNode, pc: number): boolean {
  if (pc < node.reach.low || pc >= node.reach.high) return false;
  // In Go 1.15 (no more in 1.19) a call's ranges leave out the code of the calls inlined into it: so look below in any case.
  return (!isBlock(node) && rangesHold(node.ranges, pc)) || node.children.some((child) => holdsCall(child, pc));
}

/** A subprogram that has code. Kept by its unit, so that what it finds out is found once. */
export class FunctionEntry {
  readonly entry: Entry;
  readonly unit: Unit;
  /** All its code; more than one range if the compiler split it. Link-time addresses. */
  readonly ranges: readonly PcRange[];
  /** Lowest start and highest end of `ranges`. */
  readonly lowPc: number;
  readonly highPc: number;
  private nameCache: string | undefined;
  private tree: ScopeNode | undefined;

  constructor(entry: Entry) {
    this.entry = entry;
    this.unit = entry.unit;
    this.ranges = entry.ranges();
    const { low, high } = hull(this.ranges);
    this.lowPc = low;
    this.highPc = high;
  }

  /** The linker's name for Go (`main.(*T).Method`), the source name for C. */
  get name(): string {
    this.nameCache ??= this.entry.name() ?? '?';
    return this.nameCache;
  }

  get declFile(): string | undefined {
    return this.entry.declFile();
  }

  get declLine(): number | undefined {
    return this.entry.declLine();
  }

  /** True for wrappers that the compiler generated (DW_AT_trampoline). */
  get isTrampoline(): boolean {
    const at = DW_AT.DW_AT_trampoline;
    return this.entry.holderOf(at)?.has(at) ?? false;
  }

  /** DW_AT_frame_base, an expression; in Go always DW_OP_call_frame_cfa. */
  get frameBase(): Uint8Array | undefined {
    return this.entry.holderOf(DW_AT.DW_AT_frame_base)?.bytes(DW_AT.DW_AT_frame_base);
  }

  private root(): ScopeNode {
    this.tree ??= readScope(this.entry, 0, 0);
    return this.tree;
  }

  /** Every variable of the function, of the blocks in it and of the calls inlined into it, wherever they may be visible. */
  everyVariable(): readonly VariableEntry[] {
    const out: VariableEntry[] = [];
    const work: ScopeNode[] = [this.root()];
    for (let node = work.pop(); node !== undefined; node = work.pop()) {
      out.push(...node.variables);
      work.push(...node.children);
    }
    return out;
  }

  /** The functions at a link-time `pc`: inlined calls that hold it, innermost first, and at last this function. */
  scopesAt(pc: number): readonly InlineScope[] {
    const chain: InlineScope[] = [];
    for (let node: ScopeNode | undefined = this.root(); node !== undefined;) {
      if (!isBlock(node)) chain.push(new InlineScope(node));
      node = node.children.find((child) => holdsCall(child, pc));
    }
    return chain.reverse();
  }
}
