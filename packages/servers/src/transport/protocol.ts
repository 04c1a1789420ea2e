import type { DebugError } from '@inquest/engine';

/** Cuts messages out of a stream of bytes. */
export interface MessageDecoder {
  /** Bytes kept of a message that is not complete. */
  readonly buffered: number;
  /**
   * Takes bytes and delivers the messages that they complete. Throws a `DebugError` (`bad-data`, `limit`) where it cannot be
   * told where the next message begins; messages before that have been delivered.
   */
  push(bytes: Uint8Array, deliver: (text: string) => void): void;
}

/** One client, as its protocol sees it. */
export interface Connection {
  /** Its number among all connections of the server, from 1 on. */
  readonly number: number;
  readonly peer: string;
  /** True if the client is on another machine, and cannot see the files of this one. */
  readonly remote: boolean;
  /** False where the server wants a token and the client has not given it. */
  readonly authorised: boolean;
  /** Compares a token that the client sent in a message; true if the client may go on. */
  authorise(token: string): boolean;
  /** Sends a message (JSON). Nothing happens when the client has gone. */
  send(message: unknown): void;
  /** Closes when the client has taken what was sent. */
  end(): void;
}

/** What a protocol does about one client. */
export interface ClientHandler {
  /**
   * A message arrived. The promise ends when it has been dealt with: of many that wait, the connection leaves further ones in
   * the stream. May be called before the one of the message before has ended.
   */
  message(text: string): void | Promise<void>;
  /** What came cannot be followed: the connection is closed when what this sends has been taken. */
  fault(error: DebugError): void;
  /** The client has gone. */
  closed(): void;
}

/** A protocol that clients may speak. Which one a client speaks is told by how it begins. */
export interface Protocol {
  readonly name: string;
  /** True if a client that begins so speaks this protocol; undefined if more bytes are needed to tell. */
  recognises(head: Uint8Array): boolean | undefined;
  /** `limit` is the longest message, in bytes. */
  createDecoder(limit: number): MessageDecoder;
  encode(text: string): Uint8Array;
  serve(connection: Connection): ClientHandler;
}
