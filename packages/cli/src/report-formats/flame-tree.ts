import type { ReportResult } from '@inquest/engine';
import { packageOfName } from './package-of-name.ts';

/** A call that goroutines share, with the calls that they make from there. */
export interface FlameNode {
  readonly name: string;
  /** Package path, for colour. */
  readonly package: string;
  /** Goroutines. */
  readonly count: number;
  /** The largest first. */
  readonly children: readonly FlameNode[];
}

/** Calls deeper than this are not shown, and no more children of a call. */
const DEEPEST = 64;
const MOST_CHILDREN = 100;

interface Growing {
  readonly name: string;
  count: number;
  readonly children: Map<string, Growing>;
}

/** The stacks of all goroutines, merged from the outermost call on. Undefined if no stacks are known. */
export function flameTree({ stack, others, detail }: ReportResult): FlameNode | undefined {
  const root: Growing = { name: 'all', count: 0, children: new Map() };
  if (stack !== undefined && stack.goroutine !== undefined) grow(root, stack.frames, 1, stack.truncated);
  for (const { key, frames, truncated } of detail?.stacks ?? []) {
    const group = others.find((each) => each.key === key);
    if (group !== undefined) grow(root, frames, group.count, truncated);
  }
  return root.count === 0 ? undefined : finish(root);
}

function grow(root: Growing, frames: readonly { readonly function: string }[], count: number, isCut: boolean): void {
  root.count += count;
  let at = root;
  // A function that calls itself over and over is one box.
  const names = [...frames]
    .reverse()
    .map((frame) => frame.function)
    .filter((name, i, all) => name !== all[i - 1]);
  // Without its outermost calls a stack would seem to begin somewhere else.
  for (const name of (isCut ? ['…', ...names] : names).slice(0, DEEPEST)) {
    let child = at.children.get(name);
    if (child === undefined) {
      child = { name, count: 0, children: new Map() };
      at.children.set(name, child);
    }
    child.count += count;
    at = child;
  }
}

function finish({ name, count, children }: Growing): FlameNode {
  const sorted = [...children.values()].sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  return { name, package: packageOfName(name), count, children: sorted.slice(0, MOST_CHILDREN).map(finish) };
}
