import type { X86Decoder } from '../arch/text/x86-instruction.ts';
import { DebugError, hex, notFound } from '../base/errors.ts';
import { crashedThread, findCause, type Cause } from '../findings/cause.ts';
import type { Program } from '../program/program.ts';
import { goroutineOn } from '../runtime/dying.ts';
import { GoRuntime } from '../runtime/go-runtime.ts';
import type { Goroutine } from '../runtime/goroutine.ts';
import type { Thread } from '../target/target.ts';
import { CallStack, type Call } from '../unwind/call-stack.ts';
import type { StackBounds } from '../unwind/stacks.ts';
import { RegisterMemory } from '../values/register-memory.ts';
import { provenNil } from './cause/nil-base.ts';
import { CodeIndex } from './code-index.ts';
import { Configuration } from './configuration/configuration.ts';
import { FrameVariables } from './frame-variables.ts';
import { PackageMembers } from './package-members.ts';
import type { ShownPart } from './paging.ts';
import { panicResults } from './panic-text.ts';
import { TypeCatalog } from './type-catalog.ts';
import type { Settings } from './settings.ts';
import type { SourceProvider } from './source-lines.ts';
import { findUserFrame } from './user-frame.ts';
import { userRegex, type RegexCompiler, type UserRegex } from './user-regex.ts';

/** The stack that questions are about: a goroutine's, or a thread's that runs none. */
export interface Selection {
  readonly goroutine: Goroutine | undefined;
  readonly thread: Thread | undefined;
  /** A stack of its own, in place of theirs: of a deferred call, or one that is unwound in another way. */
  readonly stack?: CallStack;
}

export interface SessionOptions {
  readonly corePath: string;
  readonly sources: SourceProvider;
  /** By default one with nothing set. */
  readonly configuration?: Configuration;
  /** Decodes amd64 code; without it such code cannot be disassembled. */
  readonly decodeX86?: X86Decoder;
  /** Compiles regular expressions; without it only simple ones can be had. */
  readonly compileRegex?: RegexCompiler;
  /** Values in registers can be given addresses: for clients that know values by their addresses. */
  readonly addressable?: boolean;
}

/** Stacks that are kept: scripts visit every goroutine. */
const MOST_STACKS = 256;
/** Frames searched for the user's own code. */
const SEARCH_FRAMES = 1000;

/** One program under examination, and where the user is looking. All operations run against it. */
export class Session {
  readonly program: Program;
  readonly runtime: GoRuntime;
  readonly corePath: string;
  readonly sources: SourceProvider;
  readonly types: TypeCatalog;
  /** Files, lines and inlined calls. */
  readonly code: CodeIndex;
  readonly decodeX86: X86Decoder | undefined;
  private readonly compileRegex: RegexCompiler | undefined;
  readonly variables: FrameVariables;
  /** Addresses of values in registers, where they have some. */
  readonly registerMemory: RegisterMemory | undefined;
  readonly configuration: Configuration;
  /** What packages declare. */
  readonly members: PackageMembers;
  /** What `print` showed a part of: `more` goes on from there. */
  shownPart: ShownPart | undefined;
  private selected: Selection;
  /** Number of the selected call in the selected stack; undefined until it is asked for the first time. */
  private frameIndex: number | undefined;
  private foundCause: Cause | undefined;
  private readonly stacks = new Map<string, CallStack>();

  constructor(program: Program, options: SessionOptions) {
    this.program = program;
    this.runtime = new GoRuntime(program);
    this.corePath = options.corePath;
    this.sources = options.sources;
    this.configuration = options.configuration ?? new Configuration();
    this.decodeX86 = options.decodeX86;
    this.compileRegex = options.compileRegex;
    this.registerMemory = options.addressable === true ? new RegisterMemory(program.memory) : undefined;
    this.types = new TypeCatalog(program, this.registerMemory);
    this.code = new CodeIndex(program);
    this.variables = new FrameVariables(this.runtime, this.types, options.sources, {
      provenNil: (call) => this.provenNil(call),
      stackAt: (sp) => this.stackAt(sp),
    });
    this.members = new PackageMembers(program, this.types);
    this.selected = this.initialSelection();
  }

  /** The goroutine that crashed, else that of the thread which the kernel dumped for, else that thread. */
  private initialSelection(): Selection {
    const { threads } = this.program.target;
    const thread = crashedThread(this.runtime) ?? threads[0];
    if (thread === undefined) return { goroutine: undefined, thread: undefined };
    const m = this.runtime.threadOf(thread.tid);
    return { goroutine: m && goroutineOn(this.runtime, m), thread };
  }

  /** Names of variables of a call that a fault proves to be nil. */
  private provenNil(call: Call): ReadonlySet<string> {
    const { program, types, cause } = this;
    const { goroutine } = cause;
    if (goroutine === undefined) return new Set();
    const stack = this.stackOf({ goroutine, thread: undefined });
    return provenNil({ program, types, cause, stack, values: this.variables.flowOf(call) }, call);
  }

  /** The stack of the selected goroutine, if an address lies in it. */
  private stackAt(sp: number): StackBounds | undefined {
    const stack = this.selected.goroutine?.stack;
    return stack !== undefined && sp >= stack.low && sp < stack.high ? stack : undefined;
  }

  /** What killed the process, before any values are read. */
  get cause(): Cause {
    this.foundCause ??= findCause(this.runtime);
    return this.foundCause;
  }

  /** What is set now. */
  get settings(): Settings {
    return this.configuration.settings;
  }

  /** Compiles what a user gave as a regular expression; undefined for none. */
  regex(text: unknown): UserRegex | undefined {
    return userRegex(text, this.compileRegex);
  }

  get selection(): Selection {
    return this.selected;
  }

  /** At first the frame where the user's code failed, so that `locals` and `print` answer about it; later what was chosen. */
  get selectedFrame(): number {
    this.frameIndex ??= this.initialFrame();
    return this.frameIndex;
  }

  private initialFrame(): number {
    const { cause } = this;
    if (cause.goroutine?.address !== this.selected.goroutine?.address) return 0;
    const panics = cause.kind === 'panic' ? panicResults(this.types, cause.panics) : [];
    const calls = this.stack.first(SEARCH_FRAMES);
    return findUserFrame(this.program.main?.buildInfo, panics, calls, cause.signal?.pc) ?? 0;
  }

  /** Selects the goroutine with that id and its innermost frame. */
  selectGoroutine(id: number): void {
    this.selected = { goroutine: this.goroutine(id), thread: undefined };
    this.frameIndex = 0;
  }

  /** Selects a thread by its Linux id, with the goroutine that it ran. */
  selectThread(tid: number): void {
    const thread = this.program.target.threads.find((t) => t.tid === tid);
    if (thread === undefined) throw notFound(`there is no thread ${tid}: threads lists them`);
    const m = this.runtime.threadOf(tid);
    this.selected = { goroutine: m && m.curg !== 0 ? this.runtime.goroutineAt(m.curg) : undefined, thread };
    this.frameIndex = 0;
  }

  /** Selects a frame; negative numbers count from the outermost, which is -1. Throws when there is none. */
  selectFrame(index: number): void {
    const from = Number.isInteger(index) && index < 0 ? this.stack.count() : 0;
    if (from + index < 0) throw this.noFrame(index, from);
    this.frameIndex = this.call(from + index).index;
  }

  /** Forgets what was found of stacks: where an unwinder was stopped in the middle it cannot go on. */
  forgetStacks(): void {
    this.stacks.clear();
  }

  /** Remembers what is selected; the result selects it again. */
  bookmark(): () => void {
    const { selected, frameIndex } = this;
    return () => {
      this.selected = selected;
      this.frameIndex = frameIndex;
    };
  }

  /** Runs `action` with another goroutine or frame selected, and goes back. */
  within<T>(scope: { readonly goroutine?: number; readonly frame?: number }, action: () => T): T {
    const back = this.bookmark();
    try {
      if (scope.goroutine !== undefined) this.selectGoroutine(scope.goroutine);
      if (scope.frame !== undefined) this.selectFrame(scope.frame);
      return action();
    } finally {
      back();
    }
  }

  /** Runs `action` with a given stack selected, and goes back. */
  withSelection<T>(selection: Selection, action: () => T): T {
    const back = this.bookmark();
    try {
      this.selected = selection;
      this.frameIndex = 0;
      return action();
    } finally {
      back();
    }
  }

  goroutine(id: number): Goroutine {
    const goroutine = this.runtime.goroutineById(id);
    if (goroutine === undefined) throw notFound(`there is no goroutine ${id}: goroutines lists them`);
    return goroutine;
  }

  /** The selected stack. */
  get stack(): CallStack {
    return this.stackOf(this.selected);
  }

  stackOf(selection: Selection): CallStack {
    const { goroutine, thread } = selection;
    if (selection.stack !== undefined) return selection.stack;
    if (goroutine === undefined && thread === undefined) throw notFound('the core has no threads and no goroutines');
    const key = goroutine === undefined ? `t${(thread as Thread).tid}` : `g${goroutine.id}-${hex(goroutine.address)}`;
    let stack = this.stacks.get(key);
    if (stack === undefined) {
      const unwinder =
        goroutine === undefined ? this.runtime.unwindThread(thread as Thread) : this.runtime.unwind(goroutine);
      stack = new CallStack(this.program, unwinder);
      const [oldest] = this.stacks.keys();
      if (oldest !== undefined && this.stacks.size >= MOST_STACKS) this.stacks.delete(oldest);
      this.stacks.set(key, stack);
    }
    return stack;
  }

  /** The call number `index` of the selected stack; throws when there is none. */
  call(index: number = this.selectedFrame): Call {
    const call = Number.isInteger(index) && index >= 0 ? this.stack.at(index) : undefined;
    if (call === undefined) throw this.noFrame(index, this.stack.count());
    return call;
  }

  private noFrame(index: number, count: number): DebugError {
    return notFound(`there is no frame ${index}: the stack has frames 0 to ${count - 1}`);
  }

  /** The goroutine in whose name things are done; throws where a thread without one is selected. */
  requireGoroutine(): Goroutine {
    const { goroutine } = this.selected;
    if (goroutine === undefined)
      throw new DebugError('no goroutine is selected: the thread runs none', { code: 'not-found' });
    return goroutine;
  }
}
