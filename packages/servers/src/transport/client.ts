import { isDebugError, type DebugError } from '@inquest/engine';
import type { ByteStream } from './byte-stream.ts';
import { Gathered } from './bytes.ts';
import { parseGreeting, refusalOfHttp, sameToken, type Greeting } from './greeting.ts';
import type { Limits } from './limits.ts';
import type { ClientHandler, Connection, MessageDecoder, Protocol } from './protocol.ts';
import { afterInput } from './turns.ts';

/** What a client needs of its server. */
export interface ClientSurroundings {
  readonly protocols: readonly Protocol[];
  readonly limits: Limits;
  readonly token: string | undefined;
  log(line: string): void;
  /** A client has sent a part of a message. */
  grown(): void;
  /** A client was sent something. */
  sent(): void;
  /** It is known what the client speaks. */
  greeted(client: Client): void;
  closed(client: Client): void;
}

/** Why a client is dropped that lets too much wait for it. */
export const NOT_READ = 'it does not read what it is sent';

/** One client: from its first bytes to its end. */
export class Client implements Connection {
  readonly number: number;
  readonly peer: string;
  readonly remote: boolean;
  authorised: boolean;
  /** Undefined until it is known. */
  protocol: Protocol | undefined;
  private readonly stream: ByteStream;
  private readonly server: ClientSurroundings;
  private readonly head = new Gathered();
  private decoder: MessageDecoder | undefined;
  private handler: ClientHandler | undefined;
  private unanswered = 0;
  private paused = false;
  private gone = false;
  /** No more is read; what was written is being taken. */
  private ending = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(stream: ByteStream, server: ClientSurroundings) {
    this.stream = stream;
    this.server = server;
    this.number = stream.number;
    this.peer = stream.peer;
    this.remote = stream.remote;
    this.authorised = server.token === undefined;
    this.allow(server.limits.handshake, 'it did not say what it speaks');
    stream.start({
      data: (bytes) => this.receive(bytes),
      drained: () => this.regulate(),
      closed: () => this.close(),
    });
  }

  /** Bytes kept of messages that are not complete. */
  get buffered(): number {
    return this.head.length + (this.decoder?.buffered ?? 0);
  }

  /** Bytes that it was sent and has not taken. */
  get untaken(): number {
    return this.stream.pending;
  }

  authorise(token: string): boolean {
    this.authorised ||= this.server.token === undefined || sameToken(token, this.server.token);
    return this.authorised;
  }

  send(message: unknown): void {
    if (this.gone || this.protocol === undefined) return;
    this.stream.write(this.protocol.encode(JSON.stringify(message)));
    if (this.untaken > this.server.limits.outgoing) this.drop(NOT_READ);
    else this.regulate();
    this.server.sent();
  }

  end(): void {
    if (this.gone || this.ending) return;
    this.ending = true;
    this.allow(this.server.limits.handshake, 'it did not take the last messages');
    this.stream.end();
  }

  /** Ends the connection at once; `why` goes to the log. */
  drop(why: string): void {
    if (this.gone) return;
    this.server.log(`closing ${this.peer}: ${why}`);
    this.stream.destroy();
    this.close();
  }

  private receive(bytes: Uint8Array): void {
    if (this.gone || this.ending) return;
    try {
      if (this.decoder === undefined) this.greet(bytes);
      else this.decode(this.decoder, bytes);
    } catch (error) {
      if (!isDebugError(error)) throw error;
      this.fail(error);
    }
  }

  private greet(bytes: Uint8Array): void {
    this.head.add(bytes);
    const head = this.head.take();
    const refusal = refusalOfHttp(head);
    if (refusal !== undefined) {
      this.server.log(`${this.peer} speaks HTTP, which is refused`);
      this.stream.write(refusal);
      this.end();
      return;
    }
    const greeting = parseGreeting(head, this.server.protocols);
    if (greeting === undefined) this.head.add(head);
    else this.begin(greeting);
  }

  private begin({ protocol, token, rest }: Greeting): void {
    if (token !== undefined && !this.authorise(token)) {
      this.drop('its token is wrong');
      return;
    }
    this.protocol = protocol;
    this.decoder = protocol.createDecoder(this.server.limits.message);
    this.handler = protocol.serve(this);
    this.allowAny();
    this.server.greeted(this);
    this.decode(this.decoder, rest);
  }

  private decode(decoder: MessageDecoder, bytes: Uint8Array): void {
    let complete = false;
    decoder.push(bytes, (text) => {
      complete = true;
      if (!this.gone && !this.ending) this.deliver(text);
    });
    if (this.gone || this.ending) return;
    if (decoder.buffered > 0) this.server.grown();
    if (this.ending) return;
    if (decoder.buffered === 0) this.allowAny();
    else if (complete || decoder.buffered === bytes.length)
      this.allow(this.server.limits.completion, 'it did not complete a message');
  }

  private deliver(text: string): void {
    const done = this.handler?.message(text);
    if (done === undefined) return;
    this.unanswered++;
    void done.finally(() => {
      this.unanswered--;
      this.regulate();
    });
    this.regulate();
  }

  /** Leaves messages in the stream while the client has many unanswered, or does not take the answers. */
  private regulate(): void {
    if (this.gone || this.ending) return;
    const { congested, unanswered } = this.server.limits;
    const full = this.untaken > congested || this.unanswered > unanswered;
    if (full === this.paused) return;
    this.paused = full;
    if (full) this.stream.pause();
    else this.stream.resume();
  }

  /** Ends the connection with a reason that the client is told. */
  fail(error: DebugError): void {
    this.server.log(`closing ${this.peer}: ${error.message}`);
    this.handler?.fault(error);
    this.decoder = undefined;
    this.end();
  }

  private close(): void {
    if (this.gone) return;
    this.gone = true;
    this.allowAny();
    this.handler?.closed();
    this.server.closed(this);
  }

  /** Drops the client unless it does something in time. While the server was busy it may have: that is looked at before. */
  private allow(milliseconds: number, otherwise: string): void {
    clearTimeout(this.timer);
    const timer = setTimeout(() => {
      afterInput(() => {
        if (this.timer === timer) this.drop(otherwise);
      });
    }, milliseconds);
    this.timer = timer;
  }

  private allowAny(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
