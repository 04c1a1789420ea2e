import { DebugError, type Parameters, type Scope, type Settings, type SourceProvider } from '@inquest/engine';
import type { DelveFrame, DelveState } from '@inquest/servers';
import type { RpcConnection } from '../rpc-connection.ts';

/** How a command of the prompt is answered by a server of Delve: what it takes of the operation's parameters, and how. */
export interface DelveCommand {
  readonly takes: readonly string[];
  /** Gives what the operation of that name answers. */
  run(server: DelveServer, parameters: Parameters, scope: Scope): Promise<unknown>;
}

export type DelveCommands = Readonly<Record<string, DelveCommand>>;

/** Where Delve evaluates; the selected goroutine is -1. */
export interface DelveScope {
  readonly GoroutineID: number;
  readonly Frame: number;
}

/** How much Delve loads of a value. */
export interface DelveLoad {
  readonly FollowPointers: boolean;
  readonly MaxVariableRecurse: number;
  readonly MaxStringLen: number;
  readonly MaxArrayValues: number;
  readonly MaxStructFields: number;
}

const SELECTED = -1;

/** A server of Delve, and the frame that is selected here: Delve leaves that to its clients. */
export class DelveServer {
  readonly settings: Settings;
  readonly sources: SourceProvider;
  /** Minor version of the Go that built the program, if it is told. */
  readonly minor: number | undefined;
  frame = 0;
  private readonly connection: RpcConnection;

  constructor(
    connection: RpcConnection,
    { settings, sources, minor }: Pick<DelveServer, 'settings' | 'sources' | 'minor'>,
  ) {
    this.connection = connection;
    this.settings = settings;
    this.sources = sources;
    this.minor = minor;
  }

  call<T>(method: string, parameters: object = {}): Promise<T> {
    return this.connection.call(`RPCServer.${method}`, parameters);
  }

  /** The frame that a command is about: of another goroutine the innermost, unless it is said. */
  frameOf({ goroutine, frame }: Scope): number {
    return frame ?? (goroutine === undefined ? this.frame : 0);
  }

  scopeOf(scope: Scope): DelveScope {
    return { GoroutineID: scope.goroutine ?? SELECTED, Frame: this.frameOf(scope) };
  }

  get load(): DelveLoad {
    const { maxVariableRecurse, maxStringLen, maxArrayValues } = this.settings;
    return {
      FollowPointers: true,
      MaxVariableRecurse: maxVariableRecurse,
      MaxStringLen: maxStringLen,
      MaxArrayValues: maxArrayValues,
      MaxStructFields: -1,
    };
  }

  async state(): Promise<DelveState> {
    return (await this.call<{ State: DelveState }>('State', { NonBlocking: true })).State;
  }

  /** One frame of a stack. Throws `not-found`. */
  async frameAt(index: number, { goroutine }: Scope): Promise<DelveFrame> {
    const [frame] = index < 0 ? [] : await this.frames(goroutine ?? SELECTED, { Skip: index, Depth: index });
    if (frame === undefined) throw new DebugError(`there is no frame ${index}`, { code: 'not-found' });
    return frame;
  }

  /** Frames of a stack up to number `Depth`, without the first `Skip`. */
  async frames(goroutine: number, options: object): Promise<readonly DelveFrame[]> {
    const { Locations } = await this.call<{ Locations: readonly DelveFrame[] | null }>('Stacktrace', {
      Id: goroutine,
      ...options,
    });
    return Locations ?? [];
  }
}

/** `0x` and digits. */
export function hex(address: number | string): string {
  return `0x${BigInt(address).toString(16)}`;
}
