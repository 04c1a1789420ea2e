import type { Goroutine } from '../../runtime/goroutine.ts';
import { ConditionLists, readSemaphores, type Semaphores } from '../../runtime/wait-queues.ts';
import { edgesOf, type Chains, type Edge } from './edges.ts';
import { findCycles, type Cycle } from './cycles.ts';
import { StackWords } from './live-words.ts';
import { LockCode } from './lock-code.ts';
import { ObjectNames, type ObjectName } from './object-names.ts';
import { WaitedObjects, type WaitedObject } from './objects.ts';
import { Owners, type Owner } from './owners.ts';
import { findStuck, type Reach, type Standing } from './reach.ts';
import type { Surroundings } from './surroundings.ts';
import { readWait, type ObjectKind, type Wait, type WaitSources } from './wait.ts';

/** Who waits for whom in a program. What takes long is found out when it is asked for, and kept. */
export class WaitGraph implements Chains {
  /** The user's blocked goroutines. */
  readonly waits: readonly Wait[];
  /** By address of the g. */
  readonly byGoroutine: ReadonlyMap<number, Wait>;
  readonly surroundings: Surroundings;
  readonly stackWords: StackWords;
  readonly objects: WaitedObjects;
  private readonly names: ObjectNames;
  private readonly ownerSearch: Owners;
  private readonly ownersOf = new Map<WaitedObject, readonly Owner[]>();
  /** Those that do not wait. */
  readonly rest: readonly Standing[];
  private semaphoreTable: Semaphores | undefined;
  private cyclesFound: readonly Cycle[] | undefined;
  private reachFound: Reach | undefined;

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings;
    const { runtime } = surroundings;
    this.stackWords = new StackWords(runtime);
    const sources: WaitSources = {
      runtime,
      semaphores: () => this.semaphores,
      ways: new Map(),
      conditions: new ConditionLists(),
    };
    const waits: Wait[] = [];
    const rest: Standing[] = [];
    for (const goroutine of runtime.iterGoroutines()) {
      const isSystem = surroundings.isSystem(goroutine);
      const functions = surroundings.functions(goroutine);
      const wait = isSystem || surroundings.isCrashed(goroutine) ? undefined : readWait(sources, goroutine, functions);
      if (wait !== undefined) waits.push(wait);
      // The collector's workers have old pointers to anything; those that run finalizers have the user's calls.
      else if (!isSystem || !functions.every((name) => name.startsWith('runtime.')))
        rest.push({ g: goroutine.address, functions });
    }
    this.waits = waits;
    this.rest = rest;
    this.byGoroutine = new Map(waits.map((wait) => [wait.g, wait]));
    this.objects = new WaitedObjects(runtime, waits);
    this.names = new ObjectNames(surroundings, (wait) => this.goroutineOf(wait));
    this.ownerSearch = new Owners(surroundings, new LockCode(runtime.program), [...waits, ...rest]);
  }

  private get semaphores(): Semaphores {
    this.semaphoreTable ??= readSemaphores(this.surroundings.runtime);
    return this.semaphoreTable;
  }

  /** What may make the answer incomplete. */
  get diagnostics(): readonly string[] {
    const problem = this.semaphoreTable?.problem;
    const isMissed = problem !== undefined && this.waits.some((wait) => wait.problem === problem);
    const { cutAt } = this.ownerSearch;
    return [
      ...(isMissed ? [problem] : []),
      ...(cutAt === undefined ? [] : [`owners of locks were looked for in ${cutAt} goroutines only`]),
    ];
  }

  /** The goroutine of a wait, read anew: there can be a million of them, and most are never looked at. */
  goroutineOf({ g }: Wait): Goroutine {
    return this.surroundings.runtime.readGoroutine(g);
  }

  object(kind: ObjectKind, address: number): WaitedObject | undefined {
    return this.objects.get(kind, address);
  }

  /** The expression that names an object: by the variables of those who wait on it or have it, or of a package. */
  name(object: WaitedObject): ObjectName | undefined {
    return this.names.of(object);
  }

  /** Who holds a lock, as far as stacks show it: one, or the readers of an RWMutex. */
  owners(object: WaitedObject): readonly Owner[] {
    let owners = this.ownersOf.get(object);
    if (owners === undefined) {
      owners = this.ownerSearch.of(object);
      this.ownersOf.set(object, owners);
    }
    return owners;
  }

  /** For whom a goroutine waits at a lock; none for channels, where anyone may come. */
  edges(wait: Wait): Edge[] {
    return edgesOf(this, wait);
  }

  /** Cycles of goroutines that wait for each other's locks; each once. */
  get cycles(): readonly Cycle[] {
    this.cyclesFound ??= findCycles(this);
    return this.cyclesFound;
  }

  /** Which goroutines nothing can wake, found by a search of all memory. */
  get reach(): Reach {
    if (this.reachFound === undefined) {
      const waits = this.waits.filter(mayBeStuck);
      const others = [...this.rest, ...this.waits.filter((wait) => !mayBeStuck(wait))];
      const { runtime } = this.surroundings;
      this.reachFound = findStuck({ runtime, stackWords: this.stackWords, semaphores: this.semaphores }, waits, others);
    }
    return this.reachFound;
  }

  /** True for one that nothing can wake. The memory is searched only for those of which that has to be found out. */
  isStuck(wait: Wait): boolean {
    return mayBeStuck(wait) && this.reach.stuck.has(wait.g);
  }

  /** Of those given, who else has what each waits on on its stack: by address of the g that waits. */
  referrers(waits: readonly Wait[]): Map<number, Wait[]> {
    const { objects } = this.reach;
    const found = new Map<number, Wait[]>();
    if (objects === undefined) return found;
    const ids = ({ targets }: Wait): number[] => targets.map(({ address }) => objects.idAt(address));
    const byObject = new Map<number, Set<Wait>>();
    for (const id of waits.flatMap(ids)) if (id >= 0) byObject.set(id, new Set());
    for (const wait of waits)
      for (const word of this.stackWords.anyPointers(wait)) byObject.get(objects.idAt(word))?.add(wait);
    for (const wait of waits) {
      const others = new Set(ids(wait).flatMap((id) => [...(byObject.get(id) ?? [])].slice(0, MOST_REFERRERS)));
      others.delete(wait);
      if (others.size > 0) found.set(wait.g, [...others]);
    }
    return found;
  }
}

/** False for waits that end by themselves, and for those of which it is not known for what they wait. */
function mayBeStuck({ kind, problem }: Wait): boolean {
  return problem === undefined && ['object', 'select', 'nil channel', 'no cases'].includes(kind);
}

/** Goroutines told of that refer to one object. */
const MOST_REFERRERS = 20;
