/** What a client may cost. Sizes are bytes, times milliseconds. */
export interface Limits {
  /** The longest message. */
  readonly message: number;
  /** Unfinished messages of all clients together. */
  readonly unfinished: number;
  /** While more than this has not been taken by a client, nothing more is read from it. */
  readonly congested: number;
  /** A client is dropped when more than this has not been taken by it. */
  readonly outgoing: number;
  /** What has not been taken by all clients together: above that the one with the most is dropped. */
  readonly untaken: number;
  /** Messages of one client that are being answered; more are left in its stream. */
  readonly unanswered: number;
  readonly connections: number;
  /** How long a client may take until it is known what it speaks. */
  readonly handshake: number;
  /** How long a client may take to complete a message that it began. */
  readonly completion: number;
}

export const LIMITS: Limits = {
  message: 16 << 20,
  unfinished: 64 << 20,
  congested: 4 << 20,
  outgoing: 128 << 20,
  untaken: 256 << 20,
  unanswered: 256,
  connections: 64,
  handshake: 10_000,
  completion: 60_000,
};
