import { connect } from 'node:net';
import { DebugError } from '@inquest/engine';
import type { ByteStream } from '@inquest/servers';
import { reasonOf } from '../host-file.ts';
import { formatAddress, type Address } from './address.ts';
import { socketStream } from './socket-stream.ts';

/** How long the other side may take to answer, in milliseconds. */
const PATIENCE = 30_000;

/** Connects to a server. Throws `io` if it cannot. */
export function dial(address: Address): Promise<ByteStream> {
  const where = formatAddress(address);
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      socket.destroy();
      reject(new DebugError(`cannot connect to ${where}: ${why}`, { code: 'io' }));
    };
    const onError = (error: Error): void => fail(reasonOf(error));
    const socket = connect(
      address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port },
    );
    socket.setTimeout(PATIENCE, () => fail('it does not answer'));
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('error', onError);
      resolve(socketStream(socket, where));
    });
  });
}
