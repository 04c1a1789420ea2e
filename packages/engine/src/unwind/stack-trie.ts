import { counters } from '../base/counters.ts';
import { attempt } from '../base/errors.ts';
import type { Program } from '../program/program.ts';
import { isInjected } from './special-functions.ts';
import { within, type SavedContext, type StackBounds } from './stacks.ts';

/** Frames by which stacks are told apart: those that agree so far down are taken for the same. */
export const DEEPEST = 256;
/** Children are keyed by parent and place in one number: a place needs fewer bits than this. */
const PLACES = 2 ** 22;

/** Called from C: the frames of C code are on another stack. */
const CALLBACKS: ReadonlySet<string> = new Set(['runtime.cgocallback', 'runtime.cgocallback_gofunc']);

/** How a stack goes on from a place. Other values are sizes of frames in bytes, return address included. */
const TOP = -1;
const UNKNOWN = -2;

/** A place in a stack: `lookup` is where names and lines are found, `pc` itself or one less behind a call. */
export interface StackPlace {
  readonly pc: number;
  readonly lookup: number;
  /** Size of the frame in bytes, return address included; undefined for the outermost. */
  readonly size: number | undefined;
  /** True where the code was interrupted, and did not call. */
  readonly interrupted: boolean;
}

/**
 * The stacks of parked goroutines, each kept once: a tree of places from the innermost outwards, in which equal stacks end
 * at the same node. It holds addresses only, and walks frames by their sizes from the function table, without registers:
 * twenty times as fast as the unwinder, and in the memory of the stacks that differ.
 */
export class StackTrie {
  private readonly program: Program;
  private readonly places: StackPlace[] = [];
  private readonly placeOf = new Map<number, number>();
  /** Of each place: twice its pc, and one more if the code was interrupted there. */
  private readonly keys: number[] = [];
  private readonly steps: number[] = [];
  /** Of each node: its place, and the node of the call inside it. Node 0 is the empty stack. */
  private readonly nodePlace: number[] = [-1];
  private readonly nodeParent: number[] = [-1];
  /** The child found last: stacks mostly follow the one before. */
  private readonly lastChild: number[] = [0];
  private readonly children = new Map<number, number>();

  constructor(program: Program) {
    this.program = program;
  }

  /** How many different stacks' nodes there are; for tests. */
  get size(): number {
    return this.nodePlace.length;
  }

  /**
   * The node of the stack that goes on from a saved context. Undefined where the simple rules do not do: C code, a stack
   * pointer outside `bounds`, a function of unknown frame size.
   */
  intern(context: SavedContext, bounds: StackBounds): number | undefined {
    return attempt(() => this.walk(context, bounds));
  }

  private walk(context: SavedContext, bounds: StackBounds): number | undefined {
    const { memory, target } = this.program;
    // arm64 keeps the return address at the bottom of the frame; a frame without one is left by the link register.
    const atBottom = target.arch.lr !== undefined;
    let { pc, sp } = context;
    let interrupted = false;
    let node = 0;
    for (let depth = 0; depth < DEEPEST; depth++) {
      counters.framesUnwound++;
      if (!within(bounds, sp)) return undefined;
      node = this.childAt(node, pc, interrupted);
      const place = this.nodePlace[node] as number;
      const step = this.steps[place] as number;
      if (step === UNKNOWN || (atBottom && step === 0)) return undefined;
      if (step === TOP) return node;
      pc = memory.u64(atBottom ? sp : sp + step - 8);
      if (pc === 0) return node;
      interrupted = this.injected.has(place);
      sp += step;
    }
    return node;
  }

  /** The places of a stack, innermost first. */
  placesOf(node: number): StackPlace[] {
    const places: StackPlace[] = [];
    for (let at = node; at > 0; at = this.nodeParent[at] as number)
      places.push(this.places[this.nodePlace[at] as number] as StackPlace);
    return places.reverse();
  }

  private readonly injected = new Set<number>();

  /** The node of a call of the one at `node`. */
  private childAt(node: number, pc: number, interrupted: boolean): number {
    const key = pc * 2 + Number(interrupted);
    const last = this.lastChild[node] as number;
    if (last !== 0 && this.keys[this.nodePlace[last] as number] === key) return last;
    let place = this.placeOf.get(key);
    if (place === undefined) {
      place = this.addPlace(pc, interrupted);
      this.placeOf.set(key, place);
    }
    return this.child(node, place);
  }

  private addPlace(pc: number, interrupted: boolean): number {
    const place = this.places.length;
    const at = attempt(() => this.program.findFunc(pc));
    const lookup = interrupted || at?.func.entry === pc ? pc : pc - 1;
    const step = place < PLACES ? this.stepFrom(lookup) : UNKNOWN;
    this.places.push({ pc, lookup, size: step < 0 ? undefined : step, interrupted });
    this.keys.push(pc * 2 + Number(interrupted));
    this.steps.push(step);
    const found = attempt(() => this.program.findFunc(lookup));
    if (found !== undefined && isInjected(found.func.name)) this.injected.add(place);
    return place;
  }

  private stepFrom(lookup: number): number {
    const found = attempt(() => this.program.findFunc(lookup));
    if (found === undefined) return UNKNOWN;
    const { func, pclntab } = found;
    if (pclntab.isTopFrame(func)) return TOP;
    if (CALLBACKS.has(func.name)) return UNKNOWN;
    const delta = attempt(() => pclntab.spDelta(func, lookup)) ?? -1;
    return delta < 0 ? UNKNOWN : delta + this.program.target.arch.returnAddressSize;
  }

  private child(node: number, place: number): number {
    const key = node * PLACES + place;
    let child = this.children.get(key);
    if (child === undefined) {
      child = this.nodePlace.length;
      this.nodePlace.push(place);
      this.nodeParent.push(node);
      this.lastChild.push(0);
      this.children.set(key, child);
    }
    this.lastChild[node] = child;
    return child;
  }
}
