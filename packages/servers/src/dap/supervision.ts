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

  /** Numbers of messages to a client that has just come begin with 1. */
  resetSequence(connection: number): void {
    Atomics.store(this.words, AT.sequences + (connection % CONNECTIONS), 0);
  }

  begin({ connection, request }: RunningRequest): void {
    Atomics.store(this.words, AT.request, request);
    Atomics.store(this.words, AT.connection, connection);
  }

  end(): void {
    Atomics.store(this.words, AT.connection, 0);
  }

  /** The request that is being answered. */
  get running(): RunningRequest | undefined {
    const connection = Atomics.load(this.words, AT.connection);
    return connection === 0 ? undefined : { connection, request: Atomics.load(this.words, AT.request) };
  }

  /** Notes that the request that is being answered is to be given up, which an interrupt follows. `now`: milliseconds. */
  giveUp({ connection, request }: RunningRequest, now: number = Date.now()): void {
    Atomics.store(this.words, AT.givenUpRequest, request);
    Atomics.store(this.words, AT.givenUpConnection, connection);
    Atomics.store(this.words, AT.interruptSecond, secondOf(now));
    Atomics.add(this.words, AT.interrupts, 1);
  }

  isGivenUp({ connection, request }: RunningRequest): boolean {
    return (
      Atomics.load(this.words, AT.givenUpConnection) === connection &&
      Atomics.load(this.words, AT.givenUpRequest) === request
    );
  }

  /**
   * True if an interrupt came from here and not from a user; each is taken once. The system makes one of two that come close
   * together: what is left then does not count for long.
   */
  takeInterrupt(now: number = Date.now()): boolean {
    const sent = Atomics.load(this.words, AT.interrupts);
    const taken = Atomics.load(this.words, AT.interruptsTaken);
    if (sent === taken) return false;
    const age = (secondOf(now) - Atomics.load(this.words, AT.interruptSecond)) | 0;
    Atomics.store(this.words, AT.interruptsTaken, age > INTERRUPT_AGE ? sent : taken + 1);
    return age <= INTERRUPT_AGE;
  }
}

/** Seconds after which an interrupt that was sent has arrived, or never will. */
const INTERRUPT_AGE = 5;

function secondOf(milliseconds: number): number {
  return Math.trunc(milliseconds / 1000) | 0;
}

/** A request by the connections' own numbers, which count from 1. */
export interface RunningRequest {
  readonly connection: number;
  /** `seq` of the request. */
  readonly request: number;
}

const AT = {
  connection: 0,
  request: 1,
  givenUpConnection: 2,
  givenUpRequest: 3,
  interrupts: 4,
  interruptsTaken: 5,
  interruptSecond: 6,
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
