import { DebugError } from '@inquest/engine';
import { dial, parseAddress } from '@inquest/node';
import { JsonValueDecoder, tokenLine, type ByteStream } from '@inquest/servers';
import { parseExactly } from './exact-json.ts';

/** Longest answer that is taken, in bytes. */
const LONGEST = 1 << 30;
/** How long a server may take to say what it is, in milliseconds. */
const PATIENCE = 30_000;

interface Answer {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** Takes the answer to a request, or why there is none. */
type Waiting = (answer: Answer | DebugError) => void;

/** What a server is, by its own words. */
export interface ServerVersion {
  readonly DelveVersion: string;
  readonly APIVersion: number;
  readonly TargetGoVersion?: string;
}

/** A connection to a server of Delve's JSON-RPC. */
export class RpcConnection {
  readonly address: string;
  /** Ends when the server has gone. */
  readonly closed: Promise<void>;
  private readonly stream: ByteStream;
  private readonly waiting = new Map<number, Waiting>();
  private readonly decoder = new JsonValueDecoder(LONGEST);
  private lastId = 0;
  private end: DebugError | undefined;

  private constructor(address: string, stream: ByteStream) {
    this.address = address;
    this.stream = stream;
    this.closed = new Promise((resolve) => {
      stream.start({
        data: (bytes) => this.take(bytes),
        drained: () => undefined,
        closed: () => {
          this.fail(new DebugError(`the server at ${address} closed the connection`, { code: 'io' }));
          resolve();
        },
      });
    });
  }

  /** Connects, and asks the server what it is. Throws `usage` for an address that is none, `io` if nothing answers there. */
  static async open(address: string, token?: string): Promise<[RpcConnection, ServerVersion]> {
    const connection = new RpcConnection(address, await dial(parseAddress(address)));
    if (token !== undefined) connection.stream.write(Buffer.from(tokenLine(token)));
    const timer = setTimeout(
      () => connection.fail(new DebugError(`what listens at ${address} does not answer`, { code: 'io' })),
      PATIENCE,
    );
    try {
      const version = await connection.call<ServerVersion>('RPCServer.GetVersion');
      if (version.APIVersion !== 2) await connection.call('RPCServer.SetApiVersion', { APIVersion: 2 });
      return [connection, version];
    } catch (error) {
      connection.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Asks; rejects with the words of the server where it refuses. */
  async call<T>(method: string, parameters: object = {}): Promise<T> {
    if (this.end !== undefined) throw this.end;
    const id = ++this.lastId;
    const answer = await new Promise<Answer | DebugError>((resolve) => {
      this.waiting.set(id, resolve);
      this.stream.write(Buffer.from(`${JSON.stringify({ method, params: [parameters], id })}\n`));
    });
    if (answer instanceof DebugError) throw answer;
    const { error, result } = answer;
    if (error === undefined || error === null) return result as T;
    const message = typeof error === 'string' ? error : JSON.stringify(error);
    throw new DebugError(message, { code: message === 'cancelled' ? 'cancelled' : 'not-found' });
  }

  /** Waits no longer for what was asked. */
  giveUp(): void {
    for (const give of this.waiting.values()) give(new DebugError('cancelled', { code: 'cancelled' }));
    this.waiting.clear();
  }

  close(): void {
    this.stream.end();
  }

  private take(bytes: Uint8Array): void {
    try {
      this.decoder.push(bytes, (text) => this.answer(parseExactly(text) as Answer));
    } catch {
      this.fail(new DebugError(`what listens at ${this.address} is no server of inquest or Delve`, { code: 'io' }));
      this.stream.destroy();
    }
  }

  private answer(answer: Answer): void {
    // An answer without a number is about the connection: it closes after that.
    const { id, error } = answer;
    if (typeof id !== 'number') return this.fail(new DebugError(String(error), { code: 'io' }));
    this.waiting.get(id)?.(answer);
    this.waiting.delete(id);
  }

  private fail(error: DebugError): void {
    this.end ??= error;
    for (const give of this.waiting.values()) give(this.end);
    this.waiting.clear();
  }
}
