import { DebugError } from '@inquest/engine';
import type { ByteStream } from './byte-stream.ts';
import { Client, NOT_READ } from './client.ts';
import { LIMITS, type Limits } from './limits.ts';
import type { Protocol } from './protocol.ts';

export interface StreamServerOptions {
  /** The first that recognises how a client begins serves it. */
  readonly protocols: readonly Protocol[];
  /** What clients must give: in a line before all else (`tokenLine`), or in a message of their protocol. */
  readonly token?: string | undefined;
  readonly limits?: Partial<Limits>;
  /** A client does not matter before it has said what it speaks. */
  readonly onGreeted?: (protocol: Protocol) => void;
  /** A client has gone of which `onGreeted` was told; `left` is how many there are still. */
  readonly onGone?: (left: number) => void;
  /** No connection is left, whether its client had said what it speaks or not. */
  readonly onEmpty?: () => void;
  readonly log?: (line: string) => void;
}

/** Serves clients over streams of bytes: tells what each speaks, and keeps them from harming each other. */
export class StreamServer {
  private readonly options: StreamServerOptions;
  private readonly limits: Limits;
  private readonly clients = new Set<Client>();
  private readonly greeted = new Set<Client>();

  constructor(options: StreamServerOptions) {
    this.options = options;
    this.limits = { ...LIMITS, ...options.limits };
  }

  /** Serves a client that has just connected. */
  accept(stream: ByteStream): void {
    const log = (line: string): void => this.options.log?.(line);
    if (this.clients.size >= this.limits.connections) {
      log(`refusing ${stream.peer}: there are ${this.clients.size} clients`);
      stream.destroy();
      return;
    }
    const client = new Client(stream, {
      protocols: this.options.protocols,
      limits: this.limits,
      token: this.options.token,
      log,
      grown: () => this.boundUnfinished(),
      sent: () => this.boundUntaken(),
      greeted: (which) => {
        this.greeted.add(which);
        if (which.protocol !== undefined) this.options.onGreeted?.(which.protocol);
      },
      closed: (which) => {
        this.clients.delete(which);
        if (this.greeted.delete(which)) this.options.onGone?.(this.greeted.size);
        if (this.clients.size === 0) this.options.onEmpty?.();
      },
    });
    this.clients.add(client);
  }

  /** While unfinished messages take too much memory in all, the client with the most goes: the others did no harm. */
  private boundUnfinished(): void {
    this.bound(this.limits.unfinished, 'buffered', (client) =>
      client.fail(new DebugError('unfinished messages take too much memory', { code: 'limit' })),
    );
  }

  /** The same for answers that nobody reads. */
  private boundUntaken(): void {
    this.bound(this.limits.untaken, 'untaken', (client) => client.drop(NOT_READ));
  }

  /** Sends away the clients with the most until all together have no more than `most`. */
  private bound(most: number, bytes: 'buffered' | 'untaken', sendAway: (client: Client) => void): void {
    while ([...this.clients].reduce((sum, client) => sum + client[bytes], 0) > most)
      sendAway([...this.clients].reduce((a, b) => (b[bytes] >= a[bytes] ? b : a)));
  }

  /** Ends all connections when their clients have taken what was sent. */
  close(): void {
    for (const client of this.clients) client.end();
  }
}
