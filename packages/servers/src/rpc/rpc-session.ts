import {
  attempt,
  DebugError,
  deferredStack,
  evaluateHere,
  memoryPlace,
  operations,
  type Call,
  type EvaluatedExpression,
  type Parameters,
  type Selection,
  type Session,
  type Thread,
  type Value,
} from '@inquest/engine';
import type { HostedCore, Prompt } from '../dap/host.ts';
import type { Fields } from './parameters.ts';
import { Places } from './places.ts';
import type { RpcHost } from './rpc-host.ts';
import { ValueConverter } from './values.ts';

/** The goroutine that is selected, in scopes and stacks. */
const SELECTED = -1;

/** What one client looks at. */
export class RpcSession {
  readonly host: RpcHost;
  readonly session: Session;
  readonly prompt: Prompt;
  readonly remember: HostedCore['remember'];
  readonly places: Places;
  readonly values: ValueConverter;
  /** The client asked to end the debugger. */
  detached = false;
  /** Set and asked by clients; nothing is ever executed. */
  followExec = false;
  /** Requests for events that wait for some. */
  readonly awaitingEvents: ((result: unknown) => void)[] = [];
  /** Events that nobody has asked for yet. */
  events: readonly { readonly Kind: number }[] = [];
  private readonly placed = new WeakMap<Value, Value>();
  private currentThread: Thread | undefined;

  constructor(host: RpcHost) {
    this.host = host;
    ({ session: this.session, prompt: this.prompt, remember: this.remember } = host.openSession());
    this.places = new Places(this.session);
    this.values = new ValueConverter(this.session.types.context.memory);
  }

  /** What an operation answers about what is selected. */
  ask<T>(name: string, parameters: Parameters = {}): T {
    return operations.find((each) => each.name === name)?.run(this.session, parameters) as T;
  }

  /** The value with an address, even if it is in registers: clients come back with addresses that they were told. */
  addressed(value: Value): Value {
    const { place } = value;
    const { registerMemory } = this.session;
    if (place.kind === 'memory' || registerMemory === undefined) return value;
    let found = this.placed.get(value);
    if (found === undefined) {
      found = { ...value, place: memoryPlace(registerMemory.place(place.bytes, place.absent)) };
      this.placed.set(value, found);
    }
    return found;
  }

  /** Evaluates an expression in the selected frame. */
  evaluate(expression: string): EvaluatedExpression {
    return evaluateHere(this.session, expression);
  }

  /** The thread that Delve calls current: that of the goroutine that was selected last and was on one. */
  get thread(): Thread | undefined {
    const { threads } = this.session.program.target;
    this.currentThread ??= this.threadOf(this.session.selection) ?? threads[0];
    return this.currentThread;
  }

  private threadOf({ goroutine, thread }: Selection): Thread | undefined {
    return thread ?? this.session.program.target.threads.find(({ tid }) => tid === goroutine?.tid);
  }

  selectGoroutine(id: number): void {
    const { session } = this;
    const before = this.thread;
    if (id !== SELECTED) {
      if (session.runtime.goroutineById(id) === undefined)
        throw new DebugError(`unknown goroutine ${id}`, { code: 'not-found' });
      session.selectGoroutine(id);
    }
    this.currentThread = this.threadOf(session.selection) ?? before;
  }

  selectThread(id: number): void {
    const thread = this.session.program.target.threads.find(({ tid }) => tid === id);
    if (thread === undefined) throw new DebugError(`thread ${id} does not exist`, { code: 'not-found' });
    this.session.selectThread(id);
    this.currentThread = thread;
  }

  /** The stack that a goroutine's number means, -1 being the selected one and 0 the current thread. */
  selectionOf(goroutine: number): Selection {
    const { session } = this;
    if (goroutine === SELECTED) return session.selection;
    if (goroutine === 0) return this.selectionOfThread(this.thread);
    const found = session.runtime.goroutineById(goroutine);
    if (found === undefined) throw new DebugError(`unknown goroutine ${goroutine}`, { code: 'not-found' });
    return { goroutine: found, thread: undefined };
  }

  private selectionOfThread(thread: Thread | undefined): Selection {
    const { runtime } = this.session;
    const m = thread && runtime.threadOf(thread.tid);
    return { goroutine: m === undefined || m.curg === 0 ? undefined : runtime.goroutineAt(m.curg), thread };
  }

  /** Runs `action` in the scope that a client gave: goroutine, frame, deferred call. */
  inScope<T>(scope: Fields, action: (call: Call) => T): T {
    const { session } = this;
    const selection = this.selectionOf(scope.integer('GoroutineID'));
    const frame = scope.integer('Frame');
    const deferred = scope.integer('DeferredCall');
    return session.withSelection(selection, () => {
      if (attempt(() => session.call(frame)) === undefined)
        throw new DebugError(`Frame ${frame} does not exist in goroutine ${selection.goroutine?.id ?? 0}`, {
          code: 'not-found',
        });
      session.selectFrame(frame);
      if (deferred <= 0) return action(session.call());
      const stack = deferredStack(session, deferred);
      return session.withSelection({ ...selection, stack }, () => action(session.call()));
    });
  }
}
