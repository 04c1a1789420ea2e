import type { LineAnswer } from '@inquest/servers';
import type { LineRequest, Remote } from './remote.ts';
import type { RpcConnection, ServerVersion } from './rpc-connection.ts';

/** How a server of ours tells what it is. */
const BUILD = /^Build: (inquest \S+)/m;

/** The name of the server, if it is one of ours. */
export function inquestTitle({ DelveVersion }: ServerVersion): string | undefined {
  return BUILD.exec(DelveVersion)?.[1];
}

/** A session on a server of ours: it runs the lines, and writes the text. */
export class InquestRemote implements Remote {
  readonly title: string;
  readonly report = 'report';
  readonly closed: Promise<void>;
  private readonly connection: RpcConnection;

  constructor(connection: RpcConnection, title: string) {
    this.connection = connection;
    this.title = title;
    this.closed = connection.closed;
  }

  run(line: string, { color, width, interactive, place, json }: LineRequest): Promise<LineAnswer> {
    return this.connection.call('Inquest.Run', {
      Line: line,
      Color: color,
      Width: width ?? 0,
      Interactive: interactive,
      Place: place ?? '',
      JSON: json,
    });
  }

  async complete(line: string): Promise<readonly [string[], string]> {
    const { names, tail } = await this.connection.call<{ names: string[]; tail: string }>('Inquest.Complete', {
      Line: line,
    });
    return [names, tail];
  }

  cancel(): void {
    this.connection.call('Inquest.Cancel').catch(() => undefined);
  }

  async detach(): Promise<void> {
    await this.connection.call('RPCServer.Detach', { Kill: false });
  }

  close(): void {
    this.connection.close();
  }
}
