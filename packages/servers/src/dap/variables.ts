import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Session } from '@inquest/engine';

/** How a request wants values to be shown. */
export interface Showing {
  readonly session: Session;
  readonly register: Register;
  /** Gives the number by which a client asks where a function is written. */
  readonly locate: (pc: number) => number;
  /** Integers in hexadecimal. */
  readonly hex: boolean;
  /** References to memory are for what a value has, and not for all behind it. */
  readonly extents: boolean;
}

/** Elements of a list, which may be many: asked for in parts. */
export interface IndexedPart {
  readonly count: number;
  /** Elements number `start` up to, not with, `end`. */
  children(start: number, end: number, showing: Showing): DebugProtocol.Variable[];
}

/** Something that a client can expand. */
export interface Container {
  /** The frame in which the expressions for what is in it hold; undefined if they hold in any. */
  readonly frameId?: number | undefined;
  named?(showing: Showing): DebugProtocol.Variable[];
  /** How many `named` gives, where there are indexed ones as well. */
  readonly namedCount?: number;
  readonly indexed?: IndexedPart;
}

/** Gives the number by which a client asks for a container; the same for the same key. */
export type Register = (key: string, make: () => Container) => number;

/** Children that are shown at one level for clients that do not ask in parts. */
const BREADTH = 100;

/** Answers `variables`. */
export function childrenOf(
  container: Container,
  showing: Showing,
  { variablesReference, filter, start = 0, count }: DebugProtocol.VariablesArguments,
): DebugProtocol.Variable[] {
  const out = filter === 'indexed' ? [] : (container.named?.(showing) ?? []);
  const { indexed } = container;
  if (filter === 'named' || indexed === undefined) return out;
  const first = Math.min(Math.max(0, start), indexed.count);
  const asksInParts = count !== undefined && count > 0;
  const last = asksInParts ? Math.min(indexed.count, first + count) : indexed.count;
  return [...out, ...spread(indexed, first, last, showing, `${variablesReference}`)];
}

/** Some elements: as they are, or the first of them and the others in ranges that can be expanded. */
function spread(
  indexed: IndexedPart,
  start: number,
  end: number,
  showing: Showing,
  key: string,
): DebugProtocol.Variable[] {
  if (end - start <= BREADTH) return indexed.children(start, end, showing);
  const out = indexed.children(start, start + BREADTH, showing);
  let step = BREADTH;
  while ((end - start) / step > BREADTH) step *= BREADTH;
  for (let from = start + BREADTH; from < end;) {
    // Ranges begin where their size says, however the first one was cut.
    const to = Math.min(end, start + (Math.floor((from - start) / step) + 1) * step);
    const [low, high] = [from, to];
    const reference = showing.register(`${key}[${low}..${high})`, () => ({
      indexed: { count: high - low, children: (a, b, now) => indexed.children(low + a, low + b, now) },
    }));
    out.push({
      // Begins so that it comes behind the elements in clients that sort by name (nvim-dap).
      name: `…[${low}..${high - 1}]`,
      value: '',
      variablesReference: reference,
      indexedVariables: high - low,
      presentationHint: { kind: 'virtual' },
    });
    from = to;
  }
  return out;
}

/** A line of text among variables. */
export function textVariable(name: string, value: string): DebugProtocol.Variable {
  return { name, value, variablesReference: 0, presentationHint: { kind: 'virtual' } };
}
