import type { DebugProtocol } from '@vscode/debugprotocol';
import {
  checkFilters,
  crashedThread,
  DebugError,
  describeGoroutine,
  formatCount,
  isDebugError,
  operations,
  parseCommandLine,
  takeCensus,
  type GoroutineCensus,
  type GoroutineGroup,
  type GoroutineResult,
  type Parameters,
  type Selection,
  type Session,
} from '@inquest/engine';
import { LARGEST_NUMBER } from './client.ts';
import { Handles } from './handles.ts';
import type { ViewSettings } from './launch.ts';

/** How many threads a list has. */
export interface ThreadLimits {
  /** Goroutines that are listed one by one; more are put together by their stacks. */
  readonly single: number;
  /** Groups that are threads of their own; the others are together in one. */
  readonly groups: number;
}

const LIMITS: ThreadLimits = { single: 256, groups: 100 };
/** Threads that stand for several stacks. Goroutines count from 1. */
const OTHERS = -1;
const RUNTIME = -2;
/** The numbers of the system's own threads, for those that run no goroutine. */
const FIRST_SYSTEM = -10;
/** Below those of all system threads (Linux numbers them up to 2^22): goroutines whose own number clients may not be able to hold. */
const FIRST_LARGE: number = FIRST_SYSTEM - 2 ** 22;

const MINUTE = 60e9;

/** What a thread of the protocol stands for. */
export type ThreadMeaning =
  | { readonly kind: 'stack'; readonly selection: Selection; readonly group: GoroutineGroup | undefined }
  | { readonly kind: 'groups'; readonly groups: readonly GoroutineGroup[] };

/** The goroutines as threads: the one that crashed first, then those that ran, then the others. None is left out. */
export class ThreadList {
  private readonly session: Session;
  private readonly view: ViewSettings;
  private readonly focus: () => Selection;
  private readonly limits: ThreadLimits;
  private census: GoroutineCensus | undefined;
  /** Goroutines that the user went to: they are threads of their own. */
  private readonly visited = new Set<number>();
  /** Goroutines by how far their threads are below `FIRST_LARGE`. */
  private readonly large = new Handles<number>();
  private groups = new Map<number, GoroutineGroup>();
  private pooled = new Map<number, readonly GoroutineGroup[]>();

  /** @param focus the stack that is looked at first */
  constructor(session: Session, view: ViewSettings, focus: () => Selection, limits: ThreadLimits = LIMITS) {
    this.session = session;
    this.view = view;
    this.focus = focus;
    this.limits = limits;
  }

  /** Forgets the list: filters have changed. */
  reset(): void {
    this.census = undefined;
  }

  /** Gives a goroutine a thread of its own; true if it had none. */
  visit(id: number): boolean {
    if (this.visited.has(id) || this.taken.notable.some((each) => each.id === id)) return false;
    this.visited.add(id);
    return true;
  }

  /** Throws `usage` where the filters are wrong. */
  checkFilters(): void {
    checkFilters(this.session, filterParameters(this.view.goroutineFilters));
  }

  private get taken(): GoroutineCensus {
    this.census ??= takeCensus(this.session, filterParameters(this.view.goroutineFilters));
    return this.census;
  }

  list(): DebugProtocol.Thread[] {
    const { notable, waiting, system } = this.taken;
    this.groups = new Map();
    this.pooled = new Map();
    const own = this.view.hideSystemGoroutines ? waiting : [...waiting, ...system];
    const count = own.reduce((sum, group) => sum + group.count, 0);
    const threads = [...this.crashedThread(), ...notable.map((each) => this.single(each))];
    for (const id of this.visited) threads.push(this.single(describeGoroutine(this.session, id)));
    if (count <= this.limits.single) threads.push(...this.singles(own));
    else threads.push(...this.grouped(own));
    if (this.view.hideSystemGoroutines && system.length > 0) threads.push(this.pool(RUNTIME, system, 'of the runtime'));
    return threads;
  }

  has(id: number): boolean {
    try {
      this.meaning(id);
      return true;
    } catch (error) {
      if (isDebugError(error)) return false;
      throw error;
    }
  }

  /** What a thread's number stands for. Throws `not-found`. */
  meaning(id: number): ThreadMeaning {
    if (this.pooled.size + this.groups.size === 0) this.list();
    const pooled = this.pooled.get(id);
    if (pooled !== undefined) return { kind: 'groups', groups: pooled };
    if (id <= FIRST_SYSTEM) {
      const thread = this.session.program.target.threads.find(({ tid }) => tid === FIRST_SYSTEM - id);
      if (thread !== undefined) return { kind: 'stack', selection: { goroutine: undefined, thread }, group: undefined };
    }
    const goid = id > 0 ? id : this.large.get(FIRST_LARGE - id);
    const goroutine = goid === undefined ? undefined : this.session.goroutine(goid);
    if (goroutine === undefined) throw new DebugError(`there is no thread ${id}`, { code: 'not-found' });
    return { kind: 'stack', selection: { goroutine, thread: undefined }, group: this.groups.get(goroutine.id) };
  }

  /** The thread that a selection is shown as. */
  threadOf({ goroutine, thread }: Selection): number {
    return goroutine === undefined ? FIRST_SYSTEM - (thread?.tid ?? 0) : this.numberOf(goroutine.id);
  }

  private numberOf(goid: number): number {
    return goid <= LARGEST_NUMBER ? goid : FIRST_LARGE - this.large.numberOf(String(goid), () => goid);
  }

  /** The system's thread that crashed without a goroutine on it. */
  private crashedThread(): DebugProtocol.Thread[] {
    const { goroutine, thread } = this.focus();
    if (goroutine !== undefined || thread === undefined) return [];
    const what = crashedThread(this.session.runtime)?.tid === thread.tid ? ' (crashed)' : '';
    return [{ id: FIRST_SYSTEM - thread.tid, name: `* [thread ${thread.tid}]${what}` }];
  }

  private single(goroutine: GoroutineResult): DebugProtocol.Thread {
    return { id: this.numberOf(goroutine.id), name: goroutineName(goroutine, this.view.showPprofLabels) };
  }

  private singles(groups: readonly GoroutineGroup[]): DebugProtocol.Thread[] {
    const ids = groups.flatMap((group) => group.ids).filter((id) => !this.visited.has(id));
    return ids.sort((a, b) => a - b).map((id) => this.single(describeGoroutine(this.session, id)));
  }

  private grouped(groups: readonly GoroutineGroup[]): DebugProtocol.Thread[] {
    const most = this.limits.groups;
    const shown = groups.slice(0, groups.length > most + 1 ? most : groups.length);
    const rest = groups.slice(shown.length);
    const threads = shown.flatMap((group): DebugProtocol.Thread[] => {
      const id = group.ids.find((each) => !this.visited.has(each)) ?? group.ids[0];
      if (id === undefined) return [];
      if (group.count > 1) this.groups.set(id, group);
      return [{ id: this.numberOf(id), name: groupName(group, id) }];
    });
    return rest.length === 0 ? threads : [...threads, this.pool(OTHERS, rest, `in ${rest.length} other stacks`)];
  }

  private pool(id: number, groups: readonly GoroutineGroup[], what: string): DebugProtocol.Thread {
    this.pooled.set(id, groups);
    const count = groups.reduce((sum, group) => sum + group.count, 0);
    return { id, name: `${formatCount(count)} goroutine${count === 1 ? '' : 's'} ${what}` };
  }
}

/** Parameters of `goroutines` from flags as a user writes them. Throws `usage`. */
function filterParameters(flags: string): Parameters {
  return parseCommandLine(`goroutines ${flags}`, operations)?.parameters ?? {};
}

/** As Delve names threads, with the state behind: `* [Go 1] main.main (crashed, thread 4711)`. */
function goroutineName(goroutine: GoroutineResult, labelKeys: readonly string[]): string {
  const { id, crashed, thread, selected, userLocation, labels } = goroutine;
  const wanted = labelKeys.flatMap((key) => (labels?.[key] === undefined ? [] : [`${key}:${labels[key]}`]));
  const shown = wanted.length === 0 ? '' : ` ${wanted.join(' ')}`;
  const on = thread === undefined ? [] : [`thread ${thread}`];
  const state = crashed ? ['crashed', ...on] : on.length > 0 ? on : undefined;
  const behind = state === undefined ? ` [${statusOf(goroutine)}]` : ` (${state.join(', ')})`;
  return `${selected ? '* ' : ''}[Go ${id}${shown}] ${userLocation?.function ?? '?'}${behind}`;
}

/** A state, with the minutes that it lasted at least, as tracebacks have it. */
export function statusOf({ status, waitedAtLeast = 0 }: GoroutineResult): string {
  const minutes = Math.floor(waitedAtLeast / MINUTE);
  return minutes < 1 ? status : `${status}, ${minutes} minute${minutes === 1 ? '' : 's'}`;
}

function groupName({ count, location, status }: GoroutineGroup, id: number): string {
  const more = count === 1 ? '' : ` and ${formatCount(count - 1)} more`;
  return `[Go ${id}${more}] ${location?.function ?? '?'} [${status}]`;
}
