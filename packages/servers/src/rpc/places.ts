import {
  deferredResults,
  functionFacts,
  pcLocation,
  type Call,
  type CallStack,
  type Goroutine,
  type LocationResult,
  type Session,
  type Thread,
} from '@inquest/engine';
import type { DelveDefer, DelveFrame, DelveFunction, DelveLocation, DelveThread } from './api.ts';

/** Turns places of the program into Delve's form. What a place has in common with others is found once. */
export class Places {
  private readonly session: Session;
  private readonly functions = new Map<string, DelveFunction>();
  private readonly locations = new WeakMap<LocationResult, DelveLocation>();

  constructor(session: Session) {
    this.session = session;
  }

  /** A function by its name and an address in it; of an inlined one the entry is that of the function around it. */
  private functionAt(name: string, pc: number): DelveFunction | undefined {
    if (name === '' || name === '?') return undefined;
    const func = this.session.program.findFunc(pc)?.func;
    const key = `${func?.entry ?? 0} ${name}`;
    let found = this.functions.get(key);
    if (found === undefined) {
      const optimized = func !== undefined && functionFacts(this.session, func.entry, func.end).optimised;
      found = { name, value: func?.entry ?? 0, type: 0, goType: 0, optimized };
      this.functions.set(key, found);
    }
    return found;
  }

  /** `lookup` is an address in the function, where `pc` is a return address. */
  location(pc: number, name: string, file: string, line: number, lookup: number = pc): DelveLocation {
    const func = this.functionAt(name, lookup);
    return { pc, file, line, ...(func === undefined ? {} : { function: func }) };
  }

  /** A place as lists of goroutines have it; nowhere where there is none. */
  of(place: LocationResult | undefined): DelveLocation {
    if (place === undefined) return { pc: 0, file: '', line: 0 };
    let found = this.locations.get(place);
    if (found === undefined) {
      const { function: name, file, line } = place;
      const pc = Number(place.pc);
      const begins = this.session.program.findFunc(pc)?.func;
      // A return address may be where the next function begins.
      const lookup = begins?.entry === pc && begins.name !== name ? pc - 1 : pc;
      found = this.location(pc, name, file, line, lookup);
      this.locations.set(place, found);
    }
    return found;
  }

  /** What is at an address. */
  at(pc: number): DelveLocation {
    const place = pcLocation(this.session.program, pc);
    if (place !== undefined) return this.location(pc, place.function, place.file, place.line);
    return { pc, file: '', line: 0 };
  }

  ofCall({ frame, name, file, line }: Call): DelveLocation {
    return this.location(frame.pc, name, file, line, frame.lookupPc);
  }

  thread(thread: Thread): DelveThread {
    const { session } = this;
    const call = session.stackOf({ goroutine: undefined, thread }).at(0);
    const { pc, file, line, function: func } = call === undefined ? this.of(undefined) : this.ofCall(call);
    const m = session.runtime.threadOf(thread.tid);
    const goroutine = m !== undefined && m.curg !== 0 ? session.runtime.goroutineAt(m.curg) : undefined;
    return {
      id: thread.tid,
      pc,
      file,
      line,
      ...(func === undefined ? {} : { function: func }),
      goroutineID: goroutine?.id ?? 0,
      ReturnValues: null,
      CallReturn: false,
    };
  }

  /** The calls number `start` up to, not with, `end`. Offsets count from the top of the goroutine's stack. */
  frames(stack: CallStack, start: number, end: number, goroutine: Goroutine | undefined): DelveFrame[] {
    const frames = [...stack.range(start, end)].map((call) => this.frame(call, goroutine?.stack.high ?? 0));
    const last = frames.at(-1);
    if (last === undefined || stack.has(end)) return frames;
    if (stack.end?.complete === true) return [...frames.slice(0, -1), { ...last, Bottom: true }];
    return [...frames, { ...NO_FRAME, Err: stack.end?.reason ?? 'the stack cannot be followed further' }];
  }

  private frame(call: Call, top: number): DelveFrame {
    const { cfa, registers } = call.frame;
    const framePointer = registers.get(this.session.program.target.arch.fp) ?? 0n;
    return {
      ...this.ofCall(call),
      Locals: null,
      Arguments: null,
      FrameOffset: (cfa ?? 0) - top,
      FramePointerOffset: Number(framePointer) - top,
      Defers: [],
      Err: '',
    };
  }

  /** The calls that a call deferred, the next to run first. The selected stack is the one that it is on. */
  defers(call: Call): DelveDefer[] {
    return deferredResults(this.session, call).map((deferred) => ({
      DeferredLoc: this.of(deferred),
      DeferLoc: this.of(deferred.deferredAt),
      SP: call.frame.sp,
      Unreadable: '',
    }));
  }
}

/** A frame of which nothing is known. */
export const NO_FRAME: DelveFrame = {
  pc: 0,
  file: '',
  line: 0,
  Locals: null,
  Arguments: null,
  FrameOffset: 0,
  FramePointerOffset: 0,
  Defers: [],
  Err: '',
};
