import { attempt, hex } from '../base/errors.ts';
import { crashedThread } from '../findings/cause.ts';
import { latestTime } from '../runtime/clock.ts';
import { goroutineOn } from '../runtime/dying.ts';
import type { Goroutine } from '../runtime/goroutine.ts';
import { readLabels } from '../runtime/labels.ts';
import { packageOf } from '../pclntab/function-name.ts';
import { packageOwner } from '../runtime/packages.ts';
import { CallStack, type Call } from '../unwind/call-stack.ts';
import { DEEPEST, StackTrie, type StackPlace } from '../unwind/stack-trie.ts';
import { callLocation, frameResult, isUserFunction, pcLocation, userCall, userIndex } from './calls.ts';
import type { FrameResult, GoroutineResult, LocationResult } from './results.ts';
import type { Session } from './session.ts';
import { VisitedNodes } from './visited-nodes.ts';

/** What a listing says of a stack. */
export interface StackSummary {
  /** The same for stacks of the same calls. */
  readonly key: number | string;
  /** Delve's user location: the innermost call outside the runtime. */
  readonly user: LocationResult | undefined;
  /** Where the program itself is: the innermost call of its own code, else of a dependency, of the library, or the user location. */
  readonly own: LocationResult | undefined;
  readonly current: LocationResult | undefined;
  /** Names of the calls, innermost first. */
  readonly functions: readonly string[];
}

/** What goroutines have in common that the same `go` statement started. */
interface Origin {
  readonly startPc: number;
  readonly goPc: number;
  readonly system: boolean;
  readonly goLocation: LocationResult | undefined;
  readonly startLocation: LocationResult | undefined;
}

/** The first frames of a stack that goroutines have in common. */
interface SharedFrames {
  readonly depth: number;
  readonly frames: readonly FrameResult[];
  /** How far above the stack pointer each frame ends, in bytes: that differs not, the addresses do. */
  readonly ends: readonly number[];
  readonly stackTruncated: boolean;
}

/** Frames by which stacks are told apart that the trie does not take: those of running goroutines, and in C code. */
const KEY_FRAMES = 256;
/** Labels are shared by the goroutines that inherit them. */
const MOST_LABEL_SETS = 100_000;

/** Made by the compiler around the call of a go or defer statement. */
const GO_WRAPPER = /\.(?:gowrap|deferwrap)\d+$/;
/** Packages whose functions wait for whom calls them. */
const WAITING = /^(?:sync|syscall|time|internal\/.*)$/;

/**
 * Describes goroutines for lists of any length: what goroutines have in common (stacks, places, labels) is found out once,
 * and nothing is kept of the goroutines themselves.
 */
export class GoroutineListing {
  private readonly session: Session;
  private readonly trie: StackTrie;
  private readonly visited = new VisitedNodes();
  private readonly summaries = new Map<number, StackSummary>();
  private readonly shared = new Map<number, SharedFrames>();
  private readonly places = new Map<number, LocationResult | undefined>();
  private readonly starts = new Map<number, LocationResult | undefined>();
  private readonly labelSets = new Map<number, GoroutineResult['labels']>();
  private readonly systemStarts = new Map<number, boolean>();
  /** That of the goroutine before: many follow each other that one statement started. */
  private origin: Origin | undefined;
  private readonly now: number | undefined;
  private readonly crashed: number | undefined;

  constructor(session: Session) {
    this.session = session;
    this.trie = new StackTrie(session.program);
    this.now = latestTime(session.runtime);
    const crashed = crashedThread(session.runtime);
    const thread = crashed && session.runtime.threadOf(crashed.tid);
    this.crashed = thread && goroutineOn(session.runtime, thread)?.address;
  }

  /** A goroutine as a result, with the first `depth` frames of its stack. */
  describe(goroutine: Goroutine, depth = 0): GoroutineResult {
    const { selection } = this.session;
    const node = this.nodeOf(goroutine);
    const { user, current } = this.summaryOf(goroutine, node);
    const origin = this.originOf(goroutine);
    return {
      id: goroutine.id,
      status: goroutine.statusText,
      waitSince: goroutine.waitSince > 0 ? goroutine.waitSince : undefined,
      waitedAtLeast: this.waited(goroutine),
      thread: goroutine.tid,
      system: origin.system,
      selected: selection.goroutine?.address === goroutine.address,
      crashed: this.isCrashed(goroutine),
      userLocation: user,
      currentLocation: current,
      goLocation: origin.goLocation,
      startLocation: origin.startLocation,
      parent: goroutine.parentId === 0 ? undefined : goroutine.parentId,
      labels: this.labels(goroutine.labels),
      ...(depth === 0 ? { stack: undefined, stackTruncated: false } : this.frames(goroutine, node, depth)),
    };
  }

  private originOf(goroutine: Goroutine): Origin {
    const { startPc, goPc } = goroutine;
    if (this.origin?.startPc !== startPc || this.origin.goPc !== goPc) {
      const [system, goLocation] = [this.isSystem(goroutine), this.place(goPc, goPc - 1)];
      this.origin = { startPc, goPc, system, goLocation, startLocation: this.start(startPc) };
    }
    return this.origin;
  }

  private frames(
    goroutine: Goroutine,
    node: number | undefined,
    depth: number,
  ): Pick<GoroutineResult, 'stack' | 'stackTruncated'> {
    const sp = this.session.runtime.parkedAt(goroutine)?.sp;
    const known = node === undefined ? undefined : this.shared.get(node);
    if (known?.depth === depth && sp !== undefined) {
      const { frames, ends, stackTruncated } = known;
      return { stack: frames.map((frame, i) => ({ ...frame, cfa: hex(sp + (ends[i] as number)) })), stackTruncated };
    }
    const stack = this.callStack(goroutine);
    const calls = stack.first(depth);
    const [frames, stackTruncated] = [calls.map(frameResult), stack.has(depth)];
    if (node !== undefined && sp !== undefined && depth < DEEPEST && calls.every(isOnOwnStack)) {
      const ends = calls.map(({ frame }) => (frame.cfa as number) - sp);
      this.shared.set(node, { depth, frames, ends, stackTruncated });
    }
    return { stack: frames, stackTruncated };
  }

  private callStack(goroutine: Goroutine): CallStack {
    return new CallStack(this.session.program, this.session.runtime.unwind(goroutine));
  }

  /** Nanoseconds that a goroutine waited at least; undefined where no collection saw it wait, or no time is known. */
  private waited({ waitSince }: Goroutine): number | undefined {
    return waitSince > 0 && this.now !== undefined && this.now > waitSince ? this.now - waitSince : undefined;
  }

  isCrashed({ address }: Goroutine): boolean {
    return this.crashed === address;
  }

  isSystem(goroutine: Goroutine): boolean {
    const { startPc } = goroutine;
    let system = this.systemStarts.get(startPc);
    if (system === undefined) {
      system = this.session.runtime.isSystem(goroutine);
      this.systemStarts.set(startPc, system);
    }
    return system;
  }

  /** Name and line of a code address; see pcLocation. */
  place(pc: number, lookup: number): LocationResult | undefined {
    if (!this.places.has(lookup)) this.places.set(lookup, pcLocation(this.session.program, pc, lookup));
    return this.places.get(lookup);
  }

  /** Where a goroutine's function begins: behind the wrapper that the compiler makes for a `go` statement with arguments. */
  start(startPc: number): LocationResult | undefined {
    if (!this.starts.has(startPc)) {
      const found = this.session.program.findFunc(startPc);
      const wrapped = found && attempt(() => found.pclntab.wrappedFunction(found.func));
      const pc = wrapped ?? startPc;
      this.starts.set(startPc, this.place(pc, pc));
    }
    return this.starts.get(startPc);
  }

  labels(address: number): GoroutineResult['labels'] {
    if (address === 0) return undefined;
    if (!this.labelSets.has(address)) {
      if (this.labelSets.size >= MOST_LABEL_SETS) this.labelSets.clear();
      this.labelSets.set(address, readLabels(this.session.program, address));
    }
    return this.labelSets.get(address);
  }

  /** What is to be said of a goroutine's stack. */
  stackOf(goroutine: Goroutine): StackSummary {
    return this.summaryOf(goroutine, this.nodeOf(goroutine));
  }

  private nodeOf(goroutine: Goroutine): number | undefined {
    return this.visited.nodeOf(goroutine.address, () => {
      const context = this.session.runtime.parkedAt(goroutine);
      return context && this.trie.intern(context, goroutine.stack);
    });
  }

  private summaryOf(goroutine: Goroutine, node: number | undefined): StackSummary {
    if (node === undefined) return this.slowSummary(goroutine);
    let summary = this.summaries.get(node);
    if (summary === undefined) {
      summary = this.summarise(node);
      this.summaries.set(node, summary);
    }
    return summary;
  }

  private slowSummary(goroutine: Goroutine): StackSummary {
    const stack = this.callStack(goroutine);
    const calls = stack.first(KEY_FRAMES);
    const key = calls.map((call) => `${call.frame.pc}:${call.inlineDepth}`).join(',');
    const user = callLocation(userCall(stack));
    return {
      key,
      user,
      own: callLocation(this.ownCall(calls)) ?? user,
      current: callLocation(stack.at(0)),
      functions: calls.map(({ name }) => name),
    };
  }

  private summarise(node: number): StackSummary {
    const calls = this.trie.placesOf(node).flatMap((place) => this.callsAt(place));
    const user = calls[userIndex(calls, ({ name }) => isUserFunction(name))];
    return {
      key: node,
      user: user?.location,
      own: (this.ownCall(calls) ?? user)?.location,
      current: calls[0]?.location,
      functions: calls.map(({ name }) => name),
    };
  }

  private ownCall<T extends { readonly name: string }>(calls: readonly T[]): T | undefined {
    const info = this.session.program.main?.buildInfo;
    const owners = calls.map(({ name }) => (GO_WRAPPER.test(name) ? 'runtime' : packageOwner(packageOf(name), info)));
    const caller = calls.find(({ name }, i) => owners[i] === 'standard' && !WAITING.test(packageOf(name)));
    return calls[owners.indexOf('own')] ?? calls[owners.indexOf('dependency')] ?? caller;
  }

  private callsAt({ pc, lookup }: StackPlace): { readonly name: string; readonly location: LocationResult }[] {
    const { program } = this.session;
    const sources = attempt(() => program.sourceFrames(lookup)) ?? [];
    if (sources.length === 0) {
      const name = program.findFunc(lookup)?.func.name ?? '?';
      return [{ name, location: { pc: hex(pc), function: name, file: '', line: 0 } }];
    }
    return sources.map(({ name, file, line }) => ({
      name,
      location: { pc: hex(pc), function: name, file: file === '?' ? '' : file, line },
    }));
  }
}

/** True for a frame of which the place is known by the stack pointer alone. */
function isOnOwnStack({ frame }: Call): boolean {
  return frame.stack === 'goroutine' && frame.cfa !== undefined;
}

const listings = new WeakMap<Session, GoroutineListing>();

/** The session's listing: what it found out is kept. */
export function listingOf(session: Session): GoroutineListing {
  let listing = listings.get(session);
  if (listing === undefined) {
    listing = new GoroutineListing(session);
    listings.set(session, listing);
  }
  return listing;
}
