import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { DapClient, type DapMessage } from '@inquest/testkit/dap';
import { debug, world, type DebugAdapterExecutable, type StubSession } from './stub-vscode.ts';

interface Tracker {
  onDidSendMessage(message: DapMessage): void;
  onWillStopSession(): void;
  onExit(): void;
}
interface Registered {
  resolveDebugConfiguration(folder: undefined, given: object): Promise<Record<string, unknown> | undefined>;
  resolveDebugConfigurationWithSubstitutedVariables(folder: undefined, given: object): Record<string, unknown>;
  createDebugAdapterDescriptor(): DebugAdapterExecutable;
  createDebugAdapterTracker(session: StubSession): Tracker;
}

/** Does what the editor does when a session is started: resolves the configuration, starts the adapter, and speaks to it. */
export class StubDebugger {
  private readonly children: ChildProcess[] = [];
  private count = 0;
  /** The adapters that were started. */
  readonly started: DebugAdapterExecutable[] = [];

  async start(given: Record<string, unknown>): Promise<boolean> {
    const part = (kind: string): Registered => world.registered.get(`${kind} inquest`) as Registered;
    const resolved = await part('configuration').resolveDebugConfiguration(undefined, given);
    if (resolved === undefined) return false;
    const configuration = part('configuration').resolveDebugConfigurationWithSubstitutedVariables(undefined, resolved);
    const adapter = part('adapter').createDebugAdapterDescriptor();
    this.started.push(adapter);
    const child = spawn(adapter.command, adapter.args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...adapter.options.env },
    });
    this.children.push(child);
    const session: StubSession = {
      id: String(++this.count),
      name: String(configuration['name']),
      configuration,
      customRequest: (command, args) => client.request(command, args) as Promise<unknown>,
    };
    debug.activeDebugSession = session;
    const tracker = part('tracker').createDebugAdapterTracker(session);
    const client = new DapClient(child.stdout, child.stdin, () => child.kill(), {
      seen: (message) => tracker.onDidSendMessage(message),
    });
    child.on('exit', () => {
      tracker.onExit();
      world.terminated.fire(session);
    });
    void this.open(client, configuration, child);
    return true;
  }

  /** Ends all sessions. */
  async stop(): Promise<void> {
    for (const child of this.children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    }
  }

  private async open(client: DapClient, configuration: object, child: ChildProcess): Promise<void> {
    try {
      await client.request('initialize', { adapterID: 'inquest', clientID: 'vscode', linesStartAt1: true });
      await client.request('launch', configuration);
      await client.request('configurationDone');
    } catch {
      // The editor shows the message, and ends the session.
      child.kill();
    }
  }
}
