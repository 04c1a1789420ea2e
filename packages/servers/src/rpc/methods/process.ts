import { DebugError, gnuBuildId, type LibraryResult } from '@inquest/engine';
import type { DelveState, DelveThread } from '../api.ts';
import { describeGoroutine } from '../goroutines.ts';
import type { RpcSession } from '../rpc-session.ts';
import type { Methods } from './method.ts';

/** What we speak: clients ask for it, and show it. */
const DELVE_VERSION = '1.27.1';

/** What all clients ask for first, and again after each command. */
export function stateOf(client: RpcSession): DelveState {
  const { session, places } = client;
  const { goroutine } = session.selection;
  const { target } = session.program;
  const current = client.thread;
  return {
    Pid: target.pid ?? 0,
    TargetCommandLine: target.argumentsText ?? target.command ?? '',
    Running: false,
    Recording: false,
    CoreDumping: false,
    ...(current === undefined ? {} : { currentThread: places.thread(current) }),
    ...(goroutine === undefined ? {} : { currentGoroutine: describeGoroutine(session, places, goroutine) }),
    Threads: threadsOf(client),
    NextInProgress: false,
    WatchOutOfScope: null,
    exited: false,
    exitStatus: 0,
    When: '',
    stopReason: 'attached',
  };
}

function threadsOf({ session, places }: RpcSession): DelveThread[] {
  return session.program.target.threads.map((thread) => places.thread(thread));
}

/** Delve has a list of shared libraries without the executable. */
function libraries(client: RpcSession): unknown {
  const found = client.ask<readonly LibraryResult[]>('libraries');
  const List = found
    .filter(({ kind }) => kind === 'library')
    .map(({ path, start, problem }) => ({ Path: path, Address: Number(start), LoadError: problem ?? '' }));
  return { List, ExecutableTrimpath: isTrimmed(client) };
}

/** True if the paths of the program's sources were shortened when it was built. */
function isTrimmed({ session }: RpcSession): boolean {
  return session.program.main?.buildInfo?.settings.get('-trimpath') === 'true';
}

export const PROCESS_METHODS: Methods = {
  AttachedToExistingProcess: () => ({ Answer: false }),
  BuildID: ({ session: { program } }) => ({
    BuildID: program.main === undefined ? '' : (gnuBuildId(program.main.elf) ?? ''),
  }),
  CancelDownloads: () => ({}),
  Detach: (client) => {
    client.detached = true;
    return {};
  },
  DownloadLibraryDebugInfo: () => {
    throw new DebugError('debugging information is not downloaded: start the server with --debuginfod', {
      code: 'unsupported',
    });
  },
  GetThread: ({ session, places }, parameters) => {
    const id = parameters.integer('Id');
    const thread = session.program.target.threads.find(({ tid }) => tid === id);
    if (thread === undefined) throw new DebugError(`no thread with id ${id}`, { code: 'not-found' });
    return { Thread: places.thread(thread) };
  },
  GetVersion: ({ session, host }) => ({
    DelveVersion: `Version: ${DELVE_VERSION}\nBuild: inquest ${host.version}`,
    APIVersion: 2,
    Backend: 'core',
    TargetGoVersion: `Go cmd/compile ${session.program.main?.buildInfo?.versionText ?? 'unknown'}`,
    MinSupportedVersionOfGo: '1.15.0',
    MaxSupportedVersionOfGo: '1.27.0',
  }),
  IsMulticlient: ({ host }) => ({ IsMulticlient: host.multiclient }),
  LastModified: ({ host }) => ({ Time: new Date(host.executableChanged ?? 0).toISOString() }),
  ListDynamicLibraries: libraries,
  ListTargets: (client) => {
    const { Pid, TargetCommandLine, currentThread } = stateOf(client);
    return { Targets: [{ Pid, CmdLine: TargetCommandLine, CurrentThread: currentThread ?? null }] };
  },
  ListThreads: (client) => ({ Threads: threadsOf(client) }),
  ProcessPid: ({ session }) => ({ Pid: session.program.target.pid ?? 0 }),
  // As Delve says of cores: clients then do not offer to go on.
  Recorded: () => ({ Recorded: true, TraceDirectory: '' }),
  SetApiVersion: (_client, parameters) => {
    if (parameters.integer('APIVersion') !== 2) throw new DebugError('unknown API version', { code: 'unsupported' });
    return {};
  },
  State: (client) => ({ State: stateOf(client) }),
};
