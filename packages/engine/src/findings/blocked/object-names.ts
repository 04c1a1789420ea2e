import type { Goroutine } from '../../runtime/goroutine.ts';
import { nameInSource, nameOf } from './names.ts';
import type { WaitedObject } from './objects.ts';
import type { Surroundings } from './surroundings.ts';
import type { ObjectKind, Wait } from './wait.ts';

/** How an object is called. */
export interface ObjectName {
  /** An expression. */
  readonly text: string;
  /** Where it means the object: a call of a goroutine; undefined for package variables, which mean it everywhere. */
  readonly goroutine: number | undefined;
  readonly frame: number | undefined;
}

/** Frames of a stack whose variables are searched for a name, and waiters whose stacks are. */
const NAME_FRAMES = 16;
const NAME_WAITERS = 3;
/** Functions that wait for whom calls them: their variables tell nothing (m, rw, l). */
export const INNER: RegExp = /^(runtime|internal\/[\w/]+|sync)\./;
/** Values looked at in package variables for one name. */
const MOST_GLOBAL_VALUES = 20_000;

/** Names objects by what leads to them: the variables of those who wait on it, those of packages, and the lines that wait. */
export class ObjectNames {
  private readonly surroundings: Surroundings;
  private readonly goroutineOf: (wait: Wait) => Goroutine;
  private readonly known = new Map<WaitedObject, ObjectName | undefined>();

  constructor(surroundings: Surroundings, goroutineOf: (wait: Wait) => Goroutine) {
    this.surroundings = surroundings;
    this.goroutineOf = goroutineOf;
  }

  of(object: WaitedObject): ObjectName | undefined {
    if (!this.known.has(object)) this.known.set(object, this.find(object));
    return this.known.get(object);
  }

  private find({ kind, address, waiters }: WaitedObject): ObjectName | undefined {
    const { context } = this.surroundings;
    const some = waiters.slice(0, NAME_WAITERS).map(({ wait }) => wait);
    for (const wait of some) {
      for (const call of this.surroundings.stack(this.goroutineOf(wait)).first(NAME_FRAMES)) {
        if (INNER.test(call.name)) continue;
        const text = nameOf(context, this.surroundings.variables(call), kind, address);
        if (text !== undefined) return { text, goroutine: wait.id, frame: call.index };
      }
    }
    const text = nameOf(context, this.surroundings.globals(), kind, address, MOST_GLOBAL_VALUES);
    if (text !== undefined) return { text, goroutine: undefined, frame: undefined };
    return some.map((wait) => this.inSource(wait, kind)).find((name) => name !== undefined);
  }

  /** What the line calls it on which a goroutine waits, if that calls into the runtime and package sync alone. */
  private inSource(wait: Wait, kind: ObjectKind): ObjectName | undefined {
    if (wait.targets.length !== 1) return undefined;
    const calls = this.surroundings.stack(this.goroutineOf(wait)).first(NAME_FRAMES);
    const call = calls.find(({ name }) => !INNER.test(name));
    const line = call && this.surroundings.functionSource(call)?.code(call.line);
    const text = line === undefined ? undefined : nameInSource(line, kind);
    return text === undefined ? undefined : { text, goroutine: wait.id, frame: call?.index };
  }
}
