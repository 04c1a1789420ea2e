// As much of the editor's API as the extension uses, with what a test looks at afterwards in `world`.
type Listener = (event: unknown) => void;

export interface Disposable {
  dispose(): void;
}

export class EventEmitter {
  private readonly listeners = new Set<Listener>();
  readonly event = (listener: Listener): Disposable => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };
  fire(event: unknown): void {
    for (const listener of new Set(this.listeners)) listener(event);
  }
}

export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };
export const ViewColumn = { Beside: -2 };

export class TreeItem {
  label: string;
  collapsibleState: number;
  constructor(label: string, collapsibleState: number) {
    this.label = label;
    this.collapsibleState = collapsibleState;
  }
}
export class ThemeIcon {
  id: string;
  constructor(id: string) {
    this.id = id;
  }
}
export class Position {
  line: number;
  character: number;
  constructor(line: number, character: number) {
    this.line = line;
    this.character = character;
  }
}
export class Range {
  start: Position;
  end: Position;
  constructor(start: Position, end: Position) {
    this.start = start;
    this.end = end;
  }
}
export const Uri = { file: (path: string): { fsPath: string; path: string } => ({ fsPath: path, path }) };

export class DebugAdapterExecutable {
  command: string;
  args: string[];
  options: { env?: Record<string, string> };
  constructor(command: string, args: string[], options: { env?: Record<string, string> } = {}) {
    this.command = command;
    this.args = args;
    this.options = options;
  }
}

/** A session as the stub's debugger runs it. */
export interface StubSession {
  readonly id: string;
  readonly name: string;
  readonly configuration: Record<string, unknown>;
  customRequest(command: string, args?: unknown): Promise<unknown>;
}

type Command = (...args: unknown[]) => unknown;
interface Panel {
  title: string;
  webview: { html: string; options?: unknown };
}

/** What the extension did, and what the test decides. */
export const world = {
  commands: new Map<string, Command>(),
  contexts: new Map<string, unknown>(),
  registered: new Map<string, unknown>(),
  panels: [] as Panel[],
  opened: [] as { file: string; line: number }[],
  errors: [] as string[],
  settings: {} as Record<string, unknown>,
  chosen: undefined as { fsPath: string; path: string }[] | undefined,
  startDebugging: (_configuration: Record<string, unknown>): Promise<boolean> => Promise.resolve(false),
  terminated: new EventEmitter(),
  activeChanged: new EventEmitter(),
};

const keep = (kind: string, name: string, thing: unknown): Disposable => {
  world.registered.set(`${kind} ${name}`, thing);
  return { dispose: () => world.registered.delete(`${kind} ${name}`) };
};

export const workspace = {
  getConfiguration: () => ({ get: (key: string, otherwise: unknown) => world.settings[key] ?? otherwise }),
};

export const commands = {
  registerCommand: (name: string, run: Command): Disposable => {
    world.commands.set(name, run);
    return { dispose: () => world.commands.delete(name) };
  },
  executeCommand: (name: string, ...args: unknown[]): Promise<unknown> => {
    if (name === 'setContext') world.contexts.set(args[0] as string, args[1]);
    return Promise.resolve(world.commands.get(name)?.(...args));
  },
};

export const window = {
  registerTreeDataProvider: (name: string, provider: unknown) => keep('tree', name, provider),
  registerCustomEditorProvider: (name: string, provider: unknown) => keep('editor', name, provider),
  createWebviewPanel: (_type: string, title: string): Panel => {
    const panel = { title, webview: { html: '' } };
    world.panels.push(panel);
    return panel;
  },
  showTextDocument: (uri: { fsPath: string }, { selection }: { selection: Range }): Promise<void> => {
    world.opened.push({ file: uri.fsPath, line: selection.start.line + 1 });
    return Promise.resolve();
  },
  showErrorMessage: (message: string): Promise<void> => {
    world.errors.push(message);
    return Promise.resolve();
  },
  showOpenDialog: () => Promise.resolve(world.chosen),
};

export const debug = {
  activeDebugSession: undefined as StubSession | undefined,
  registerDebugAdapterDescriptorFactory: (type: string, factory: unknown) => keep('adapter', type, factory),
  registerDebugConfigurationProvider: (type: string, provider: unknown) => keep('configuration', type, provider),
  registerDebugAdapterTrackerFactory: (type: string, factory: unknown) => keep('tracker', type, factory),
  onDidChangeActiveDebugSession: world.activeChanged.event,
  onDidTerminateDebugSession: world.terminated.event,
  startDebugging: (_folder: unknown, configuration: Record<string, unknown>) => world.startDebugging(configuration),
};
