import type { ByteStream, StreamEvents } from '../byte-stream.ts';
import { decodeText, encodeText } from '../bytes.ts';

/** A client without a socket: a test says what it sends and how much it takes. */
export class MadeUpStream implements ByteStream {
  readonly number = 1;
  readonly peer: string;
  readonly remote = false;
  pending = 0;
  paused = false;
  state: 'open' | 'ending' | 'destroyed' = 'open';
  /** What the server sent. */
  received = '';
  /** False for a client that does not read. */
  readonly reads: boolean;
  private events: StreamEvents | undefined;

  constructor(peer = 'a test', reads = true) {
    this.peer = peer;
    this.reads = reads;
  }

  start(events: StreamEvents): void {
    this.events = events;
  }

  write(bytes: Uint8Array): void {
    this.received += decodeText(bytes);
    if (!this.reads) this.pending += bytes.length;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  end(): void {
    this.state = 'ending';
    if (this.reads) this.hangUp();
  }

  destroy(): void {
    this.state = 'destroyed';
    this.hangUp();
  }

  /** The client sends something. */
  send(data: string | Uint8Array): void {
    this.events?.data(typeof data === 'string' ? encodeText(data) : data);
  }

  /** The client reads what was kept for it. */
  drain(): void {
    this.pending = 0;
    this.events?.drained();
  }

  hangUp(): void {
    this.events?.closed();
  }
}
