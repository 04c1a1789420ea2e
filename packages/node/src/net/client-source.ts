import type { ByteStream } from '@inquest/servers';
import { dial } from './dial.ts';
import { listen } from './listen.ts';
import type { ClientSource } from './relay-messages.ts';
import { standardStream } from './socket-stream.ts';

/** What becomes of clients. */
export interface Arrivals {
  accept(stream: ByteStream): void;
  /** What whoever started the server should know: a sentence. */
  warn(text: string): void;
}

/** Clients may come. */
export interface Arriving {
  /** Where they are listened for, if they are. */
  readonly address: string | undefined;
  /** Takes no more clients; those that are there stay. */
  close(): void;
}

/** Lets clients come, in this thread. Throws `io` if they cannot. */
export async function takeClients(source: ClientSource, arrivals: Arrivals): Promise<Arriving> {
  if (source.kind === 'listen') {
    return listen(source.address, {
      onlySameUser: source.onlySameUser,
      accept: (stream) => arrivals.accept(stream),
      warn: (text) => arrivals.warn(text),
    });
  }
  arrivals.accept(source.kind === 'dial' ? await dial(source.address) : standardStream());
  return { address: undefined, close: () => undefined };
}
