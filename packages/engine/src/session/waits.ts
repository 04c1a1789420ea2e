import { attempt, hex } from '../base/errors.ts';
import type { Edge } from '../findings/blocked/edges.ts';
import { WaitGraph } from '../findings/blocked/graph.ts';
import type { WaitedObject } from '../findings/blocked/objects.ts';
import type { ObjectState } from '../findings/blocked/state.ts';
import { outsideKind } from '../findings/blocked/reasons.ts';
import { wakeTime, type Wait, type Way } from '../findings/blocked/wait.ts';
import { latestTime } from '../runtime/clock.ts';
import type { Goroutine } from '../runtime/goroutine.ts';
import { callLocation } from './calls.ts';
import { descriptorResult, descriptorText } from './descriptors.ts';
import { listingOf } from './goroutine-listing.ts';
import type { OwnerResult, SystemCallResult, WaiterResult, WaitObjectResult, WaitStepResult } from './results-waits.ts';
import type { Session } from './session.ts';
import { systemCallResult } from './system-calls.ts';
import { findUserFrame } from './user-frame.ts';
import { surroundingsOf } from './wait-surroundings.ts';

const graphs = new WeakMap<Session, WaitGraph>();

/** Who waits for whom: found once. */
export function waitGraphOf(session: Session): WaitGraph {
  let graph = graphs.get(session);
  if (graph === undefined) {
    graph = new WaitGraph(surroundingsOf(session));
    graphs.set(session, graph);
  }
  return graph;
}

/** Frames searched for the program's own code. */
const SEARCH_FRAMES = 100;
/** Numbers of goroutines named of one queue. */
const MOST_QUEUED = 100;

export function waiterResult(session: Session, goroutine: Goroutine): WaiterResult {
  const { id, status, waitedAtLeast, userLocation } = listingOf(session).describe(goroutine);
  const calls = session.stackOf({ goroutine, thread: undefined }).first(SEARCH_FRAMES);
  // The line of the program's own that waits tells more than one in package sync.
  const own = findUserFrame(session.program.main?.buildInfo, [], calls);
  return {
    id,
    status,
    waitedAtLeast,
    location: own === undefined ? userLocation : callLocation(calls[own]),
    ...ownDetails(session, goroutine),
  };
}

/** What is a goroutine's own among those that wait alike. */
function ownDetails(
  session: Session,
  goroutine: Goroutine,
): Pick<WaiterResult, 'detail' | 'descriptor' | 'systemCall' | 'dueInAtMost'> {
  const kind = outsideKind(goroutine);
  const descriptor = kind === 'network' ? descriptorResult(session, goroutine) : undefined;
  const systemCall = kind === 'system call' ? systemCallResult(session, goroutine) : undefined;
  const until = kind === 'sleep' ? wakeTime(session.runtime, goroutine.address) : undefined;
  const due = until === undefined ? undefined : dueText(session, until);
  const now = latestTime(session.runtime);
  return {
    detail: descriptor ? descriptorText(descriptor) : systemCall ? systemCallText(systemCall) : due,
    descriptor,
    systemCall,
    dueInAtMost: until === undefined || due === undefined || now === undefined ? undefined : Math.max(0, until - now),
  };
}

function systemCallText({ name, inC, fd }: SystemCallResult): string {
  return fd === undefined ? `in ${inC ? 'C function ' : ''}${name}` : `${name} of file descriptor ${fd}`;
}

function ids(session: Session, gs: readonly number[]): number[] {
  const found = gs.slice(0, MOST_QUEUED).map((g) => session.runtime.goroutineAt(g)?.id);
  return found.filter((id) => id !== undefined);
}

/** An object with its name and owners. */
export function objectResult(session: Session, object: WaitedObject): WaitObjectResult {
  const graph = waitGraphOf(session);
  const { kind, address, state } = object;
  const name = graph.name(object);
  const channel = state?.kind === 'channel' ? state : undefined;
  return {
    kind,
    address: hex(address),
    type: typeText(session, object),
    name: name?.text,
    nameIn:
      name?.goroutine === undefined || name.frame === undefined
        ? undefined
        : { goroutine: name.goroutine, frame: name.frame },
    state: stateText(session, object),
    receivers: channel && ids(session, channel.receivers),
    senders: channel && ids(session, channel.senders),
    length: channel?.length,
    capacity: channel?.capacity,
    owners: graph.owners(object).map(({ goroutine, certainty, reason, call }) => ({
      goroutine: goroutine.id,
      certainty,
      reason,
      frame: call.index,
      location: callLocation(call),
    })),
  };
}

const TYPES: Readonly<Record<WaitedObject['kind'], string>> = {
  channel: 'chan',
  mutex: 'sync.Mutex',
  rwmutex: 'sync.RWMutex',
  waitgroup: 'sync.WaitGroup',
  cond: 'sync.Cond',
  once: 'sync.Once',
  semaphore: 'semaphore',
};

function typeText({ types }: Session, { kind, state }: WaitedObject): string {
  if (state?.kind !== 'channel') return TYPES[kind];
  const elem = attempt(() => types.runtime.at(state.elemType).name);
  return `chan ${elem === undefined ? '?' : /^<-|^chan /.test(elem) ? `(${elem})` : elem}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** What the object's own words say. */
function stateText(session: Session, { state }: WaitedObject): string {
  if (state === undefined) return 'its memory cannot be read';
  switch (state.kind) {
    case 'channel':
      return channelText(session, state);
    case 'mutex':
    case 'once': {
      const starving = state.starving ? ', starving' : '';
      return `${state.locked ? 'locked' : 'not locked'}${starving}, ${state.waiters} waiting`;
    }
    case 'rwmutex': {
      if (state.locked) return 'locked by a writer';
      const readers = `read by ${count(state.readers, 'reader')}`;
      return state.writerPending ? `${readers}, a writer waits` : readers;
    }
    case 'waitgroup':
      return `counter ${state.counter}, ${state.waiters} waiting`;
    case 'cond':
      return `${state.waiters.length} waiting`;
    case 'semaphore':
      return `value ${state.value}`;
  }
}

type ChannelState = Extract<ObjectState, { readonly kind: 'channel' }>;

function channelText(session: Session, { length, capacity, closed, timer }: ChannelState): string {
  if (timer !== undefined) {
    if (!timer.running) return 'its timer is stopped';
    const period = timer.period === 0 ? '' : `, every ${durationText(timer.period)}`;
    const due = dueText(session, timer.when);
    return `of a timer${due === undefined ? '' : `, ${due}`}${period}`;
  }
  const room = capacity === 0 ? 'no buffer' : `buffer ${length} of ${capacity}`;
  return closed ? `closed, ${room}` : room;
}

/** `due in at most 3m20s`: the core tells only a time that the process surely reached. */
export function dueText(session: Session, when: number): string | undefined {
  const now = latestTime(session.runtime);
  if (now === undefined || now <= 0) return undefined;
  return when <= now ? 'due now' : `due in at most ${durationText(when - now)}`;
}

/** A duration in two units: `1h0m`, `2.5s`, `300ms`. */
export function durationText(nanoseconds: number): string {
  const seconds = nanoseconds / 1e9;
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)}h${Math.floor((seconds % 3600) / 60)}m`;
  if (seconds >= 60) return `${Math.floor(seconds / 60)}m${Math.floor(seconds % 60)}s`;
  if (seconds >= 1) return `${Number(seconds.toFixed(1))}s`;
  return nanoseconds >= 1e6 ? `${Number((nanoseconds / 1e6).toFixed(1))}ms` : `${Math.round(nanoseconds / 1e3)}µs`;
}

const WAYS: Readonly<Record<Way, string>> = {
  send: 'send to',
  receive: 'receive from',
  lock: 'lock',
  'read lock': 'lock for reading',
  wait: 'wait for',
};

/** `lock book.lock (sync.RWMutex)`. */
export function wayText(session: Session, way: Way, object: WaitedObject): string {
  const name = waitGraphOf(session).name(object)?.text ?? `that at ${hex(object.address)}`;
  return `${WAYS[way]} ${name} (${typeText(session, object)})`;
}

/** What a goroutine waits for, in words. */
export function waitText(session: Session, wait: Wait): string {
  const graph = waitGraphOf(session);
  if (wait.problem !== undefined) return `${graph.goroutineOf(wait).statusText}: ${wait.problem}`;
  switch (wait.kind) {
    case 'object':
    case 'select': {
      const parts = wait.targets.map(({ kind, address, way }) => {
        const object = graph.object(kind, address);
        return object === undefined ? '?' : wayText(session, way, object);
      });
      return wait.kind === 'object' ? parts.join(' or ') : `select: ${parts.join(', or ')}`;
    }
    case 'nil channel':
      return 'a nil channel, on which nothing ever happens';
    case 'no cases':
      return 'a select without cases, which never goes on';
    case 'sleep':
      return 'the time (sleep)';
    case 'network':
      return 'network or files';
    case 'system call': {
      const call = systemCallResult(session, graph.goroutineOf(wait));
      if (call === undefined) return 'a system call or C code';
      return call.inC ? `the C function ${call.name}` : `the system call ${call.name}`;
    }
    case 'runtime':
    case 'unknown':
      return graph.goroutineOf(wait).statusText;
  }
}

/** The objects of a wait, with the way of each. */
export function waitObjects(session: Session, wait: Wait): { way: string; object: WaitObjectResult }[] {
  const graph = waitGraphOf(session);
  return wait.targets.flatMap(({ kind, address, way }) => {
    const object = graph.object(kind, address);
    return object === undefined ? [] : [{ way, object: objectResult(session, object) }];
  });
}

/** A step of a chain of goroutines. */
export function stepResult(session: Session, edge: Edge): WaitStepResult {
  const { from, object, to, certainty, reason, frame } = edge;
  const way =
    from.targets.find(({ kind, address }) => kind === object.kind && address === object.address)?.way ?? 'wait';
  const stack = session.stackOf({ goroutine: to, thread: undefined });
  const heldBy: OwnerResult = {
    goroutine: to.id,
    certainty,
    reason,
    frame,
    location: frame === undefined ? waiterResult(session, to).location : callLocation(stack.at(frame)),
  };
  return {
    waiter: waiterResult(session, waitGraphOf(session).goroutineOf(from)),
    waitsFor: wayText(session, way, object),
    object: objectResult(session, object),
    heldBy,
  };
}
