import { PassThrough } from 'node:stream';
import { debugAdapterProtocol, StreamServer, type DebugHost } from '@inquest/servers';
import { DapClient, type DapClientOptions, type DapMessage } from '@inquest/testkit/dap';
import { streamOver } from '@inquest/node';
import { COMPILED_IN, openFixture, PROGRAMS } from '../../../../fixtures/fixtures.mjs';
import { debugHost } from '../../src/serve/debug-host.ts';

/** The host of tests: no configuration files. */
export const HOST: DebugHost = debugHost({ reach: 'files', config: false });

/** A client of a server in this process, without a socket. */
export function connectTo(server: StreamServer, options?: DapClientOptions): DapClient {
  const [up, down] = [new PassThrough(), new PassThrough()];
  server.accept(streamOver(up, down, 'a test', false));
  return new DapClient(down, up, () => up.destroy(), options);
}

export function serverOf(host: DebugHost = HOST): StreamServer {
  return new StreamServer({ protocols: [debugAdapterProtocol(host)] });
}

/** What VS Code says of itself when it runs the Go extension (debugSession.ts of microsoft/vscode, initialize). */
export const VSCODE = {
  clientID: 'vscode',
  clientName: 'Visual Studio Code',
  adapterID: 'go',
  pathFormat: 'path',
  linesStartAt1: true,
  columnsStartAt1: true,
  supportsVariableType: true,
  supportsVariablePaging: true,
  supportsRunInTerminalRequest: true,
  locale: 'en',
  supportsProgressReporting: true,
  supportsInvalidatedEvent: true,
  supportsMemoryReferences: true,
  supportsArgsCanBeInterpretedByShell: true,
  supportsMemoryEvent: true,
  supportsStartDebuggingRequest: true,
  supportsANSIStyling: true,
};

/**
 * What the extension makes of a configuration (goDebugConfiguration.ts): the defaults of `go.delveConfig` where it says nothing,
 * the environment of the Go tools; and what the editor adds.
 */
export const GO_EXTENSION = {
  name: 'Core',
  type: 'go',
  request: 'launch',
  packagePathToGoModPathMap: { '/home/me/app': '/home/me/app' },
  debugAdapter: 'dlv-dap',
  apiVersion: 2,
  showRegisters: false,
  showGlobalVariables: false,
  substitutePath: [],
  showLog: false,
  logOutput: 'debugger',
  dlvFlags: [],
  hideSystemGoroutines: false,
  dlvToolPath: '/usr/bin/inquest',
  env: { GOPATH: '/home/me/go' },
  __configurationTarget: 6,
  __sessionId: '4ae64a0c-8a25-4d08-bba0-4d1c5b1bb2b5',
};

/** The launch configuration for a fixture. */
export function launchOf(id: string, more: object = {}): object {
  const { exe, core, libs } = openFixture(id);
  return {
    request: 'launch',
    mode: 'core',
    program: exe,
    coreFilePath: core,
    libs,
    substitutePath: [{ from: PROGRAMS, to: COMPILED_IN }],
    ...more,
  };
}

/** A client that has a fixture's core open, and has been told where it stopped. */
export async function openDap(
  id: string,
  more: object = {},
  about: object = VSCODE,
): Promise<{ client: DapClient; stopped: DapMessage['body'] }> {
  const client = connectTo(serverOf());
  await client.request('initialize', about);
  await client.request('launch', launchOf(id, more));
  await client.request('configurationDone');
  const { body } = await client.event('stopped');
  return { client, stopped: body };
}

/** The frame of a function in a thread's stack. */
// oxlint-disable-next-line no-explicit-any
export async function frameOf(client: DapClient, threadId: number, name: string): Promise<any> {
  const { stackFrames } = await client.request('stackTrace', { threadId, startFrame: 0, levels: 200 });
  const frame = (stackFrames as { name: string }[]).find((each) => each.name === name);
  if (frame === undefined) throw new Error(`no frame of ${name}`);
  return frame;
}

/** The variables of a scope, by name. */
export async function scopeOf(client: DapClient, frameId: number, scope: string): Promise<Map<string, DapVariable>> {
  const { scopes } = await client.request('scopes', { frameId });
  const found = (scopes as { name: string; variablesReference: number }[]).find(({ name }) => name.startsWith(scope));
  if (found === undefined) throw new Error(`no scope ${scope}`);
  return expand(client, found.variablesReference);
}

export interface DapVariable {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
  readonly variablesReference: number;
  readonly namedVariables?: number;
  readonly indexedVariables?: number;
  readonly evaluateName?: string;
  readonly memoryReference?: string;
  readonly valueLocationReference?: number;
}

/** What something consists of, by name. */
export async function expand(
  client: DapClient,
  variablesReference: number,
  more: object = {},
): Promise<Map<string, DapVariable>> {
  const { variables } = await client.request('variables', { variablesReference, ...more });
  return new Map((variables as DapVariable[]).map((variable) => [variable.name, variable]));
}
