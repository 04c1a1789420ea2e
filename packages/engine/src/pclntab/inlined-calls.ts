import { attempt } from '../base/errors.ts';
import { PCDATA_INL_TREE_INDEX } from './func-id.ts';
import { inlineNode } from './inline-tree.ts';
import { eachPcRow } from './pc-rows.ts';
import type { GoFunc, Pclntab } from './pclntab.ts';

/** Most inlined calls that one function is believed to have. */
const MOST_CALLS = 1 << 20;

/** One call that the compiler inlined. */
export interface InlinedCall {
  /** First address of its code, of calls that it inlined included. */
  readonly address: number;
  /** Line of the `func` keyword of the called function (Go 1.20+), else 0. */
  readonly startLine: number;
}

/** All inlined calls of a program by the function that was called, from the functions' inlining trees. */
export class InlinedCalls {
  private readonly pclntab: Pclntab;
  /** By offset in the name table. */
  private readonly byName = new Map<number, InlinedCall[]>();

  /** Walks all functions: a tenth of a second for 60,000 of them. What is damaged is left out. */
  constructor(pclntab: Pclntab) {
    this.pclntab = pclntab;
    for (let i = 0; i < pclntab.count; i++) {
      const record = pclntab.recordOf(i);
      const tables = pclntab.memory.u32(record + pclntab.layout.npcdata);
      if (tables <= PCDATA_INL_TREE_INDEX) continue;
      const table = pclntab.memory.u32(record + pclntab.layout.size + PCDATA_INL_TREE_INDEX * 4);
      if (table !== 0) attempt(() => this.addFunction(pclntab.at(i), table));
    }
  }

  /** Names of the functions that were inlined somewhere, each once. */
  *names(): Iterable<string> {
    for (const offset of this.byName.keys()) yield this.pclntab.name(offset);
  }

  /** The calls of functions whose name passes, by name. */
  find(matches: (name: string) => boolean): Map<string, readonly InlinedCall[]> {
    const found = new Map<string, readonly InlinedCall[]>();
    for (const [offset, calls] of this.byName) {
      const name = this.pclntab.name(offset);
      if (matches(name)) found.set(name, [...(found.get(name) ?? []), ...calls]);
    }
    return found;
  }

  private addFunction(func: GoFunc, table: number): void {
    const { pclntab } = this;
    const tree = pclntab.funcData(func, pclntab.numbers.inlTree);
    if (tree === undefined) return;
    const rows: [start: number, node: number][] = [];
    eachPcRow(pclntab, table, func.entry, func.end, (node, start) => rows.push([start, node]));
    const starts = new Map<number, number>();
    for (const [start, innermost] of rows) {
      for (let node = innermost; node >= 0 && node < MOST_CALLS && !starts.has(node);) {
        starts.set(node, start);
        // The call around it may have no code of its own.
        node = nodeAt(rows, func.entry + inlineNode(pclntab, tree, node).parentPc);
      }
    }
    for (const [node, address] of starts) {
      const { name, startLine } = inlineNode(pclntab, tree, node);
      const call = { address, startLine };
      const known = this.byName.get(name);
      if (known === undefined) this.byName.set(name, [call]);
      else known.push(call);
    }
  }
}

/** The value of the row that holds `pc`; -1 before the first. */
function nodeAt(rows: readonly (readonly [start: number, node: number])[], pc: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.[0] ?? 0) <= pc) low = middle + 1;
    else high = middle;
  }
  return rows[low - 1]?.[1] ?? -1;
}
