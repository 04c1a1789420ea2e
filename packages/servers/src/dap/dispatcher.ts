import { DebugError, isDebugError } from '@inquest/engine';
import type { ClientHandler, Connection } from '../transport/protocol.ts';
import { Adapter, type Reply } from './adapter.ts';
import type { DebugHost } from './host.ts';
import { Progress } from './progress.ts';
import type { Arguments } from './requests.ts';
import { requestOf } from './request-watch.ts';
import { LARGEST_SEQUENCE } from './supervision.ts';
import { takeTurn } from '../transport/turns.ts';

interface Request {
  readonly seq: number;
  readonly command: string;
  readonly args: Arguments;
}

/** What errors are numbered as, by their kind: clients show the number. */
const ERROR_ID = 1000;
const BUG_ID = 9000;

/** One client: takes its requests in their order, and sends answers and events. */
export class Dispatcher implements ClientHandler {
  private readonly connection: Connection;
  private readonly host: DebugHost;
  private readonly adapter: Adapter;
  private seq = 1;
  private queue: Promise<void> = Promise.resolve();
  /** Requests that have not been begun. */
  private readonly waiting = new Set<number>();
  private readonly cancelled = new Set<number>();
  private isGone = false;

  constructor(host: DebugHost, connection: Connection) {
    this.host = host;
    this.connection = connection;
    this.adapter = new Adapter(host, connection, (event, body) => this.event(event, body));
  }

  message(text: string): Promise<void> | undefined {
    const request = this.parse(text);
    if (request === undefined) return undefined;
    // It is about requests that wait, so it does not wait behind them.
    if (request.command === 'cancel') {
      this.cancel(request);
      return undefined;
    }
    this.waiting.add(request.seq);
    this.queue = this.queue.then(() => this.perform(request));
    return this.queue;
  }

  fault({ message }: DebugError): void {
    this.complain(`${message}; the connection is closed`);
  }

  closed(): void {
    this.isGone = true;
  }

  private parse(text: string): Request | undefined {
    let given: unknown;
    try {
      given = JSON.parse(text);
    } catch {
      this.complain('a message is not JSON, and was ignored');
      return undefined;
    }
    const { seq, type, command, arguments: args } = (given ?? {}) as Readonly<Record<string, unknown>>;
    // Nothing is asked of clients, so nobody waits for an answer of theirs.
    if (type === 'response') return undefined;
    if (type !== 'request' || !Number.isSafeInteger(seq) || typeof command !== 'string') {
      this.complain('a message is not a request, and was ignored');
      return undefined;
    }
    const request = { seq: seq as number, command, args: (args ?? {}) as Arguments };
    if (typeof request.args === 'object' && !Array.isArray(request.args)) return request;
    this.refuse(request, new DebugError(`the arguments of ${command} must be an object`, { code: 'usage' }));
    return undefined;
  }

  private cancel({ seq, args }: Request): void {
    const request = requestOf(args);
    if (request !== undefined && this.waiting.has(request)) this.cancelled.add(request);
    this.respond(seq, 'cancel', {});
  }

  private async perform(request: Request): Promise<void> {
    await takeTurn();
    const { seq, command, args } = request;
    this.waiting.delete(seq);
    if (this.isGone) return;
    if (this.cancelled.delete(seq)) {
      this.refuse(request, new DebugError('cancelled', { code: 'cancelled' }));
      return;
    }
    const wantsProgress = this.adapter.traits?.progress === true;
    const progress = new Progress(seq, command, wantsProgress ? (event, body) => this.event(event, body) : undefined);
    try {
      const reply = await this.supervised(seq, () => this.adapter.handle(command, args, progress));
      progress.end();
      this.respond(seq, command, reply);
    } catch (error) {
      progress.end();
      this.refuse(request, error);
    }
  }

  /** Runs `action` so that the client can give it up. Throws `cancelled` if it did. */
  private supervised<T>(seq: number, action: () => T): T {
    const { supervisor } = this.host;
    if (supervisor === undefined || seq < 0 || seq > LARGEST_SEQUENCE) return action();
    const done = supervisor.run({ connection: this.connection.number, request: seq }, action);
    if (done !== undefined) return done.value;
    this.adapter.recover();
    throw new DebugError('cancelled', { code: 'cancelled' });
  }

  private respond(seq: number, command: string, { body, after }: Reply): void {
    this.send({ type: 'response', request_seq: seq, success: true, command, ...(body === undefined ? {} : { body }) });
    after?.();
  }

  private refuse({ seq, command }: Request, error: unknown): void {
    const known = isDebugError(error);
    const { hint, code } = known ? error.detail : {};
    const text = error instanceof Error ? error.message : String(error);
    const message = known
      ? `${text}${hint === undefined ? '' : `; ${hint}`}`
      : `sorry, this is a bug in inquest: ${text}`;
    if (!known) this.host.reportBug(error);
    const isShown = !known || command === 'launch' || command === 'attach' || code === 'unsupported';
    this.send({
      type: 'response',
      request_seq: seq,
      success: false,
      command,
      // Clients know this word (Debug Adapter Protocol, Response.message).
      message: code === 'cancelled' ? 'cancelled' : message,
      body: {
        error: { id: known ? ERROR_ID : BUG_ID, format: '{message}', variables: { message }, showUser: isShown },
      },
    });
  }

  private complain(text: string): void {
    this.event('output', { category: 'stderr', output: `${text}\n` });
  }

  private event(event: string, body?: object): void {
    this.send({ type: 'event', event, ...(body === undefined ? {} : { body }) });
  }

  private send(message: object): void {
    if (this.isGone) return;
    const { supervisor } = this.host;
    const seq = supervisor === undefined ? this.seq++ : supervisor.nextSequence(this.connection.number);
    this.connection.send({ seq, ...message });
  }
}
