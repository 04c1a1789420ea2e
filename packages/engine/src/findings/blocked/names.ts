import { attempt } from '../../base/errors.ts';
import type { GoType } from '../../types/go-type.ts';
import type { ValueContext } from '../../values/context.ts';
import { addressOf, partOf } from '../../values/place.ts';
import { dereference, dynamicValue, elementOf, sequenceOf, wordOf, type Value } from '../../values/value.ts';
import type { ObjectKind } from './wait.ts';

/** A variable to begin with. */
export interface NamedValue {
  readonly name: string;
  readonly value: Value;
}

/** Names of the types of package sync, by what they are. */
const TYPE_NAMES: Readonly<Partial<Record<ObjectKind, string>>> = {
  mutex: 'sync.Mutex',
  rwmutex: 'sync.RWMutex',
  waitgroup: 'sync.WaitGroup',
  cond: 'sync.Cond',
  once: 'sync.Once',
};

/** Pointers followed from a variable, elements looked at of a slice or array, and values looked at in all. */
const DEEPEST = 3;
const MOST_ELEMENTS = 64;
const MOST_VALUES = 4000;

interface Step {
  readonly text: string;
  readonly value: Value;
  readonly depth: number;
}

/**
 * The shortest expression over some variables that is the object at `address`, or undefined. What is returned was followed word by
 * word to exactly that address and type, so it is true even where a variable on the way may be old.
 */
export function nameOf(
  context: ValueContext,
  roots: Iterable<NamedValue>,
  kind: ObjectKind,
  address: number,
  most: number = MOST_VALUES,
): string | undefined {
  const typeName = TYPE_NAMES[kind];
  const isIt = ({ value }: Step): boolean => {
    const { type } = value;
    if (kind === 'channel') return type.kind === 'chan' && attempt(() => wordOf(context, value)) === address;
    if (kind === 'semaphore') return type.kind === 'uint32' && addressOf(value.place) === address;
    return type.name === typeName && addressOf(value.place) === address;
  };
  const seen = new Set<string>();
  const queue: Step[] = [];
  for (const { name, value } of roots) queue.push({ text: name, value, depth: 0 });
  for (let i = 0; i < queue.length && i < most; i++) {
    const step = queue[i] as Step;
    const at = addressOf(step.value.place);
    const key = `${at ?? `#${i}`} ${step.value.type.name}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (isIt(step)) return asWritten(step.text);
    for (const next of attempt(() => partsOf(context, step)) ?? []) queue.push(next);
  }
  return undefined;
}

/** `ctx.(*context.cancelCtx).done.v.(chan struct {})`: the channel of a context, which programs call ctx.Done(). */
const DONE_OF_CONTEXT = /^(.+?)\.\(\*context\.\w+\)(?:\.[\w.()*]*)?\.done(?:\.v\.\(chan struct \{\}\))?$/;

function asWritten(text: string): string {
  return text.replace(DONE_OF_CONTEXT, '$1.Done()');
}

/** What a line of source waits on, and how it writes that. */
const WRITTEN: readonly (readonly [kinds: readonly ObjectKind[], pattern: RegExp])[] = [
  [['channel'], /(?:(?<![\w)\]]\s*)<-\s*|\brange\s+)([\w.]+(?:\[\w+\])?(?:\([^()]*\))?)/g],
  [['channel'], /([\w.]+(?:\[\w+\])?)\s*<-/g],
  [['mutex', 'rwmutex'], /([\w.]+(?:\[\w+\])?)\.R?Lock\(\)/g],
  [['waitgroup', 'cond'], /([\w.]+(?:\[\w+\])?)\.Wait\(\)/g],
  [['once'], /([\w.]+(?:\[\w+\])?)\.Do\(/g],
];

/** The expression by which the line where a goroutine waits means what it waits on; undefined where it has none, or several. */
export function nameInSource(line: string, kind: ObjectKind): string | undefined {
  const found = WRITTEN.flatMap(([kinds, pattern]) =>
    kinds.includes(kind) ? [...line.matchAll(pattern)].map((match) => match[1]) : [],
  );
  // What is made on that very line has no name.
  return found.length === 1 && !/\bmake\(/.test(found[0] ?? '') ? found[0] : undefined;
}

/** True for types in which there can be an object of package sync, or a channel, or a way to one. */
function leads({ kind, size }: GoType): boolean {
  return size > 0 && ['struct', 'pointer', 'interface', 'slice', 'array', 'chan', 'uint32'].includes(kind);
}

function partsOf(context: ValueContext, { text, value, depth }: Step): Step[] {
  const { type } = value;
  switch (type.kind) {
    case 'struct':
      return type.fields
        .filter((field) => leads(field.type) && field.name !== '_')
        .map((field) => ({
          text: `${text}.${field.embedded ? field.name.slice(field.name.lastIndexOf('.') + 1) : field.name}`,
          value: { type: field.type, place: partOf(value.place, field.offset, field.type.size) },
          depth,
        }));
    case 'pointer': {
      const { elem } = type;
      if (depth >= DEEPEST || elem === undefined || !leads(elem) || wordOf(context, value) === 0) return [];
      // Fields are selected through a pointer without a star.
      const inner = elem.kind === 'struct' ? text : `(*${text})`;
      return [{ text: inner, value: dereference(context, value), depth: depth + 1 }];
    }
    case 'interface': {
      const dynamic = depth >= DEEPEST ? undefined : dynamicValue(context, value);
      if (dynamic === undefined || !leads(dynamic.type)) return [];
      return [{ text: `${text}.(${dynamic.type.name})`, value: dynamic, depth: depth + 1 }];
    }
    case 'slice':
    case 'array': {
      const { length, elem } = sequenceOf(context, value);
      if (depth >= DEEPEST || !leads(elem) || elem.kind === 'uint32') return [];
      return Array.from({ length: Math.min(length, MOST_ELEMENTS) }, (_, i) => ({
        text: `${text}[${i}]`,
        value: elementOf(context, value, i),
        depth: type.kind === 'slice' ? depth + 1 : depth,
      }));
    }
    default:
      return [];
  }
}
