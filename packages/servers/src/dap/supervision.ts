/**
 * What the thread that answers requests and the one that carries messages share: which request is being answered, which
 * one is to be given up, and how messages are numbered. Requests are answered one at a time.
 */
export class Supervision {
  readonly memory: SharedArrayBuffer;
  private readonly words: Int32Array;

  /** Over the memory of the other thread, or over new memory. */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer((AT.sequences + CONNECTIONS) * 4)) {
    this.memory = memory;
    this.words = new Int32Array(memory);
  }

  /** The number of the next message to a client. */
  nextSequence(connection: number): number {
    return Atomics.add(this.words, AT.sequences + (connection % CONNECTIONS), 1) + 1;
  }

  /** That number, if the one before is `last`; undefined while a message with another number is on its way from the other thread. */
  claimSequence(connection: number, last: number): number | undefined {
    const at = AT.sequences + (connection % CONNECTIONS);
    return Atomics.compareExchange(this.words, at, last, last + 1) === last ? last + 1 : undefined;
  }

  /** Numbers of messages to a client that has just come begin with 1. */
  resetSequence(connection: number): void {
    Atomics.store(this.words, AT.sequences + (connection % CONNECTIONS), 0);
  }

  /** A request is being answered from now on. Called where an interrupt stops that, as `end` is. */
  begin({ connection, request }: RunningRequest): void {
    Atomics.add(this.words, AT.run, 1);
    Atomics.store(this.words, AT.request, request);
    Atomics.store(this.words, AT.connection, connection);
  }

  /** It has been answered: no interrupt is sent any more. Waits for one that was, and then does not return. */
  end(): void {
    this.lock(OWNER.answers);
    Atomics.store(this.words, AT.connection, 0);
    this.unlock();
    const since = Date.now();
    while (this.wasGivenUp && Date.now() - since < LONGEST_WAY);
  }

  /** What answered a request was stopped, wherever it was. */
  stopped(): void {
    Atomics.store(this.words, AT.connection, 0);
    Atomics.compareExchange(this.words, AT.lock, OWNER.answers, OWNER.nobody);
  }

  /** The request that is being answered. */
  get running(): RunningRequest | undefined {
    const connection = Atomics.load(this.words, AT.connection);
    return connection === 0 ? undefined : { connection, request: Atomics.load(this.words, AT.request) };
  }

  /**
   * Gives a request up if it is being answered, by `interrupt`, which stops what the other thread does. That happens at most
   * once for a request, and at no other time: outside of what answers requests an interrupt would end the process.
   */
  giveUp({ connection, request }: RunningRequest, interrupt: () => void): void {
    this.lock(OWNER.messages);
    try {
      const { running } = this;
      if (running?.connection !== connection || running.request !== request || this.wasGivenUp) return;
      Atomics.store(this.words, AT.givenUp, Atomics.load(this.words, AT.run));
      interrupt();
    } finally {
      this.unlock();
    }
  }

  /** True if the request that was begun last was given up. */
  get wasGivenUp(): boolean {
    return Atomics.load(this.words, AT.givenUp) === Atomics.load(this.words, AT.run);
  }

  /** Nobody holds it for longer than an interrupt takes to send. */
  private lock(owner: number): void {
    while (Atomics.compareExchange(this.words, AT.lock, OWNER.nobody, owner) !== OWNER.nobody);
  }

  private unlock(): void {
    Atomics.store(this.words, AT.lock, OWNER.nobody);
  }
}

/** Who keeps the other thread from beginning, ending or giving up a request. */
const OWNER = { nobody: 0, answers: 1, messages: 2 } as const;

/** How long an interrupt may be on its way, in milliseconds: longer than it ever takes. */
const LONGEST_WAY = 5000;

/** A request by the connections' own numbers, which count from 1. */
export interface RunningRequest {
  readonly connection: number;
  /** `seq` of the request. */
  readonly request: number;
}

const AT = {
  connection: 0,
  request: 1,
  /** How many requests were begun, and the last of them that was given up. */
  run: 2,
  givenUp: 3,
  lock: 4,
  sequences: 8,
} as const;

/** Connections that have a counter each; there are never so many at once. */
const CONNECTIONS = 4096;

/** `seq` of requests that can be watched: what fits into a word of shared memory. */
export const LARGEST_SEQUENCE: number = 2 ** 31 - 1;

/** How answers are made so that they can be given up. */
export interface Supervisor {
  /** The number of the next message to a client. */
  nextSequence(connection: number): number;
  /** Runs what answers a request; undefined if it was given up, wherever it was: its `finally` blocks were not run. */
  run<T>(request: RunningRequest, action: () => T): { readonly value: T } | undefined;
}
