import { counters } from '../base/counters.ts';
import { attempt, hex } from '../base/errors.ts';
import { FS_BASE } from '../arch/amd64.ts';
import { PT_TLS } from '../elf/constants.ts';
import type { Program } from '../program/program.ts';
import type { Thread } from '../target/target.ts';
import type { RecordedFault } from '../unwind/fault-register.ts';
import { savedRegisters, type SavedContext, type StackBounds, type ThreadStacks } from '../unwind/stacks.ts';
import { Unwinder } from '../unwind/unwinder.ts';
import { goroutineFields } from './goroutine-fields.ts';
import { GoroutineNumbers } from './goroutine-numbers.ts';
import { GoroutineRecord, type RecordSource } from './goroutine-record.ts';
import type { Goroutine, RuntimeThread } from './goroutine.ts';
import { countItems, iterLiveGs, liveGNear, numbersOf, type GoroutineRoots } from './live-goroutines.ts';
import { layoutOf, type Layout } from './layouts/layout.ts';
import { LAYOUTS } from './layouts/tables.ts';
import { findAllGs, goroutineIdAt, symbolsAreCheap, type AllGs } from './roots.ts';
import { G_RUNNING, G_SYSCALL } from './status.ts';
import { waitReasonsOf } from './program-wait-reasons.ts';

/** Damage is told of, but not a million times. */
const MOST_DIAGNOSTICS = 100;
/** Longest chain of m's or array of strings believed. */
const MOST_THREADS = 1_000_000;

/** Goroutines that are looked for one by one. */
const NEAR_SEARCHES = 16;

function faultOf({ signal, signalCode, signalAddress, signalPc }: Goroutine): RecordedFault | undefined {
  return signal === 0 ? undefined : { pc: signalPc, code: signalCode, address: signalAddress };
}

/** The Go runtime inside a program: goroutines, its threads, and where their stacks are. */
export class GoRuntime {
  readonly program: Program;
  readonly layout: Layout;
  readonly diagnostics: string[] = [];
  private allgsState: { readonly allgs: AllGs | undefined } | undefined;
  private goroutineList: readonly Goroutine[] | undefined;
  private threadList: readonly RuntimeThread[] | undefined;
  private count: number | undefined;
  private records: RecordSource | undefined;
  /** Addresses by the goroutine's number. */
  private byId: GoroutineNumbers | undefined;
  private nearSearches = 0;
  private byAddress: Map<number, Goroutine> | undefined;
  private reasons: readonly string[] | undefined;

  constructor(program: Program) {
    this.program = program;
    this.layout = layoutOf(LAYOUTS, program.minor);
  }

  /** All of the runtime's threads, those of the core first, in its order. */
  get threads(): readonly RuntimeThread[] {
    this.threadList ??= this.findThreads();
    return this.threadList;
  }

  private findThreads(): RuntimeThread[] {
    const found = new Map<number, RuntimeThread>();
    for (const thread of this.program.target.threads) {
      const g = this.currentG(thread);
      const m = g === undefined ? undefined : attempt(() => this.program.memory.u64(g + this.layout.get('g', 'm')));
      if (m !== undefined && m !== 0) this.addThreadChain(m, found);
      // A thread that was about to start has not written down its number (minit).
      const started = m === undefined ? undefined : found.get(m);
      if (started?.tid === 0) found.set(started.address, { ...started, tid: thread.tid });
    }
    // Threads that are in C code and lost their thread-local g are still on the runtime's own list.
    const missing = this.program.target.threads.some((t) => ![...found.values()].some((m) => m.tid === t.tid));
    if (missing && symbolsAreCheap(this.program)) {
      const allm = this.program.symbol('runtime.allm');
      const first = allm === undefined ? undefined : attempt(() => this.program.memory.u64(allm));
      if (first !== undefined) this.addThreadChain(first, found);
    }
    return [...found.values()];
  }

  /** Adds an m and the older ones that it links to. */
  private addThreadChain(first: number, found: Map<number, RuntimeThread>): void {
    let at = first;
    while (at !== 0 && !found.has(at) && found.size < MOST_THREADS) {
      const m = attempt(() => this.readThread(at));
      if (m === undefined) return;
      found.set(at, m);
      at = attempt(() => this.program.memory.u64(m.address + this.layout.get('m', 'alllink'))) ?? 0;
    }
  }

  private readThread(address: number): RuntimeThread {
    const { memory } = this.program;
    const field = (name: string): number => address + this.layout.get('m', name);
    return {
      address,
      id: memory.u64(field('id')),
      tid: memory.u64(field('procid')),
      g0: memory.u64(field('g0')),
      gsignal: memory.u64(field('gsignal')),
      curg: memory.u64(field('curg')),
      caughtSignalG: memory.u64(field('caughtsig')),
      dying: memory.u32(field('dying')) | 0,
      throwing: memory.u32(field('throwing')) | 0,
      inCgo: memory.u8(field('incgo')) !== 0,
    };
  }

  /** The runtime's record of a Linux thread. */
  threadOf(tid: number): RuntimeThread | undefined {
    return this.threads.find((m) => m.tid === tid);
  }

  /**
   * The g that a thread runs with now: its goroutine's, or the one of its system or signal stack. From thread-local
   * storage on amd64, register x28 on arm64; undefined for threads that never ran Go code.
   */
  currentG(thread: Thread): number | undefined {
    const { arch } = this.program.target;
    const candidates: number[] = [];
    if (arch.name === 'arm64') {
      candidates.push(Number(thread.registers.get(arch.g) ?? 0n));
    } else {
      const base = Number(thread.registers.get(FS_BASE) ?? 0n);
      if (base !== 0)
        for (const offset of this.tlsOffsets())
          candidates.push(attempt(() => this.program.memory.u64(base + offset)) ?? 0);
      candidates.push(Number(thread.registers.get(arch.g) ?? 0n));
    }
    return candidates.find((g) => this.belongsTo(g, thread.tid));
  }

  /** -8 for Go's own linker; with C code, any slot of the executable's thread-local block. */
  private tlsOffsets(): readonly number[] {
    const tls = this.program.outline?.elf.segments.find((segment) => segment.type === PT_TLS);
    const offsets = [-8];
    if (tls !== undefined) {
      const align = Math.max(8, tls.align);
      const size = Math.ceil(tls.memsz / align) * align;
      for (let at = 16; at <= Math.min(size, 4096); at += 8) offsets.push(-at);
    }
    return offsets;
  }

  /** True if `g` is a g of the thread `tid`: its m points back at it and carries the thread's number, or none yet. */
  private belongsTo(g: number, tid: number): boolean {
    if (g === 0 || g % 8 !== 0) return false;
    const { memory } = this.program;
    const { layout } = this;
    return (
      attempt(() => {
        const m = memory.u64(g + layout.get('g', 'm'));
        const number = m === 0 ? undefined : memory.u64(m + layout.get('m', 'procid'));
        if (number !== tid && number !== 0) return false;
        return ['g0', 'gsignal', 'curg'].some((field) => memory.u64(m + layout.get('m', field)) === g);
      }) ?? false
    );
  }

  private get allgs(): AllGs | undefined {
    if (this.allgsState === undefined) {
      const known = this.threads.map((m) => m.curg).filter((g) => g !== 0 && this.isLive(g));
      this.allgsState = { allgs: findAllGs(this.program, this.layout, known) };
    }
    return this.allgsState.allgs;
  }

  private isLive(g: number): boolean {
    const id = goroutineIdAt(this.program, this.layout, g);
    return id !== undefined && id !== 0;
  }

  /** All goroutines that are not dead, in the runtime's order. Keeps them all: for many, see iterGoroutines. */
  get goroutines(): readonly Goroutine[] {
    this.goroutineList ??= [...this.iterGoroutines()];
    return this.goroutineList;
  }

  /** How many goroutines there are that are not dead. Reads no more of each than its status. */
  get goroutineCount(): number {
    this.count ??= countItems(iterLiveGs(this.goroutineRoots));
    return this.count;
  }

  /** True if more goroutines are not dead than `most`. Reads the statuses of few more than that. */
  hasMoreGoroutines(most: number): boolean {
    if (this.count !== undefined) return this.count > most;
    let seen = 0;
    for (const _ of iterLiveGs(this.goroutineRoots)) if (++seen > most) return true;
    return false;
  }

  /** The goroutines that are not dead, in the runtime's order, read as they are asked for and not kept. */
  *iterGoroutines(): Generator<Goroutine, void, undefined> {
    if (this.goroutineList !== undefined) {
      yield* this.goroutineList;
      return;
    }
    const byId = new GoroutineNumbers();
    let count = 0;
    for (const address of iterLiveGs(this.goroutineRoots)) {
      count++;
      const goroutine = attempt(() => this.readGoroutine(address));
      if (goroutine === undefined) {
        this.complain(`the goroutine at ${hex(address)} cannot be read`);
        continue;
      }
      byId.add(goroutine.id, address);
      yield goroutine;
    }
    // Who saw them all need not be asked again how many there are, and where each one is.
    this.count ??= count;
    this.byId ??= byId;
  }

  /** Where the records of goroutines are: in runtime.allgs, and what threads run besides. */
  get goroutineRoots(): GoroutineRoots {
    const { allgs, program, layout } = this;
    if (allgs === undefined)
      this.complain('the list of goroutines (runtime.allgs) was not found: only those on threads are shown');
    const running = this.threads.map((m) => m.curg);
    return { program, layout, allgs, running, complain: (what) => this.complain(what) };
  }

  /** The same thing is said once, however often it is met. */
  private complain(what: string): void {
    if (this.diagnostics.length >= MOST_DIAGNOSTICS || this.diagnostics.includes(what)) return;
    this.diagnostics.push(what);
  }

  /** The goroutine whose runtime.g is at `address`. */
  goroutineAt(address: number): Goroutine | undefined {
    this.byAddress ??= new Map();
    let goroutine = this.byAddress.get(address);
    if (goroutine === undefined && address !== 0) {
      goroutine = attempt(() => this.readGoroutine(address));
      if (goroutine !== undefined) this.byAddress.set(address, goroutine);
    }
    return goroutine;
  }

  goroutineById(id: number): Goroutine | undefined {
    return this.goroutineAt(this.byId?.find(id) ?? this.searchById(id) ?? 0);
  }

  private searchById(id: number): number | undefined {
    if (this.byId !== undefined) return undefined;
    // Who asks for many is better off with all of them.
    const near = this.nearSearches++ < NEAR_SEARCHES ? liveGNear(this.goroutineRoots, id) : undefined;
    if (near !== undefined) return near;
    this.byId = numbersOf(this.program, this.layout, iterLiveGs(this.goroutineRoots));
    return this.byId.find(id);
  }

  /** The goroutine whose runtime.g is there, read anew and not kept. Throws `fault` where it is not in the core. */
  readGoroutine(address: number): Goroutine {
    counters.goroutinesRead++;
    this.records ??= {
      memory: this.program.memory,
      fields: goroutineFields(this.layout),
      waitReasons: () => this.waitReasonTable(),
      tidOf: (m) => this.threads.find((thread) => thread.address === m)?.tid,
      stateTexts: new Map(),
    };
    return new GoroutineRecord(this.records, address);
  }

  /** The number that the program's release has for a wait reason; 0 where it has none. */
  waitReasonNumber({ waitReason }: Pick<Goroutine, 'waitReason'>): number {
    return waitReason === '' ? 0 : Math.max(0, this.waitReasonTable().indexOf(waitReason));
  }

  private waitReasonTable(): readonly string[] {
    this.reasons ??= waitReasonsOf(this.program);
    return this.reasons;
  }

  /** The stack bounds of the g at `address`; undefined when they cannot be read. */
  private boundsOf(g: number): StackBounds | undefined {
    if (g === 0) return undefined;
    const low = attempt(() => this.program.memory.u64(g));
    const high = attempt(() => this.program.memory.u64(g + 8));
    return low === undefined || high === undefined || low >= high ? undefined : { low, high };
  }

  private systemStack(g0: number): ThreadStacks['system'] {
    const { layout } = this;
    const bounds = this.boundsOf(g0);
    const field = (name: string): number =>
      attempt(() => this.program.memory.u64(g0 + layout.get('g', 'sched') + layout.get('gobuf', name))) ?? 0;
    const sched = { pc: field('pc'), sp: field('sp'), fp: field('bp'), lr: field('lr') };
    const fault = this.goroutineAt(g0);
    return bounds && { ...bounds, sched, fault: fault && faultOf(fault) };
  }

  /** The stacks that matter to a goroutine, or to the thread that it is on. */
  stacksOf(goroutine: Goroutine | undefined, m: RuntimeThread | undefined): ThreadStacks {
    return {
      goroutine: goroutine && {
        ...goroutine.stack,
        sched: goroutine.sched,
        fault: faultOf(goroutine),
        preemptedVectors: goroutine.preemptedVectors,
      },
      system: m && this.systemStack(m.g0),
      signal: m && this.boundsOf(m.gsignal),
      syscall: goroutine?.syscall,
    };
  }

  /** The thread whose registers tell where a goroutine was: undefined for one that was parked, or in a system call. */
  private threadOn(goroutine: Goroutine): Thread | undefined {
    if (goroutine.m === 0) return undefined;
    const m = this.threads.find((thread) => thread.address === goroutine.m);
    if (m === undefined || m.curg !== goroutine.address) return undefined;
    const onThread = goroutine.status === G_RUNNING || (goroutine.status === G_SYSCALL && m.inCgo);
    if (!onThread && !this.crashesOnThread(m)) return undefined;
    return this.program.target.threads.find((t) => t.tid === m.tid);
  }

  /** Where a goroutine goes on that no thread is running; undefined if the registers of a thread tell. */
  parkedAt(goroutine: Goroutine): SavedContext | undefined {
    if (this.threadOn(goroutine) !== undefined) return undefined;
    const inSyscall = goroutine.status === G_SYSCALL && goroutine.syscall.sp !== 0;
    return inSyscall ? goroutine.syscall : goroutine.sched;
  }

  /**
   * An unwinder for the goroutine's stack as it was: from its thread's registers if it was on one. `simple` stays on the stack
   * that the thread was on; `fromg` begins where the goroutine was parked last, which is old news for a running one.
   */
  unwind(goroutine: Goroutine, mode: 'normal' | 'simple' | 'fromg' = 'normal'): Unwinder {
    // A goroutine that waits in a callback from C holds its thread, on whose system stack the C frames are.
    const thread = this.threadOn(goroutine);
    const home = goroutine.m === 0 ? goroutine.lockedM : goroutine.m;
    const m = home === 0 ? undefined : this.threads.find((each) => each.address === home);
    const stacks = this.stacksOf(goroutine, m);
    if (mode === 'fromg') return this.unwindFrom(goroutine.sched, stacks);
    if (thread !== undefined) {
      const seen = mode === 'simple' ? { ...stacks, goroutine: undefined, syscall: undefined } : stacks;
      return new Unwinder(this.program, thread.registers, seen);
    }
    // Saved contexts hold return addresses: of mcall, of entersyscall, of morestack.
    return this.unwindFrom(this.parkedAt(goroutine) ?? goroutine.sched, stacks);
  }

  /** An unwinder for the part of a goroutine's stack that begins at a frame; `pc` is a return address. */
  unwindAt(goroutine: Goroutine, pc: number, sp: number): Unwinder {
    return this.unwindFrom({ pc, sp, fp: 0, lr: 0 }, this.stacksOf(goroutine, undefined));
  }

  private crashesOnThread(m: RuntimeThread): boolean {
    return m.dying !== 0 || m.throwing !== 0;
  }

  /** An unwinder for a thread, whether or not it runs a goroutine. */
  unwindThread(thread: Thread, mode: 'normal' | 'simple' = 'normal'): Unwinder {
    const m = this.threadOf(thread.tid);
    const stacks = this.stacksOf(m && this.goroutineAt(m.curg), m);
    const seen = mode === 'simple' ? { ...stacks, goroutine: undefined, syscall: undefined } : stacks;
    return new Unwinder(this.program, thread.registers, seen);
  }

  private unwindFrom(context: SavedContext, stacks: ThreadStacks): Unwinder {
    return new Unwinder(this.program, savedRegisters(this.program.target.arch, context), stacks, false);
  }

  /** Name of the function that a goroutine started with. */
  startFunction(goroutine: Goroutine): string | undefined {
    return this.program.findFunc(goroutine.startPc)?.func.name;
  }

  /** True for goroutines of the runtime itself (runtime/traceback.go isSystemGoroutine). */
  isSystem(goroutine: Goroutine): boolean {
    const name = this.startFunction(goroutine);
    if (name === undefined || !name.startsWith('runtime.')) return false;
    if (name === 'runtime.main' || name === 'runtime.corostart' || name === 'runtime.handleAsyncEvent') return false;
    return true;
  }
}
