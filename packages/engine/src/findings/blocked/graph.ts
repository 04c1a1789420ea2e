import type { Goroutine } from '../../runtime/goroutine.ts';
import { pendingTimers, type PendingTimer } from '../../runtime/timers.ts';
import { readSemaphores, type ChannelWays, type Semaphores } from '../../runtime/wait-queues.ts';
import { StackWords } from './live-words.ts';
import { LockCode } from './lock-code.ts';
import { nameInSource, nameOf } from './names.ts';
import { ownership, type Owner } from './owners.ts';
import { findStuck, type Reach } from './reach.ts';
import { readState, type ObjectState } from './state.ts';
import type { Surroundings } from './surroundings.ts';
import { readWait, type ObjectKind, type Wait, type Way } from './wait.ts';

/** Something that goroutines wait on. */
export interface WaitedObject {
  readonly kind: ObjectKind;
  readonly address: number;
  readonly state: ObjectState | undefined;
  /** In the order of the runtime's list of goroutines. */
  readonly waiters: { readonly wait: Wait; readonly way: Way }[];
}

/** How an object is called. */
export interface ObjectName {
  /** An expression. */
  readonly text: string;
  /** Where it means the object: a call of a goroutine; undefined for package variables, which mean it everywhere. */
  readonly goroutine: number | undefined;
  readonly frame: number | undefined;
}

/** A goroutine that another one waits for. */
export interface Edge {
  readonly from: Goroutine;
  readonly object: WaitedObject;
  readonly to: Goroutine;
  readonly certainty: 'proven' | 'likely';
  readonly reason: string;
  /** The frame of `to` that shows it. */
  readonly frame: number | undefined;
}

/** Goroutines looked at for an owner, of those whose stacks lock something. */
const MOST_CANDIDATES = 5000;
/** Frames of a stack whose variables are searched for a name, and waiters whose stacks are. */
const NAME_FRAMES = 16;
const NAME_WAITERS = 3;
/** Functions that wait for whom calls them. */
export const INNER: RegExp = /^(runtime|internal\/[\w/]+|sync)\./;
/** Frames looked at for code that locks. */
const CODE_FRAMES = 64;
/** Values looked at in package variables for one name. */
const MOST_GLOBAL_VALUES = 20_000;

/** Who waits for whom in a program. What takes long is found out when it is asked for, and kept. */
export class WaitGraph {
  /** The user's blocked goroutines. */
  readonly waits: readonly Wait[];
  readonly byGoroutine: ReadonlyMap<number, Wait>;
  readonly surroundings: Surroundings;
  private readonly code: LockCode;
  private readonly ways: ChannelWays = new Map();
  private readonly rest: readonly Goroutine[];
  private readonly objectsByKey = new Map<string, WaitedObject>();
  private readonly ownersOf = new Map<WaitedObject, readonly Owner[]>();
  private readonly names = new Map<WaitedObject, ObjectName | undefined>();
  private readonly locking = new Map<readonly string[], boolean>();
  private candidateList: readonly Goroutine[] | undefined;
  private semaphoreTable: Semaphores | undefined;
  readonly stackWords: StackWords;
  private timersByChannel: ReadonlyMap<number, PendingTimer> | undefined;
  private reachFound: Reach | undefined;

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings;
    this.stackWords = new StackWords(surroundings.runtime);
    this.code = new LockCode(surroundings.runtime.program);
    const waits: Wait[] = [];
    const rest: Goroutine[] = [];
    for (const goroutine of surroundings.runtime.iterGoroutines()) {
      const isSystem = surroundings.isSystem(goroutine);
      const wait = isSystem || surroundings.isCrashed(goroutine) ? undefined : this.read(goroutine);
      if (wait !== undefined) waits.push(wait);
      // The collector's workers have old pointers to anything; those that run finalizers have the user's calls.
      else if (!isSystem || !surroundings.functions(goroutine).every((name) => name.startsWith('runtime.')))
        rest.push(goroutine);
    }
    this.waits = waits;
    this.rest = rest;
    this.byGoroutine = new Map(waits.map((wait) => [wait.goroutine.address, wait]));
    for (const wait of waits)
      for (const { kind, address, way } of wait.targets) this.addWaiter(wait, kind, address, way);
  }

  private read(goroutine: Goroutine): Wait | undefined {
    const { runtime } = this.surroundings;
    const functions = (): readonly string[] => this.surroundings.functions(goroutine);
    return readWait(runtime, goroutine, () => this.semaphores, functions, this.ways);
  }

  private addWaiter(wait: Wait, kind: ObjectKind, address: number, way: Way): void {
    const key = `${kind} ${address}`;
    let object = this.objectsByKey.get(key);
    if (object === undefined) {
      object = { kind, address, state: this.stateOf(kind, address), waiters: [] };
      this.objectsByKey.set(key, object);
    }
    object.waiters.push({ wait, way });
  }

  private stateOf(kind: ObjectKind, address: number): ObjectState | undefined {
    const { runtime } = this.surroundings;
    const state = readState(runtime, kind, address);
    // Before Go 1.23, and after with asynctimerchan=1, a channel does not lead to its timer, but the timer to the channel.
    if (state?.kind !== 'channel' || state.capacity !== 1 || state.timer !== undefined) return state;
    this.timersByChannel ??= new Map(pendingTimers(runtime).map((timer) => [timer.argument, timer]));
    const timer = this.timersByChannel.get(address);
    return timer === undefined ? state : { ...state, timer: { ...timer, running: true } };
  }

  private get semaphores(): Semaphores {
    this.semaphoreTable ??= readSemaphores(this.surroundings.runtime);
    return this.semaphoreTable;
  }

  /** What may make the answer incomplete. */
  get diagnostics(): readonly string[] {
    const problem = this.semaphoreTable?.problem;
    const many = (this.candidateList?.length ?? 0) >= MOST_CANDIDATES;
    return [
      ...(problem === undefined ? [] : [problem]),
      ...(many ? [`owners of locks were looked for in ${MOST_CANDIDATES} goroutines only`] : []),
    ];
  }

  get objects(): Iterable<WaitedObject> {
    return this.objectsByKey.values();
  }

  object(kind: ObjectKind, address: number): WaitedObject | undefined {
    return this.objectsByKey.get(`${kind} ${address}`);
  }

  /** The expression that names an object: by the variables of those who wait on it or have it, or of a package. */
  name(object: WaitedObject): ObjectName | undefined {
    if (!this.names.has(object)) this.names.set(object, this.findName(object));
    return this.names.get(object);
  }

  private findName(object: WaitedObject): ObjectName | undefined {
    const { kind, address, waiters } = object;
    const { context } = this.surroundings;
    const goroutines = waiters.slice(0, NAME_WAITERS).map(({ wait }) => wait.goroutine);
    for (const goroutine of goroutines) {
      for (const call of this.surroundings.stack(goroutine).first(NAME_FRAMES)) {
        // The variables of package sync and of the runtime tell nothing: m, rw, l.
        if (INNER.test(call.name)) continue;
        const text = nameOf(context, this.surroundings.variables(call), kind, address);
        if (text !== undefined) return { text, goroutine: goroutine.id, frame: call.index };
      }
    }
    const text = nameOf(context, this.surroundings.globals(), kind, address, MOST_GLOBAL_VALUES);
    if (text !== undefined) return { text, goroutine: undefined, frame: undefined };
    return goroutines.map((goroutine) => this.nameInSource(goroutine, kind)).find((name) => name !== undefined);
  }

  /** What the line calls it on which a goroutine waits, if that calls into the runtime and package sync alone. */
  private nameInSource(goroutine: Goroutine, kind: ObjectKind): ObjectName | undefined {
    if (this.byGoroutine.get(goroutine.address)?.targets.length !== 1) return undefined;
    const call = this.surroundings
      .stack(goroutine)
      .first(NAME_FRAMES)
      .find(({ name }) => !INNER.test(name));
    const line = call && this.surroundings.functionSource(call)?.code(call.line);
    const text = line === undefined ? undefined : nameInSource(line, kind);
    return text === undefined ? undefined : { text, goroutine: goroutine.id, frame: call?.index };
  }

  /** Goroutines whose stacks have code that locks something. */
  private get candidates(): readonly Goroutine[] {
    if (this.candidateList === undefined) {
      const found: Goroutine[] = [];
      for (const goroutine of this.surroundings.runtime.iterGoroutines()) {
        if (found.length >= MOST_CANDIDATES) break;
        if (this.locks(goroutine)) found.push(goroutine);
      }
      this.candidateList = found;
    }
    return this.candidateList;
  }

  private locks(goroutine: Goroutine): boolean {
    const functions = this.surroundings.functions(goroutine);
    let locks = this.locking.get(functions);
    if (locks === undefined) {
      const calls = this.surroundings.stack(goroutine).first(CODE_FRAMES);
      locks = calls.some(({ frame }) => frame.found !== undefined && this.code.callsIn(frame.found).length > 0);
      this.locking.set(functions, locks);
    }
    return locks;
  }

  /** Who holds a lock, as far as stacks show it: one, or the readers of an RWMutex. */
  owners(object: WaitedObject): readonly Owner[] {
    let owners = this.ownersOf.get(object);
    if (owners === undefined) {
      owners = this.findOwners(object);
      this.ownersOf.set(object, owners);
    }
    return owners;
  }

  private findOwners(object: WaitedObject): readonly Owner[] {
    const { state } = object;
    if (state?.kind !== 'mutex' && state?.kind !== 'once' && state?.kind !== 'rwmutex') return [];
    if (!state.locked && !(state.kind === 'rwmutex' && state.readers > 0)) return [];
    const claims = this.candidates
      .map((goroutine) => ownership(this.surroundings, this.code, goroutine, object))
      .filter((owner) => owner !== undefined);
    const isReader = state.kind === 'rwmutex' && !state.locked;
    const fitting = claims.filter(({ mode }) => isReader === (mode === 'reader'));
    const proven = fitting.filter(({ certainty }) => certainty === 'proven');
    if (isReader) return fitting.length <= state.readers ? fitting : proven.length <= state.readers ? proven : [];
    // A lock has one owner: where two could be it, neither is named.
    if (proven.length === 1) return proven;
    return proven.length === 0 && fitting.length === 1 ? fitting : [];
  }

  /** For whom a goroutine waits at a lock; none for channels, where anyone may come. */
  edges(wait: Wait): Edge[] {
    if (wait.kind !== 'object') return [];
    return wait.targets.flatMap(({ kind, address, way }) => {
      const object = this.object(kind, address);
      if (object === undefined) return [];
      const owners = this.owners(object).map(({ goroutine, certainty, reason, call }): Edge => {
        return { from: wait.goroutine, object, to: goroutine, certainty, reason, frame: call.index };
      });
      return owners.length > 0 && !(way === 'read lock' && object.state?.kind === 'rwmutex' && !object.state.locked)
        ? owners
        : behindWriter(object, wait, way);
    });
  }

  /** Cycles of goroutines that wait for each other's locks; each once. */
  cycles(): Edge[][] {
    const cycles: Edge[][] = [];
    const done = new Set<number>();
    for (const object of this.objects) {
      if (object.kind === 'channel' || object.kind === 'cond' || object.kind === 'waitgroup') continue;
      for (const { wait } of object.waiters) this.follow(wait, [], done, cycles);
    }
    return cycles;
  }

  private follow(wait: Wait, path: readonly Edge[], done: Set<number>, cycles: Edge[][]): void {
    const { address } = wait.goroutine;
    const start = path.findIndex(({ from }) => from.address === address);
    if (start >= 0) {
      cycles.push(path.slice(start));
      return;
    }
    if (done.has(address) || path.length > MOST_STEPS) return;
    for (const edge of this.edges(wait)) {
      const next = this.byGoroutine.get(edge.to.address);
      if (next !== undefined) this.follow(next, [...path, edge], done, cycles);
    }
    done.add(address);
  }

  /** Which goroutines nothing can wake, found by a search of all memory. */
  get reach(): Reach {
    if (this.reachFound === undefined) {
      const isLost = ({ kind, problem }: Wait): boolean =>
        problem === undefined && ['object', 'select', 'nil channel', 'no cases'].includes(kind);
      const waits = this.waits.filter(isLost);
      const others = [...this.rest, ...this.waits.filter((wait) => !isLost(wait)).map(({ goroutine }) => goroutine)];
      this.reachFound = findStuck(this.surroundings.runtime, waits, others, this.semaphores, this.stackWords);
    }
    return this.reachFound;
  }

  /** Goroutines, of those given, on whose stacks is a word that points to what each waits on: by address of the g that waits. */
  referrers(waits: readonly Wait[]): Map<number, Goroutine[]> {
    const { objects } = this.reach;
    const found = new Map<number, Goroutine[]>();
    if (objects === undefined) return found;
    const ids = ({ targets }: Wait): number[] => targets.map(({ address }) => objects.idAt(address));
    const byObject = new Map<number, Set<Goroutine>>();
    for (const id of waits.flatMap(ids)) if (id >= 0) byObject.set(id, new Set());
    for (const { goroutine } of waits)
      for (const word of this.stackWords.anyPointers(goroutine)) byObject.get(objects.idAt(word))?.add(goroutine);
    for (const wait of waits) {
      const others = new Set(ids(wait).flatMap((id) => [...(byObject.get(id) ?? [])].slice(0, MOST_REFERRERS)));
      others.delete(wait.goroutine);
      if (others.size > 0) found.set(wait.goroutine.address, [...others]);
    }
    return found;
  }
}

/** Goroutines told of that refer to one object. */
const MOST_REFERRERS = 20;
/** Longest chain of goroutines followed. */
const MOST_STEPS = 1000;

/** Readers wait for the writer before them, which is in the lock's own queue. */
function behindWriter(object: WaitedObject, wait: Wait, way: Way): Edge[] {
  if (object.state?.kind !== 'rwmutex' || way !== 'read lock') return [];
  const writer = object.waiters.find((each) => each.way === 'lock');
  if (writer === undefined) return [];
  const reason = 'it waits to write, and new readers wait until it has';
  const { goroutine } = writer.wait;
  return [{ from: wait.goroutine, object, to: goroutine, certainty: 'proven', reason, frame: undefined }];
}
