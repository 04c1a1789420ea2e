import { isDebugError } from '@inquest/engine';
import { ContentLengthDecoder, beginsWithContentLength, encodeContentLength } from '../transport/content-length.ts';
import { beginsWithObject, JsonValueDecoder } from '../transport/json-values.ts';
import type { MessageDecoder } from '../transport/protocol.ts';
import { CANCEL } from '../rpc/methods/prompt.ts';
import { LARGEST_SEQUENCE, type Supervision } from './supervision.ts';

/** Longest request that is looked into; what is longer is none that could be given up. */
const LONGEST = 1 << 20;
/** How long a request may take before the client is told, and between two reports, in milliseconds. */
const PATIENCE = 1000;
/** How often it is waited for a message that is on its way. One that was given up in the middle does not come. */
const MOST_WAITS = 10;
/** Requests whose names are kept. */
const MOST_COMMANDS = 1000;

type Json = Readonly<Record<string, unknown>>;

/** A request, since when it is being answered, and of how many seconds the client was told. */
interface Seen {
  readonly request: number;
  readonly since: number;
  told: number;
}

/**
 * Watches what one client asks, in another thread than the one that answers: while that is busy, the client is told how long
 * it takes, and can give it up.
 */
export class RequestWatch {
  private readonly connection: number;
  private readonly supervision: Supervision;
  private readonly interrupt: () => void;
  /** Undefined until the client has begun with a message. */
  private decoder: MessageDecoder | undefined;
  /** It does not keep to the rules: that is not the watch's to say. */
  private isLost = false;
  private wantsProgress = false;
  /** Commands of requests that may be waiting. */
  private readonly commands = new Map<number, string>();
  /** Messages that were written to the client, of either thread, and how often one of these was waited for. */
  private written = 0;
  private waits = 0;
  /** The request that was being answered at the last tick. */
  private seen: Seen | undefined;

  /** @param interrupt stops what the other thread does */
  constructor(connection: number, supervision: Supervision, interrupt: () => void) {
    this.connection = connection;
    this.supervision = supervision;
    this.interrupt = interrupt;
    supervision.resetSequence(connection);
  }

  /** Takes what the client sent. */
  incoming(bytes: Uint8Array): void {
    if (this.isLost) return;
    this.decoder ??= decoderFor(bytes);
    try {
      this.decoder?.push(bytes, (text) => this.message(text));
    } catch (error) {
      if (!isDebugError(error)) throw error;
      this.isLost = true;
    }
  }

  /** A message of the other thread was written to the client. */
  wrote(): void {
    this.written++;
  }

  /** The client has gone: nobody waits for what is being answered. */
  gone(): void {
    this.cancel(this.running);
  }

  /** The request of this client that is being answered. */
  private get running(): number | undefined {
    const { running } = this.supervision;
    return running?.connection === this.connection ? running.request : undefined;
  }

  private message(text: string): void {
    const message = parse(text);
    if (message['method'] === CANCEL) this.cancel(this.running);
    const { seq, command } = message;
    const args = (message['arguments'] ?? {}) as Json;
    if (message['type'] !== 'request' || typeof seq !== 'number' || typeof command !== 'string') return;
    if (command === 'initialize') this.wantsProgress = args['supportsProgressReporting'] === true;
    if (command === 'cancel') this.cancel(requestOf(args));
    else this.note(seq, command);
  }

  private note(request: number, command: string): void {
    this.commands.set(request, command);
    const [oldest] = this.commands.keys();
    if (oldest !== undefined && this.commands.size > MOST_COMMANDS) this.commands.delete(oldest);
  }

  private cancel(request: number | undefined): void {
    if (request !== undefined) this.supervision.giveUp({ connection: this.connection, request }, this.interrupt);
  }

  /** Called every now and then (milliseconds); returns what is to be sent to the client. */
  tick(now: number): Uint8Array[] {
    const request = this.running;
    if (this.seen !== undefined && request === this.seen.request) return this.tell(this.seen, now);
    const out = this.finish();
    if (this.seen === undefined && request !== undefined) this.seen = { request, since: now, told: 0 };
    return out;
  }

  /** Tells how long a request takes, each time it is due. */
  private tell(seen: Seen, now: number): Uint8Array[] {
    const { request, since, told } = seen;
    const due = Math.floor((now - since) / PATIENCE);
    if (!this.wantsProgress || due <= told) return [];
    const title = this.commands.get(request) ?? 'request';
    const out =
      told > 0
        ? this.event('progressUpdate', request, { message: `${due} s` })
        : this.event('progressStart', request, { title, requestId: request, cancellable: true });
    if (out.length > 0) seen.told = due;
    return out;
  }

  /** Tells that the request has been answered, if the client knows of it. */
  private finish(): Uint8Array[] {
    const { seen } = this;
    const out = seen === undefined || seen.told === 0 ? [] : this.event('progressEnd', seen.request, {});
    if (seen?.told === 0 || out.length > 0) this.seen = undefined;
    return out;
  }

  /** An event about a request; none while a message is on its way, so that the numbers of messages follow each other. */
  private event(event: string, request: number, body: object): Uint8Array[] {
    const seq = this.nextNumber();
    if (seq === undefined) return [];
    const whole = { seq, type: 'event', event, body: { progressId: progressIdOf(request), ...body } };
    return [encodeContentLength(JSON.stringify(whole))];
  }

  private nextNumber(): number | undefined {
    const { connection, supervision } = this;
    let seq = supervision.claimSequence(connection, this.written);
    if (seq === undefined && ++this.waits > MOST_WAITS) seq = supervision.nextSequence(connection);
    if (seq === undefined) return undefined;
    this.written = seq;
    this.waits = 0;
    return seq;
  }
}

/** By how a client begins. What comes before its first message, such as a token, is none. */
function decoderFor(bytes: Uint8Array): MessageDecoder | undefined {
  if (beginsWithContentLength(bytes) !== false) return new ContentLengthDecoder(LONGEST);
  return beginsWithObject(bytes) === true ? new JsonValueDecoder(LONGEST) : undefined;
}

function parse(text: string): Json & { readonly seq?: unknown; readonly command?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Json) : {};
  } catch {
    return {};
  }
}

/** How the progress of a request is called. */
export function progressIdOf(request: number): string {
  return `request ${request}`;
}

/** The request that `cancel` is about; undefined for none that could be watched. */
export function requestOf({ requestId, progressId }: Json): number | undefined {
  const number = typeof requestId === 'number' ? requestId : Number(/^request (\d+)$/.exec(String(progressId))?.[1]);
  return Number.isSafeInteger(number) && number >= 0 && number <= LARGEST_SEQUENCE ? number : undefined;
}
