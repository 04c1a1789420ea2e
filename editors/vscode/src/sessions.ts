import * as vscode from 'vscode';

/** The debug sessions of this extension that show a core: from their first `stopped` event to their end. */
export class Sessions implements vscode.DebugAdapterTrackerFactory {
  private readonly started = new Set<vscode.DebugSession>();
  private readonly ready = new Set<vscode.DebugSession>();
  private readonly failures = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.DebugSession | undefined>();
  /** The session that is in front now, if any is ready. */
  readonly onChange: vscode.Event<vscode.DebugSession | undefined> = this.changed.event;

  createDebugAdapterTracker(session: vscode.DebugSession): vscode.DebugAdapterTracker {
    this.started.add(session);
    return {
      onDidSendMessage: (message: {
        type?: string;
        event?: string;
        command?: string;
        success?: boolean;
        message?: string;
      }) => {
        if (message.type === 'event' && message.event === 'stopped') this.enter(session);
        if (message.type === 'response' && message.command === 'launch' && message.success === false)
          this.failures.set(session.id, message.message ?? 'the core could not be opened');
      },
      onWillStopSession: () => this.leave(session),
      onExit: () => this.leave(session),
    };
  }

  /** The session to ask: the active one of the editor if it is of this extension, else the newest. */
  current(): vscode.DebugSession | undefined {
    const active = vscode.debug.activeDebugSession;
    if (active !== undefined && this.ready.has(active)) return active;
    return [...this.ready].at(-1);
  }

  of(core: string): vscode.DebugSession | undefined {
    return [...this.ready].find(({ configuration }) => configuration['coreFilePath'] === core);
  }

  /** Starts a session; resolves when it shows the core, and rejects with what is wrong with the core. */
  async start(configuration: vscode.DebugConfiguration): Promise<vscode.DebugSession> {
    const core: unknown = configuration['coreFilePath'];
    const before = new Set(this.started);
    return new Promise((resolve, reject) => {
      const isMeant = (session: vscode.DebugSession): boolean =>
        !before.has(session) && session.configuration['coreFilePath'] === core;
      const waits = [
        this.changed.event(() => {
          const session = typeof core === 'string' ? this.of(core) : undefined;
          if (session !== undefined) finish(() => resolve(session));
        }),
        vscode.debug.onDidTerminateDebugSession((session) => {
          if (isMeant(session)) fail(this.failures.get(session.id));
        }),
      ];
      const finish = (end: () => void): void => {
        for (const wait of waits) wait.dispose();
        end();
      };
      const fail = (reason: string | undefined): void =>
        finish(() => reject(new Error(reason ?? 'the debug session ended before it showed the core')));
      vscode.debug.startDebugging(undefined, configuration).then(
        (started) => {
          if (!started) fail('the debug session did not start');
        },
        (error: unknown) => fail(error instanceof Error ? error.message : String(error)),
      );
    });
  }

  private enter(session: vscode.DebugSession): void {
    this.ready.add(session);
    this.changed.fire(this.current());
  }

  private leave(session: vscode.DebugSession): void {
    this.started.delete(session);
    if (this.ready.delete(session)) this.changed.fire(this.current());
  }
}
