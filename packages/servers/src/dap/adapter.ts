import type { DebugProtocol } from '@vscode/debugprotocol';
import { DebugError } from '@inquest/engine';
import type { Connection } from '../transport/protocol.ts';
import { CAPABILITIES, clientTraits, type ClientTraits, type SendEvent } from './client.ts';
import { CoreView } from './core-view.ts';
import { stoppedEvent } from './crash.ts';
import { evaluate, type Evaluation } from './evaluate.ts';
import type { DebugHost, HostedCore } from './host.ts';
import { parseLaunch, type Launch } from './launch.ts';
import type { Progress } from './progress.ts';
import { refusalOf, runsOn, unverified } from './refusals.ts';
import { checkArguments, lookOf, type Arguments } from './requests.ts';

/** What a request comes to: the body of the answer, and what is sent behind it. */
export interface Reply {
  readonly body?: object | undefined;
  readonly after?: () => void;
}

/** One client's debug session: which requests are allowed when, and what answers them. */
export class Adapter {
  private readonly host: DebugHost;
  private readonly connection: Connection;
  private readonly event: SendEvent;
  private client: ClientTraits | undefined;
  private view: CoreView | undefined;
  private remembered: (() => void) | undefined;
  private launching = false;
  private configured = false;
  /** The thread that the client was sent to last. */
  private stoppedThread: number | undefined;

  constructor(host: DebugHost, connection: Connection, event: SendEvent) {
    this.host = host;
    this.connection = connection;
    this.event = event;
  }

  /** What the client said of itself, once it did. */
  get traits(): ClientTraits | undefined {
    return this.client;
  }

  /** Puts right what a request left half done that was given up. */
  recover(): void {
    this.remembered?.();
  }

  /** Answers a request, or throws a `DebugError`. */
  handle(command: string, args: Arguments, progress: Progress): Reply | Promise<Reply> {
    this.remembered = this.view?.core.remember();
    switch (command) {
      case 'initialize':
        return this.initialize(args as unknown as DebugProtocol.InitializeRequestArguments);
      case 'disconnect':
        return { after: () => this.connection.end() };
      case 'terminate':
        return { after: () => this.event('terminated') };
      case 'launch':
      case 'attach':
        return this.launch(command, args, progress);
      default:
        return this.ask(command, args);
    }
  }

  private initialize(args: DebugProtocol.InitializeRequestArguments): Reply {
    if (this.client !== undefined) throw new DebugError('initialize was sent before', { code: 'usage' });
    if (args.pathFormat !== undefined && args.pathFormat !== 'path')
      throw new DebugError(`paths are given as they are, not as ${args.pathFormat}`, { code: 'unsupported' });
    this.client = clientTraits(args, this.connection.remote);
    return { body: CAPABILITIES };
  }

  private async launch(command: 'launch' | 'attach', args: Arguments, progress: Progress): Promise<Reply> {
    const { client } = this;
    if (client === undefined) throw new DebugError(`initialize comes before ${command}`, { code: 'usage' });
    if (this.view !== undefined || this.launching)
      throw new DebugError('a core is open already: one session has one', { code: 'usage' });
    const launch = parseLaunch(command, args, client);
    if (launch.token !== undefined) this.connection.authorise(launch.token);
    if (!this.connection.authorised) {
      const hint = 'give it as "token" in the launch configuration';
      throw new DebugError('this server wants a token', { code: 'usage', hint });
    }
    this.launching = true;
    try {
      const core = await this.open(launch, progress);
      if (launch.guessPaths) guessPaths(core, (text) => this.note(text));
      const view = new CoreView(core, client, launch.view);
      // What is wrong with filters is told now, and not at each list.
      view.threads.checkFilters();
      this.view = view;
      this.introduce(core, launch.notes);
    } finally {
      this.launching = false;
    }
    this.event('initialized');
    return {};
  }

  private open({ open, settings }: Launch, progress: Progress): HostedCore | Promise<HostedCore> {
    const { attached } = this.host;
    if (open === undefined && attached !== undefined) {
      const core = attached();
      for (const [key, value] of settings) core.session.configuration.set(key, value);
      return core;
    }
    if (open !== undefined && attached === undefined) return this.host.open(open, (text) => progress.report(text));
    throw open === undefined
      ? new DebugError('there is nothing to attach to: this server opens the core that launch names', {
          code: 'unsupported',
          hint: '"request": "launch", "mode": "core", "program" and "coreFilePath"',
        })
      : new DebugError('this server has a core open already', {
          code: 'unsupported',
          hint: '"request": "attach", "mode": "remote" looks at it',
        });
  }

  private introduce({ executable, session, notes }: HostedCore, more: readonly string[]): void {
    const name = executable ?? session.program.target.executablePath ?? session.corePath;
    this.event('process', { name, isLocalProcess: false, startMethod: 'attach' });
    for (const note of [...more, ...notes, ...session.program.target.diagnostics]) this.note(note);
    this.note('The debug console takes expressions and all commands of the prompt: dlv help lists them.');
  }

  private note(text: string): void {
    this.event('output', { category: 'console', output: `${text}\n` });
  }

  private ask(command: string, args: Arguments): Reply {
    const refusal = refusalOf(command);
    if (refusal !== undefined) {
      this.stayStopped(command, args);
      throw refusal;
    }
    const { view } = this;
    if (view === undefined) throw new DebugError(`${command} needs an open core: launch opens it`, { code: 'usage' });
    checkArguments(command, args);
    if (command === 'configurationDone') return this.configurationDone(view);
    if (command === 'evaluate')
      return this.evaluated(view, evaluate(view, args as unknown as DebugProtocol.EvaluateArguments));
    const breakpoints = breakpointsOf(command, args);
    if (breakpoints !== undefined) return { body: breakpoints };
    const look = lookOf(command);
    if (look === undefined) throw new DebugError(`there is no request ${command}`, { code: 'unsupported' });
    return { body: look(view, args) };
  }

  private configurationDone(view: CoreView): Reply {
    if (this.configured) return {};
    this.configured = true;
    return { after: () => this.stop(stoppedEvent(view)) };
  }

  private evaluated(view: CoreView, { body, after }: Evaluation): Reply {
    switch (after) {
      case undefined:
        return { body };
      case 'leave':
        return { body, after: () => this.event('terminated') };
      case 'goroutine':
        return { body, after: () => this.goTo(view) };
      default:
        return { body, after: () => this.invalidate(after) };
    }
  }

  /** The prompt went to another goroutine: the editor follows. */
  private goTo(view: CoreView): void {
    const { selection } = view.session;
    if (selection.goroutine !== undefined && view.threads.visit(selection.goroutine.id)) this.invalidate('threads');
    const threadId = view.threads.threadOf(selection);
    this.stop({ reason: 'pause', description: 'Chosen', threadId, allThreadsStopped: true });
  }

  /**
   * Clients that take it for granted that the program runs on are told that it did not. That goes before the refusal: dap-mode of
   * Emacs leaves unread what it got behind one.
   */
  private stayStopped(command: string, { threadId }: Arguments): void {
    if (this.view === undefined || this.client?.isVsCode === true || !runsOn(command)) return;
    if (typeof threadId !== 'number' || !this.view.threads.has(threadId)) return;
    this.stop({ reason: 'pause', description: 'A core does not run', threadId, allThreadsStopped: true });
  }

  private stop(body: DebugProtocol.StoppedEvent['body']): void {
    const { stoppedThread } = this;
    this.stoppedThread = body.threadId;
    if (this.client?.isNvimDap === true && stoppedThread !== undefined && stoppedThread !== body.threadId)
      this.event('thread', { reason: 'started', threadId: stoppedThread });
    this.event('stopped', body);
  }

  private invalidate(area: 'threads' | 'variables'): void {
    if (this.client?.invalidated === true) this.event('invalidated', { areas: [area] });
  }
}

/** The answer to a request about breakpoints; undefined for other requests. */
function breakpointsOf(command: string, args: Arguments): object | undefined {
  switch (command) {
    case 'setBreakpoints':
    case 'setFunctionBreakpoints':
    case 'setInstructionBreakpoints':
    case 'setDataBreakpoints': {
      const { breakpoints, lines } = args;
      const given = Array.isArray(breakpoints) ? breakpoints : lines;
      return unverified(Array.isArray(given) ? given.length : 0);
    }
    case 'setExceptionBreakpoints':
      return { breakpoints: [] };
    case 'breakpointLocations':
      return { breakpoints: [] };
    case 'dataBreakpointInfo':
      // oxlint-disable-next-line no-null -- the protocol's word for: not possible
      return { dataId: null, description: 'a core does not run: nothing changes here' };
    default:
      return undefined;
  }
}

/** Looks for where sources are, as `config substitute-path -guess` does; what it found is told. */
function guessPaths({ prompt }: HostedCore, note: (text: string) => void): void {
  try {
    note(prompt.run('config substitute-path -guess').text.trimEnd());
  } catch (error) {
    if (!(error instanceof DebugError)) throw error;
    note(`guessSubstitutePath: ${error.message}`);
  }
}
