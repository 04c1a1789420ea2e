import { DebugError, notFound } from '@inquest/engine';
import type { Fields } from '../parameters.ts';
import type { RpcSession } from '../rpc-session.ts';
import { stateOf } from './process.ts';
import type { Method, Methods } from './method.ts';

// What needs a live process or a recording: Delve's own refusals for cores, which clients compare and print.

function refuse(message: string): Method {
  return () => {
    throw new DebugError(message, { code: 'unsupported' });
  };
}

const CANNOT_CONTINUE = 'can not continue execution of core process';

/** Commands that make the process go on; those with `reverse` before them as well. */
const MOVES: ReadonlySet<string> = new Set([
  'continue',
  'rewind',
  'directionCongruentContinue',
  'next',
  'step',
  'stepOut',
  'stepInstruction',
  'nextInstruction',
  'reverseNext',
  'reverseStep',
  'reverseStepOut',
  'reverseStepInstruction',
  'reverseNextInstruction',
  'call',
]);

/** Delve's numbers of events: the process goes on, and it has stopped. */
const RESUMED_AND_STOPPED = [{ Kind: 0 }, { Kind: 1 }] as const;

function command(client: RpcSession, parameters: Fields): unknown {
  const name = parameters.text('name');
  if (name === 'switchGoroutine') client.selectGoroutine(parameters.integer('goroutineID'));
  else if (name === 'switchThread') client.selectThread(parameters.integer('threadID'));
  else if (MOVES.has(name)) {
    if (parameters.flag('WithEvents')) tellEvents(client);
    throw new DebugError(CANNOT_CONTINUE, { code: 'unsupported' });
  }
  return { State: stateOf(client) };
}

/** The client waits for events of the command, whatever becomes of it. */
function tellEvents(client: RpcSession): void {
  const waiting = client.awaitingEvents.shift();
  if (waiting === undefined) client.events = RESUMED_AND_STOPPED;
  else waiting({ Events: RESUMED_AND_STOPPED });
}

/** Requests for events of one client that may wait at once; clients have one. */
const MOST_WAITING = 100;

/** Without events, the answer waits for some. */
const getEvents: Method = (client, _parameters, send) => {
  const { events } = client;
  if (events.length === 0) {
    if (client.awaitingEvents.length >= MOST_WAITING)
      throw new DebugError('too many requests wait for events', { code: 'limit' });
    client.awaitingEvents.push(send);
    return undefined;
  }
  client.events = [];
  return { Events: events };
};

function noBreakpoint(parameters: Fields): never {
  const name = parameters.text('Name');
  throw notFound(name === '' ? `no breakpoint with id ${parameters.integer('Id')}` : `no breakpoint with name ${name}`);
}

/** Delve's rule for names of breakpoints, which it checks first. */
function checkName(name: string): void {
  if (/^[+-]?\d+$/.test(name)) throw new DebugError('breakpoint name can not be a number', { code: 'usage' });
  const bad = /[^\p{L}\p{Nd}]/u.exec(name)?.[0];
  if (bad !== undefined) throw new DebugError(`invalid character in breakpoint name '${bad}'`, { code: 'usage' });
}

function noBreakpointToSet(): never {
  throw new DebugError('cannot write a breakpoint to a core file', { code: 'unsupported' });
}

const NO_DUMP = {
  State: { Dumping: false, AllDone: false, ThreadsDone: 0, ThreadsTotal: 0, MemDone: 0, MemTotal: 0, Err: '' },
};

export const LIVE_METHODS: Methods = {
  AmendBreakpoint: (_client, parameters) => {
    const breakpoint = parameters.object('Breakpoint');
    checkName(breakpoint.text('name'));
    throw notFound(`no breakpoint with ID ${breakpoint.integer('id')}`);
  },
  CancelNext: () => ({}),
  Checkpoint: refuse(CANNOT_CONTINUE),
  ClearBreakpoint: (_client, parameters) => noBreakpoint(parameters),
  ClearCheckpoint: refuse('checkpoint not found'),
  Command: command,
  CreateBreakpoint: (_client, parameters) => {
    checkName(parameters.object('Breakpoint').text('name'));
    return noBreakpointToSet();
  },
  CreateEBPFTracepoint: refuse('eBPF is not supported'),
  CreateWatchpoint: (client, parameters) => {
    client.inScope(parameters.object('Scope'), () => client.evaluate(parameters.text('Expr')));
    return noBreakpointToSet();
  },
  DumpCancel: () => ({}),
  DumpStart: refuse('core dumping not supported'),
  DumpWait: () => NO_DUMP,
  FollowExec: (client, parameters) => {
    client.followExec = parameters.flag('Enable');
    return {};
  },
  FollowExecEnabled: (client) => ({ Enabled: client.followExec }),
  GetBreakpoint: (_client, parameters) => noBreakpoint(parameters),
  GetBufferedTracepoints: () => ({ TracepointResults: null }),
  GetEvents: getEvents,
  ListBreakpoints: () => ({ Breakpoints: [] }),
  ListCheckpoints: () => ({ Checkpoints: [] }),
  Restart: refuse(CANNOT_CONTINUE),
  Set: (client, parameters) => {
    client.inScope(parameters.object('Scope'), () => client.evaluate(parameters.text('Symbol')));
    throw new DebugError('can not write to core process', { code: 'unsupported' });
  },
  StopRecording: refuse('debugger is not recording'),
  ToggleBreakpoint: (_client, parameters) => noBreakpoint(parameters),
};
