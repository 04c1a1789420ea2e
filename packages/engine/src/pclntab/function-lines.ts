import { PCDATA_INL_TREE_INDEX } from './func-id.ts';
import { DEEPEST_INLINING, inlineNode, type InlineNode } from './inline-tree.ts';
import { eachPcRow } from './pc-rows.ts';
import type { GoFunc, Pclntab } from './pclntab.ts';

/** Longest function whose tables are laid out, in bytes. */
const LONGEST = 1 << 20;

/**
 * The lines of one function's code, for who asks about much of it: its tables are decoded once, into a column each with a row for
 * every byte of the code.
 */
export class FunctionLines {
  private readonly pclntab: Pclntab;
  private readonly func: GoFunc;
  private readonly lines: Int32Array;
  private readonly files: Int32Array;
  private readonly nodes: Int32Array;
  /** Address of the inlining tree. */
  private readonly tree: number | undefined;
  private readonly inlined = new Map<number, InlineNode>();

  constructor(pclntab: Pclntab, func: GoFunc) {
    const { layout, memory } = pclntab;
    this.pclntab = pclntab;
    this.func = func;
    this.lines = this.column(memory.u32(func.record + layout.pcln));
    this.files = this.column(memory.u32(func.record + layout.pcfile));
    this.nodes = this.column(pclntab.pcDataTable(func, PCDATA_INL_TREE_INDEX));
    this.tree = pclntab.funcData(func, pclntab.numbers.inlTree);
  }

  private column(table: number): Int32Array {
    const { pclntab, func } = this;
    const column = new Int32Array(Math.max(0, Math.min(func.end - func.entry, LONGEST))).fill(-1);
    eachPcRow(pclntab, table, func.entry, func.end, (value, start, end) => {
      column.fill(value, start - func.entry, end - func.entry);
    });
    return column;
  }

  private node(tree: number, index: number): InlineNode {
    let node = this.inlined.get(index);
    if (node === undefined) this.inlined.set(index, (node = inlineNode(this.pclntab, tree, index)));
    return node;
  }

  /** The line of the code at an offset in the innermost call of a function, by its name and file; undefined if it is in none. */
  lineIn(name: string, file: string, offset: number): number | undefined {
    const { pclntab, func, tree } = this;
    for (let at = offset, depth = 0; at >= 0 && at < this.lines.length && depth < DEEPEST_INLINING; depth++) {
      const index = tree === undefined ? -1 : (this.nodes[at] as number);
      const node = tree === undefined || index < 0 ? undefined : this.node(tree, index);
      const isNamed = (node === undefined ? func.name : pclntab.name(node.name)) === name;
      if (isNamed && pclntab.file(func, this.files[at] as number) === file)
        return Math.max(0, this.lines[at] as number);
      if (node === undefined) return undefined;
      at = node.parentPc;
    }
    return undefined;
  }
}
