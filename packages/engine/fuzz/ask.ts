// Asks a session of damaged files, and judges what comes: a result within its limits or a DebugError, in bounded time.
import { writeSync } from 'node:fs';
import { findCommand, isDebugError, operations, parseCommandLine, type Session, type ValueTree } from '@inquest/engine';

/** No answer takes longer, in milliseconds, however the machine is loaded. */
const PATIENCE = 20_000;

/** INQUEST_FUZZ_VERBOSE=1 tells seeds and questions before they are tried, for those that never come back. */
export const VERBOSE: boolean = process.env['INQUEST_FUZZ_VERBOSE'] === '1';

/** What became of the questions: how many were answered, how many refused with a DebugError. */
export interface Tally {
  answered: number;
  refused: number;
}

/** Runs a command line. Throws if the answer is neither a result that keeps to its limits nor a DebugError. */
export function ask(session: Session, line: string, tally: Tally): unknown {
  const started = performance.now();
  if (VERBOSE) writeSync(2, `${line}\n`);
  const result = answer(session, line, tally);
  const took = performance.now() - started;
  if (took > PATIENCE) throw new Error(`${line} took ${took.toFixed(0)} ms`);
  return result;
}

function answer(session: Session, line: string, tally: Tally): unknown {
  try {
    const command = parseCommandLine(line, operations);
    if (command === undefined) throw new Error(`no command: ${line}`);
    const { operation, parameters, scope } = command;
    const result = session.within(scope, () => operation.run(session, parameters));
    for (const tree of treesIn(result)) checkTree(session, tree, line);
    tally.answered++;
    return result;
  } catch (error) {
    if (!isDebugError(error)) throw error;
    tally.refused++;
    return undefined;
  }
}

/** True if there is such a command: the lists of questions hold some that may come later. */
export function hasCommand(name: string): boolean {
  try {
    return findCommand(name, operations).name !== '';
  } catch {
    return false;
  }
}

/** All value trees in a result. */
export function* treesIn(part: unknown): Generator<ValueTree> {
  if (typeof part !== 'object' || part === null) return;
  if ('kind' in part && 'children' in part && 'onlyAddress' in part) {
    yield part as ValueTree;
    return;
  }
  for (const each of Object.values(part)) yield* treesIn(each);
}

/** Nodes of a tree that no limits would allow. */
const MOST_NODES = 200_000;

/** Reports show this many bytes of a panic's text. */
const PANIC_TEXT = 8192;

/** Throws unless a value keeps to the limits of the session: elements, bytes of strings, nodes in all. */
function checkTree({ settings }: Session, root: ValueTree, line: string): void {
  let nodes = 0;
  const visit = (tree: ValueTree): void => {
    if (++nodes > MOST_NODES) throw new Error(`${line}: more than ${MOST_NODES} parts of one value`);
    const { kind, children, value, length } = tree;
    const most = kind === 'map' ? settings.maxArrayValues * 2 : settings.maxArrayValues;
    if (['slice', 'array', 'map', 'chan'].includes(kind) && children.length > most && children[0]?.name !== 'qcount')
      throw new Error(`${line}: ${children.length} elements of ${tree.type}`);
    if (kind === 'string' && value !== undefined && value.length > Math.max(settings.maxStringLen, PANIC_TEXT))
      throw new Error(`${line}: a string of ${value.length} characters`);
    if (length !== undefined && length < 0) throw new Error(`${line}: ${tree.type} has the length ${length}`);
    for (const child of children) visit(child.tree);
  };
  visit(root);
}

/** Every address that the values in a result tell of. */
export function addressesIn(result: unknown): Set<number> {
  const found = new Set<number>();
  const visit = (tree: ValueTree): void => {
    for (const text of [tree.address, tree.base]) if (text !== undefined && text !== '0x0') found.add(Number(text));
    for (const child of tree.children) visit(child.tree);
  };
  for (const tree of treesIn(result)) visit(tree);
  return found;
}
