import type { DebugProtocol } from '@vscode/debugprotocol';
import {
  applyVerb,
  attempt,
  formatValue,
  limitsOf,
  waitersOn,
  type LiveValue,
  type Session,
  type ValueTree,
} from '@inquest/engine';
import { LARGEST_NUMBER } from './client.ts';
import { isWritten } from './code-locations.ts';
import { memoryReference } from './memory.ts';
import { textVariable, type Container, type Showing } from './variables.ts';

/** A value with its name, and what is to be said about it. */
export interface NamedLive {
  readonly name: string;
  /** Undefined exactly if `absent` is set. */
  readonly value: LiveValue | undefined;
  /** Why there is no value. */
  readonly absent?: string | undefined;
  /** Expression for it in its frame; undefined where none leads there. */
  readonly path: string | undefined;
  readonly stale?: string | undefined;
  /** Hidden by an inner variable of the same name. */
  readonly shadowed?: boolean;
  readonly type?: string;
}

/** Longest text of a value that can be expanded, and of the name of a map's entry. */
const LONGEST_TEXT = 256;
const LONGEST_KEY = 100;
/** Pointers and interfaces that are looked through at once. */
const MOST_STEPS = 8;

/** A variable as the protocol has it. `key` names the place among all that can be expanded. */
export function liveVariable(showing: Showing, key: string, named: NamedLive): DebugProtocol.Variable {
  const { value, absent, path, stale, shadowed = false } = named;
  const name = shadowed ? `(${named.name})` : named.name;
  if (value === undefined) {
    return {
      name,
      value: `(not available: ${absent ?? 'unknown'})`,
      ...(named.type === undefined ? {} : { type: named.type }),
      variablesReference: 0,
      presentationHint: { kind: 'virtual', attributes: ['absent', 'readOnly'] },
    };
  }
  const shown = showValue(showing, key, value, path, stale);
  return {
    name,
    ...shown,
    // In the name's own frame an inner variable would be found.
    ...(path === undefined || shadowed ? {} : { evaluateName: path }),
  };
}

/** A value as variables and evaluated expressions show it. */
export function showValue(
  showing: Showing,
  key: string,
  value: LiveValue,
  path: string | undefined,
  stale: string | undefined,
): Pick<
  DebugProtocol.Variable,
  | 'value'
  | 'type'
  | 'variablesReference'
  | 'namedVariables'
  | 'indexedVariables'
  | 'memoryReference'
  | 'valueLocationReference'
  | 'presentationHint'
> {
  const container = attempt(() => expand(showing.session, key, value, path));
  const text = valueText(showing, value);
  const short = container !== undefined && text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
  const memory = memoryOf(showing, value);
  const code = attempt(() => value.code());
  return {
    value: stale === undefined ? short : `${short}  (may be stale: ${stale})`,
    type: value.type,
    variablesReference: container === undefined ? 0 : showing.register(key, () => container),
    ...(container?.indexed === undefined ? {} : { indexedVariables: container.indexed.count }),
    ...(container?.namedCount === undefined ? {} : { namedVariables: container.namedCount }),
    ...(memory === undefined ? {} : { memoryReference: memory }),
    ...(code !== undefined && isWritten(showing.session, code) ? { valueLocationReference: showing.locate(code) } : {}),
    presentationHint: { attributes: stale === undefined ? ['readOnly'] : ['readOnly', 'stale'] },
  };
}

/** A value in one line. */
function valueText({ session, hex: inHex }: Showing, value: LiveValue): string {
  const tree = value.tree(limitsOf(session.settings));
  if (inHex) return formatValue(attempt(() => applyVerb(tree, '%#x')) ?? tree);
  const text = plainText(session, tree);
  // As in Delve: what has no sign is as often bits as it is a number.
  if (!tree.kind.startsWith('uint') || text !== tree.value) return text;
  return `${text} = 0x${BigInt(text).toString(16)}`;
}

function plainText(session: Session, tree: ValueTree): string {
  return formatValue(session.settings.showRawStrings ? applyVerb(tree, '%s') : tree, { multiline: false });
}

/** The memory that a hex view should open: of what a pointer, slice or string leads to, else of the value itself. */
function memoryOf({ extents }: Showing, value: LiveValue): string | undefined {
  if (extents) {
    const contents = attempt(() => value.contents());
    return contents === undefined ? undefined : memoryReference(contents.address, contents.size);
  }
  const { base, address } = value.tree({
    maxArrayValues: 0,
    maxStringLen: 0,
    maxVariableRecurse: 0,
    followPointers: false,
  });
  const leads = base ?? address;
  return leads === undefined || leads === '0x0' ? undefined : memoryReference(Number(leads));
}

/** What a value consists of; undefined for what consists of nothing else. Pointers and interfaces are looked through. */
function expand(session: Session, key: string, value: LiveValue, path: string | undefined): Container | undefined {
  let [at, expression] = [value, path];
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    if (at.kind !== 'pointer' && at.kind !== 'interface') return parts(session, key, at, expression);
    const target = at.target();
    if (target === undefined) return undefined;
    const leads = target.kind === 'pointer' || target.kind === 'interface';
    if (at.kind === 'interface') {
      // What else it holds is in its own text.
      if (!leads && !hasParts(target)) return undefined;
      expression = append(expression, '.(data)');
    } else if (!leads && !hasParts(target)) break;
    // Of a pointer to these, fields and elements are asked for as of the value itself.
    else if (target.kind !== 'struct' && target.kind !== 'array') expression = expression && `(*${expression})`;
    at = target;
  }
  const [end, inner] = [at, expression && `*${expression}`];
  const target = end.target();
  if (target === undefined) return undefined;
  return { named: (showing) => [liveVariable(showing, `${key}*`, { name: '*', value: target, path: inner })] };
}

function hasParts({ kind }: LiveValue): boolean {
  return ['struct', 'array', 'slice', 'map', 'chan', 'func'].includes(kind);
}

function append(path: string | undefined, text: string): string | undefined {
  return path === undefined ? undefined : `${path}${text}`;
}

function parts(session: Session, key: string, value: LiveValue, path: string | undefined): Container | undefined {
  const list =
    (
      all: readonly (readonly [string, LiveValue])[],
      pathOf: (name: string) => string | undefined,
    ): NonNullable<Container['named']> =>
    (showing) =>
      all.map(([name, part], i) => liveVariable(showing, `${key}/${i}`, { name, value: part, path: pathOf(name) }));
  switch (value.kind) {
    case 'struct':
      if (value.length === 0) return undefined;
      return { named: list(value.fields(), (name) => fieldPath(path, name)) };
    case 'array':
    case 'slice':
      return elements(session, key, value, path);
    case 'map':
      return value.length === 0 ? undefined : entries(key, value, path);
    case 'chan':
      return channel(session, key, value);
    case 'func': {
      const captured = value.captured();
      return captured.length === 0 ? undefined : { named: list(captured, () => undefined) };
    }
    default:
      return undefined;
  }
}

/** `_` names no field that could be asked for. */
function fieldPath(path: string | undefined, name: string): string | undefined {
  return name === '_' ? undefined : append(path, `.${name.slice(name.lastIndexOf('.') + 1)}`);
}

function elements(session: Session, key: string, value: LiveValue, path: string | undefined): Container | undefined {
  const count = Math.min(value.length, LARGEST_NUMBER);
  if (count === 0) return undefined;
  const children = (start: number, end: number, showing: Showing): DebugProtocol.Variable[] => {
    const out: DebugProtocol.Variable[] = [];
    for (let i = start; i < end; i++) {
      const name = `[${i}]`;
      out.push(liveVariable(showing, `${key}${name}`, { name, value: value.at(i), path: append(path, name) }));
    }
    return out;
  };
  const text = attempt(() => value.bytesAsText(session.settings.maxStringLen));
  return {
    ...(text === undefined
      ? {}
      : { namedCount: 1, named: () => [{ ...textVariable('string()', text), type: 'string' }] }),
    indexed: { count, children },
  };
}

/** Keys and elements. Walking a map has no short cuts, so the walk is kept for the part that follows. */
function entries(key: string, value: LiveValue, path: string | undefined): Container {
  const count = value.length;
  let walk = value.entries()[Symbol.iterator]();
  let at = 0;
  // One that was given up in the middle of a step cannot go on.
  let isStepping = false;
  const children = (start: number, end: number, showing: Showing): DebugProtocol.Variable[] => {
    if (start < at || isStepping) [walk, at] = [value.entries()[Symbol.iterator](), 0];
    isStepping = true;
    const out: DebugProtocol.Variable[] = [];
    for (; at < end; at++) {
      const next = walk.next();
      if (next.done === true) break;
      if (at >= start) out.push(entry(showing, `${key}{${at}}`, next.value, path));
    }
    isStepping = false;
    return out;
  };
  return { indexed: { count, children } };
}

function entry(
  showing: Showing,
  key: string,
  [name, element]: readonly [LiveValue, LiveValue],
  path: string | undefined,
): DebugProtocol.Variable {
  const text = plainText(showing.session, name.tree(limitsOf(showing.session.settings)));
  const isPlain = attempt(() => expand(showing.session, key, name, undefined)) === undefined;
  const literal = isPlain ? literalOf(name) : undefined;
  const inner = literal === undefined ? undefined : append(path, `[${literal}]`);
  const short = text.length > LONGEST_KEY ? `${text.slice(0, LONGEST_KEY)}…` : text;
  const variable = liveVariable(showing, key, { name: short, value: element, path: inner });
  if (isPlain) return variable;
  const pair: Container = {
    named: (now) => [
      liveVariable(now, `${key}k`, { name: 'key', value: name, path: undefined }),
      liveVariable(now, `${key}v`, { name: 'value', value: element, path: undefined }),
    ],
  };
  const { indexedVariables: _indexed, namedVariables: _named, ...rest } = variable;
  return { ...rest, variablesReference: showing.register(`${key}kv`, () => pair) };
}

/** A number, a string or a truth value as an expression has it; undefined for others. */
function literalOf(value: LiveValue): string | undefined {
  const tree = value.tree({ maxStringLen: LONGEST_KEY });
  if (tree.kind === 'string') return tree.truncated ? undefined : formatValue(tree);
  return /^(bool|u?int|float)/.test(tree.kind) ? tree.value : undefined;
}

/** What is in the buffer of a channel, and who waits on it. */
function channel(session: Session, key: string, value: LiveValue): Container | undefined {
  const items = [...value];
  const waiting = waitersOn(session, value.context, value.handle);
  if (items.length === 0 && waiting.length === 0) return undefined;
  const named = (): DebugProtocol.Variable[] =>
    waiting.map(({ goroutine, action, item, location }) => {
      const what = item === undefined ? '' : ` ${formatValue(item, { multiline: false })}`;
      const place = location === undefined ? '' : ` at ${location.function} ${location.file}:${location.line}`;
      return textVariable(`goroutine ${goroutine}`, `waits to ${action}${what}${place}`);
    });
  const children = (start: number, end: number, showing: Showing): DebugProtocol.Variable[] =>
    items.slice(start, end).map((item, i) => {
      const name = `[${start + i}]`;
      return liveVariable(showing, `${key}${name}`, { name, value: item, path: undefined });
    });
  return {
    ...(waiting.length > 0 ? { named, namedCount: waiting.length } : {}),
    indexed: { count: items.length, children },
  };
}
