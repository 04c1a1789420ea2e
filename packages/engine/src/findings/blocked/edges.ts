import type { Goroutine } from '../../runtime/goroutine.ts';
import type { WaitedObject } from './objects.ts';
import type { Owner } from './owners.ts';
import type { ObjectKind, Wait, Way } from './wait.ts';

/** A goroutine that another one waits for. */
export interface Edge {
  readonly from: Wait;
  readonly object: WaitedObject;
  readonly to: Goroutine;
  readonly certainty: 'proven' | 'likely';
  readonly reason: string;
  /** The frame of `to` that shows it. */
  readonly frame: number | undefined;
}

/** What is needed to go from one who waits for a lock to whom it waits for. */
export interface Chains {
  readonly waits: readonly Wait[];
  /** How the goroutine of an address waits; undefined for one that does not wait for a lock. */
  waitAt(g: number): Wait | undefined;
  readonly objects: Iterable<WaitedObject>;
  object(kind: ObjectKind, address: number): WaitedObject | undefined;
  owners(object: WaitedObject): readonly Owner[];
  goroutineOf(wait: Wait): Goroutine;
}

/** For whom a goroutine waits at a lock: its owners; a reader behind a writer that waits, for that one. */
export function edgesOf(chains: Chains, wait: Wait): Edge[] {
  if (wait.kind !== 'object') return [];
  return wait.targets.flatMap(({ kind, address, way }) => {
    const object = chains.object(kind, address);
    if (object === undefined) return [];
    const owners = chains.owners(object).map(({ goroutine, certainty, reason, call }): Edge => {
      return { from: wait, object, to: goroutine, certainty, reason, frame: call.index };
    });
    const waitsForOwner = way !== 'read lock' || object.state?.kind !== 'rwmutex' || object.state.locked;
    return owners.length > 0 && waitsForOwner ? owners : behindWriter(chains, object, wait, way);
  });
}

/** Readers wait for the writer before them, which is in the lock's own queue. */
function behindWriter(chains: Chains, object: WaitedObject, wait: Wait, way: Way): Edge[] {
  if (object.state?.kind !== 'rwmutex' || way !== 'read lock') return [];
  const writer = object.waiters.find((each) => each.way === 'lock');
  if (writer === undefined) return [];
  const reason = 'it waits to write, and new readers wait until it has';
  const to = chains.goroutineOf(writer.wait);
  return [{ from: wait, object, to, certainty: 'proven', reason, frame: undefined }];
}
