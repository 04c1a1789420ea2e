/** What a host tells about a stream. */
export interface StreamEvents {
  data(bytes: Uint8Array): void;
  /** Room for more: what was written has been taken by the other side. */
  drained(): void;
  /** The other side has gone, or `destroy` was called. Told once; nothing follows. */
  closed(): void;
}

/** Bytes in both directions: a socket, a process's standard streams, a port of a worker. Hosts implement it. */
export interface ByteStream {
  /** Its number among all streams of the server, from 1 on. */
  readonly number: number;
  /** Who is at the other end, for messages: an address, `standard input`. */
  readonly peer: string;
  /** True if that is on another machine. */
  readonly remote: boolean;
  /** Bytes that were written and that the other side has not taken. */
  readonly pending: number;
  /** Begins to tell what happens; called once. */
  start(events: StreamEvents): void;
  /** Takes the bytes and their memory: whoever wrote them leaves them alone. */
  write(bytes: Uint8Array): void;
  /** Stops `data` until `resume`. */
  pause(): void;
  resume(): void;
  /** Closes when the other side has taken all that was written. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}
