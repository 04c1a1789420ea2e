import { Worker } from 'node:worker_threads';
import { DebugError } from '@inquest/engine';
import type { ByteStream, StreamEvents, Supervision } from '@inquest/servers';
import type { Arrivals, Arriving } from './client-source.ts';
import type { ClientSource, RelayData, RelayEvent, RelayOrder } from './relay-messages.ts';

/**
 * Lets clients come in a thread of their own, which runs `script` (`runRelay`): it sees what clients want while this one is
 * busy. Throws `io` if clients cannot come.
 */
export function relayClients(
  script: string,
  source: ClientSource,
  supervision: Supervision,
  arrivals: Arrivals,
): Promise<Arriving> {
  const data: RelayData = { source, memory: supervision.memory };
  // A thread cannot set the mode of the socket that it makes.
  const mask = source.kind === 'listen' && source.address.kind === 'unix' ? process.umask(0o177) : undefined;
  const worker = new Worker(script, { workerData: data });
  const order = (message: RelayOrder): void => worker.postMessage(message, handedOver(message));
  const streams = new Map<number, RelayedStream>();
  return new Promise<Arriving>((resolve, reject) => {
    worker.once('error', reject);
    worker.on('message', (event: RelayEvent) => {
      switch (event.kind) {
        case 'ready':
          resolve({ address: event.address, close: () => order({ kind: 'close' }) });
          return;
        case 'failed':
          void worker.terminate();
          reject(new DebugError(event.message, { code: event.code }));
          return;
        case 'warn':
          arrivals.warn(event.text);
          return;
        case 'open': {
          const stream = new RelayedStream(event, order);
          streams.set(event.stream, stream);
          arrivals.accept(stream);
          return;
        }
        default:
          streams.get(event.stream)?.take(event);
          if (event.kind === 'closed') streams.delete(event.stream);
      }
    });
  }).finally(() => {
    if (mask !== undefined) process.umask(mask);
  });
}

/** Bytes worth to be handed over instead of copied. */
const LARGE = 1 << 16;

/** Memory that the other thread gets for good: of a large message that is alone in it. */
function handedOver(message: RelayOrder): ArrayBuffer[] {
  if (message.kind !== 'write' || message.bytes.length < LARGE) return [];
  const { buffer } = message.bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === message.bytes.length ? [buffer] : [];
}

/** A client that the other thread has. */
class RelayedStream implements ByteStream {
  readonly number: number;
  readonly peer: string;
  readonly remote: boolean;
  pending = 0;
  private readonly order: (message: RelayOrder) => void;
  private events: StreamEvents | undefined;
  private isClosed = false;

  constructor(
    { stream, peer, remote }: Extract<RelayEvent, { readonly kind: 'open' }>,
    order: (message: RelayOrder) => void,
  ) {
    this.number = stream;
    this.peer = peer;
    this.remote = remote;
    this.order = order;
  }

  start(events: StreamEvents): void {
    this.events = events;
  }

  take(event: Extract<RelayEvent, { readonly kind: 'data' | 'taken' | 'closed' }>): void {
    switch (event.kind) {
      case 'data':
        this.order({ kind: 'arrived', stream: this.number, count: event.bytes.length });
        if (!this.isClosed) this.events?.data(event.bytes);
        return;
      case 'taken':
        this.pending -= event.count;
        if (!this.isClosed) this.events?.drained();
        return;
      case 'closed':
        this.close();
    }
  }

  write(bytes: Uint8Array): void {
    if (this.isClosed) return;
    this.pending += bytes.length;
    this.order({ kind: 'write', stream: this.number, bytes });
  }

  pause(): void {
    this.order({ kind: 'pause', stream: this.number });
  }

  resume(): void {
    this.order({ kind: 'resume', stream: this.number });
  }

  end(): void {
    this.order({ kind: 'end', stream: this.number });
  }

  destroy(): void {
    this.order({ kind: 'destroy', stream: this.number });
    this.close();
  }

  private close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.events?.closed();
  }
}
