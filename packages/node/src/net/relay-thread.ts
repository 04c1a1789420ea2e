import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { isDebugError } from '@inquest/engine';
import { RequestWatch, Supervision, type ByteStream } from '@inquest/servers';
import { takeClients, type Arriving } from './client-source.ts';
import type { RelayData, RelayEvent, RelayOrder } from './relay-messages.ts';

/** Bytes of one client that the other thread has not taken yet, at most; more stays in the client's stream. */
const MOST_UNTAKEN = 1 << 20;
/** Bytes that a client has not read, above which it is told nothing more of progress. */
const BEHIND = 1 << 16;
/** How often the watches look, in milliseconds. */
const INTERVAL = 200;

/** Carries messages between clients and the thread that answers, which may be busy for long. */
export function runRelay(): void {
  if (parentPort !== null) new Relay(parentPort, workerData as RelayData).start();
}

class Relay {
  private readonly port: MessagePort;
  private readonly data: RelayData;
  private readonly supervision: Supervision;
  private readonly carriers = new Map<number, Carrier>();
  private arriving: Arriving | undefined;

  constructor(port: MessagePort, data: RelayData) {
    this.port = port;
    this.data = data;
    this.supervision = new Supervision(data.memory);
  }

  start(): void {
    const tell = (event: RelayEvent): void => this.port.postMessage(event);
    this.port.on('message', (order: RelayOrder) => this.obey(order));
    setInterval(() => {
      for (const carrier of this.carriers.values()) carrier.tick();
    }, INTERVAL).unref();
    const arrivals = {
      accept: (stream: ByteStream) => this.accept(stream, tell),
      warn: (text: string) => tell({ kind: 'warn', text }),
    };
    takeClients(this.data.source, arrivals).then(
      (arriving) => {
        this.arriving = arriving;
        tell({ kind: 'ready', address: arriving.address });
      },
      (error: unknown) => {
        const code = isDebugError(error) && error.detail.code === 'usage' ? 'usage' : 'io';
        tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error), code });
      },
    );
  }

  private accept(stream: ByteStream, tell: (event: RelayEvent) => void): void {
    const { number, peer, remote } = stream;
    // As Ctrl-C would: the thread that answers is stopped wherever it is.
    const watch = new RequestWatch(number, this.supervision, () => process.kill(process.pid, 'SIGINT'));
    this.carriers.set(number, new Carrier(stream, watch, tell));
    tell({ kind: 'open', stream: number, peer, remote });
    stream.start({
      data: (bytes) => this.carriers.get(number)?.take(bytes),
      drained: () => this.carriers.get(number)?.account(),
      closed: () => {
        watch.gone();
        this.carriers.delete(number);
        tell({ kind: 'closed', stream: number });
      },
    });
  }

  private obey(order: RelayOrder): void {
    if (order.kind === 'close') this.arriving?.close();
    else this.carriers.get(order.stream)?.obey(order);
  }
}

/** One client. */
class Carrier {
  private readonly stream: ByteStream;
  private readonly watch: RequestWatch;
  private readonly tell: (event: RelayEvent) => void;
  /** Bytes that were to be written, and of which it was told that they have been taken. */
  private written = 0;
  private told = 0;
  private untaken = 0;
  private isHeld = false;
  private isPaused = false;

  constructor(stream: ByteStream, watch: RequestWatch, tell: (event: RelayEvent) => void) {
    this.stream = stream;
    this.watch = watch;
    this.tell = tell;
  }

  take(bytes: Uint8Array): void {
    this.watch.incoming(bytes);
    this.untaken += bytes.length;
    this.tell({ kind: 'data', stream: this.stream.number, bytes });
    this.regulate();
  }

  obey(order: Exclude<RelayOrder, { readonly kind: 'close' }>): void {
    const { stream } = this;
    switch (order.kind) {
      case 'write':
        this.written += order.bytes.length;
        stream.write(order.bytes);
        this.watch.wrote();
        this.account();
        return;
      case 'arrived':
        this.untaken -= order.count;
        this.regulate();
        return;
      case 'pause':
      case 'resume':
        this.isHeld = order.kind === 'pause';
        this.regulate();
        return;
      case 'end':
        stream.end();
        return;
      case 'destroy':
        stream.destroy();
    }
  }

  /** Tells what the client has taken by now. */
  account(): void {
    const count = this.written - this.stream.pending - this.told;
    if (count <= 0) return;
    this.told += count;
    this.tell({ kind: 'taken', stream: this.stream.number, count });
  }

  tick(): void {
    this.account();
    if (this.stream.pending > BEHIND) return;
    for (const bytes of this.watch.tick(performance.now())) {
      this.written += bytes.length;
      this.told += bytes.length;
      this.stream.write(bytes);
    }
  }

  private regulate(): void {
    const isFull = this.isHeld || this.untaken > MOST_UNTAKEN;
    if (isFull === this.isPaused) return;
    this.isPaused = isFull;
    if (isFull) this.stream.pause();
    else this.stream.resume();
  }
}
