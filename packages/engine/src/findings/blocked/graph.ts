import { LongWork } from '../../base/long-work.ts';
import type { Goroutine } from '../../runtime/goroutine.ts';
import { ConditionLists, readSemaphores, type Semaphores } from '../../runtime/wait-queues.ts';
import { edgesOf, type Chains, type Edge } from './edges.ts';
import { findCycles, type Cycle } from './cycles.ts';
import { StackWords } from './live-words.ts';
import { LockCode } from './lock-code.ts';
import { ObjectNames, type ObjectName } from './object-names.ts';
import { WaitedObjects, type WaitedObject } from './objects.ts';
import { Owners, type Owner } from './owners.ts';
import { findStuck, type Reach } from './reach.ts';
import { isAtSemaphore, isWaiting } from './reasons.ts';
import { Standings, type Standing } from './standings.ts';
import type { Surroundings } from './surroundings.ts';
import { readWait, type ObjectKind, type Wait, type WaitSources } from './wait.ts';

/**
 * Who waits for whom in a program. What takes long is found out when it is asked for, and kept: to begin with, what those wait on that
 * sleep on semaphores, which is all that is needed for locks.
 */
export class WaitGraph {
  /** The user's goroutines that wait for locks and groups of goroutines. */
  readonly semaphoreWaits: readonly Wait[];
  readonly surroundings: Surroundings;
  readonly stackWords: StackWords;
  private readonly sources: WaitSources;
  private readonly standings = new Standings();
  /** With semaphores: they are of other kinds than what the other waits are for. */
  private readonly objects: WaitedObjects;
  private readonly names: ObjectNames;
  private readonly ownerSearch: Owners;
  private readonly ownersOf = new Map<WaitedObject, readonly Owner[]>();
  private readonly locks: Chains;
  private semaphoreTable: Semaphores | undefined;
  private allWaits: { readonly waits: readonly Wait[]; readonly objects: WaitedObjects } | undefined;
  private restFound: readonly Standing[] | undefined;
  private waitOf: ReadonlyMap<number, Wait> | undefined;
  private semaphoreWaitOf: ReadonlyMap<number, Wait> | undefined;
  private cyclesFound: readonly Cycle[] | undefined;
  private reachFound: Reach | undefined;

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings;
    const { runtime } = surroundings;
    this.stackWords = new StackWords(runtime);
    this.sources = {
      runtime,
      semaphores: () => this.semaphores,
      ways: new Map(),
      uses: new Map(),
      conditions: new ConditionLists(),
    };
    this.semaphoreWaits = this.goThrough();
    this.objects = new WaitedObjects(runtime, this.semaphoreWaits);
    this.names = new ObjectNames(surroundings, (wait) => this.goroutineOf(wait));
    this.ownerSearch = new Owners(surroundings, new LockCode(runtime.program), () => this.everyone());
    this.locks = {
      waits: this.semaphoreWaits,
      objects: this.objects,
      waitAt: (g) => this.semaphoreWaitAt(g),
      object: (kind, address) => this.object(kind, address),
      owners: (object) => this.owners(object),
      goroutineOf: (wait) => this.goroutineOf(wait),
    };
  }

  /** Notes where all goroutines stand, and what those wait on that sleep on semaphores. */
  private goThrough(): Wait[] {
    const { surroundings, sources, standings } = this;
    const waits: Wait[] = [];
    for (const goroutine of surroundings.runtime.iterGoroutines()) {
      const isSystem = surroundings.isSystem(goroutine);
      const functions = surroundings.functions(goroutine);
      const standing = { g: goroutine.address, functions };
      if (!isSystem && isWaiting(goroutine) && !surroundings.isCrashed(goroutine)) {
        const wait = isAtSemaphore(goroutine) ? readWait(sources, goroutine, functions) : undefined;
        if (wait !== undefined) waits.push(wait);
        standings.add(standing, wait === undefined ? 'waiting otherwise' : 'at a semaphore');
      } else if (!isSystem || !functions.every((name) => name.startsWith('runtime.'))) {
        // The collector's workers have old pointers to anything; those that run finalizers have the user's calls.
        standings.add(standing, 'not waiting');
      }
    }
    return waits;
  }

  /** The user's blocked goroutines. */
  get waits(): readonly Wait[] {
    this.allWaits ??= this.findWaits();
    return this.allWaits.waits;
  }

  private findWaits(): { readonly waits: readonly Wait[]; readonly objects: WaitedObjects } {
    const { sources } = this;
    const known = this.semaphoreWaits.values();
    const waits: Wait[] = [];
    const others: Wait[] = [];
    const work = new LongWork('reading what is waited for', 'goroutines', undefined, 1 << 10);
    for (const [{ g, functions }, posture] of this.standings.waiting()) {
      work.at(waits.length);
      if (posture === 'at a semaphore') {
        waits.push(known.next().value as Wait);
        continue;
      }
      const wait = readWait(sources, sources.runtime.readGoroutine(g), functions);
      if (wait === undefined) continue;
      waits.push(wait);
      others.push(wait);
    }
    return { waits, objects: new WaitedObjects(sources.runtime, others) };
  }

  /** The user's goroutines that do not wait. */
  get rest(): readonly Standing[] {
    this.restFound ??= [...this.standings.others()];
    return this.restFound;
  }

  /** How the goroutine of an address waits; undefined for one that does not. */
  waitAt(g: number): Wait | undefined {
    const found = this.standings.of(g);
    if (found === undefined) return undefined;
    const [{ functions }, posture] = found;
    if (posture === 'not waiting') return undefined;
    if (posture === 'at a semaphore') return this.semaphoreWaitAt(g);
    const wait = readWait(this.sources, this.sources.runtime.readGoroutine(g), functions);
    // Whoever waits for something in memory waits with others, which are to be known too.
    if (wait === undefined || wait.targets.length === 0) return wait;
    this.waitOf ??= byGoroutine(this.waits);
    return this.waitOf.get(g);
  }

  private semaphoreWaitAt(g: number): Wait | undefined {
    this.semaphoreWaitOf ??= byGoroutine(this.semaphoreWaits);
    return this.semaphoreWaitOf.get(g);
  }

  /** Those that wait, and then the others. */
  private *everyone(): Generator<Standing> {
    for (const [standing] of this.standings.waiting()) yield standing;
    yield* this.standings.others();
  }

  private get semaphores(): Semaphores {
    this.semaphoreTable ??= readSemaphores(this.surroundings.runtime);
    return this.semaphoreTable;
  }

  /** What may make the answer incomplete. */
  get diagnostics(): readonly string[] {
    const problem = this.semaphoreTable?.problem;
    const isMissed = problem !== undefined && this.semaphoreWaits.some((wait) => wait.problem === problem);
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

  /** One of the objects of a wait that was told of. */
  object(kind: ObjectKind, address: number): WaitedObject | undefined {
    return this.objects.get(kind, address) ?? this.allWaits?.objects.get(kind, address);
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
    return edgesOf(this.locks, wait);
  }

  /** Cycles of goroutines that wait for each other's locks; each once. */
  get cycles(): readonly Cycle[] {
    this.cyclesFound ??= findCycles(this.locks);
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

function byGoroutine(waits: readonly Wait[]): ReadonlyMap<number, Wait> {
  return new Map(waits.map((wait) => [wait.g, wait]));
}

/** False for waits that end by themselves, and for those of which it is not known for what they wait. */
function mayBeStuck({ kind, problem }: Wait): boolean {
  return problem === undefined && ['object', 'select', 'nil channel', 'no cases'].includes(kind);
}

/** Goroutines told of that refer to one object. */
const MOST_REFERRERS = 20;
