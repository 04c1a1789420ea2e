import { createReadStream, createWriteStream, fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { ByteStream } from '@inquest/servers';
import { isLoopback } from './address.ts';

let streams = 0;

/** A stream over a socket, or over one stream for each direction. Errors are an end: the other side is told of none. */
export function streamOver(input: Readable, output: Writable, peer: string, remote: boolean): ByteStream {
  let over = false;
  return {
    number: ++streams,
    peer,
    remote,
    get pending() {
      return output.writableLength;
    },
    start(events) {
      const close = (): void => {
        if (over) return;
        over = true;
        input.destroy();
        output.destroy();
        events.closed();
      };
      input.on('data', (bytes: Uint8Array) => events.data(bytes));
      // A client that sends no more has gone: none of the protocols lets one go on reading.
      input.on('end', close).on('error', close).on('close', close);
      output
        .on('drain', () => events.drained())
        .on('error', close)
        .on('close', close);
    },
    write: (bytes) => {
      if (!over && output.writable) output.write(bytes);
    },
    pause: () => void input.pause(),
    resume: () => void input.resume(),
    end: () => void output.end(() => output.destroy()),
    destroy: () => {
      input.destroy();
      output.destroy();
    },
  };
}

/** A stream over a socket. Small messages are sent at once. */
export function socketStream(socket: Socket, peer: string): ByteStream {
  const { remoteAddress } = socket;
  socket.setNoDelay(true);
  return streamOver(socket, socket, peer, remoteAddress !== undefined && !isLoopback(remoteAddress));
}

/** Standard input and output, by their descriptors: `process.stdin` of a thread is not that of the process. */
export function standardStream(): ByteStream {
  const input = isPipe(0) ? new Socket({ fd: 0, readable: true, writable: false }) : createReadStream('', { fd: 0 });
  const output = isPipe(1) ? new Socket({ fd: 1, readable: false, writable: true }) : createWriteStream('', { fd: 1 });
  return streamOver(input, output, 'standard input', false);
}

/** True for what editors start servers with. */
function isPipe(fd: number): boolean {
  const stat = fstatSync(fd);
  return stat.isFIFO() || stat.isSocket();
}
