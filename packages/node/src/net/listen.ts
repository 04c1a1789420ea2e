import { chmodSync, lstatSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';
import { DebugError } from '@inquest/engine';
import type { ByteStream } from '@inquest/servers';
import { reasonOf } from '../host-file.ts';
import { formatAddress, isLoopback, type Address } from './address.ts';
import { userOfPeer } from './same-user.ts';
import { socketStream } from './socket-stream.ts';

export interface ListenOptions {
  /** Refuse programs of other users of this machine. */
  readonly onlySameUser: boolean;
  accept(stream: ByteStream): void;
  /** What whoever started the server should know: a sentence. */
  warn(text: string): void;
}

export interface Listener {
  /** Where it listens, with the port that was chosen. */
  readonly address: string;
  /** Takes no more clients; those that are connected stay. */
  close(): void;
}

/** Reachable for nobody else. */
const OWNER_ONLY = 0o600;

/** Listens for clients. Throws `io` if it cannot. */
export async function listen(address: Address, options: ListenOptions): Promise<Listener> {
  if (address.kind === 'unix') await removeStale(address.path);
  const server = createServer((socket) => take(socket, address, options));
  await bind(server, address);
  const bound = boundAddress(server, address);
  if (bound.kind === 'tcp' && !isLoopback(bound.host)) {
    options.warn(`other machines can connect to ${formatAddress(bound)}, and what is sent is not encrypted`);
  }
  // A failed accept (no descriptors left) concerns that client alone.
  server.on('error', (error) => options.warn(`a client could not connect: ${reasonOf(error)}`));
  return { address: formatListening(bound), close: () => void server.close() };
}

/** Delve's spelling, which clients read: a socket of a file is its path. */
function formatListening(address: Address): string {
  return address.kind === 'unix' ? address.path : formatAddress(address);
}

function bind(server: Server, address: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      const where = formatAddress(address);
      reject(new DebugError(`cannot listen at ${where}: ${reasonOf(error)}`, { code: 'io' }));
    };
    server.once('error', fail);
    server.once('listening', () => {
      server.off('error', fail);
      resolve();
    });
    if (address.kind === 'tcp') {
      server.listen({ host: address.host, port: address.port, exclusive: true });
      return;
    }
    // The socket is made within the call: nobody else can connect before its mode is set. A thread cannot set it.
    const before = isMainThread ? process.umask(0o177) : undefined;
    try {
      server.listen({ path: address.path, exclusive: true });
    } finally {
      if (before !== undefined) process.umask(before);
    }
  });
}

function boundAddress(server: Server, wanted: Address): Address {
  if (wanted.kind === 'unix') {
    chmodSync(wanted.path, OWNER_ONLY);
    return wanted;
  }
  const { address, port } = server.address() as AddressInfo;
  return { kind: 'tcp', host: address, port };
}

function take(socket: Socket, address: Address, options: ListenOptions): void {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  if (address.kind === 'unix') {
    options.accept(socketStream(socket, `a client of ${address.path}`));
    return;
  }
  if (remoteAddress === undefined || remotePort === undefined) {
    socket.destroy();
    return;
  }
  const theirs = { address: remoteAddress, port: remotePort };
  const peer = formatAddress({ kind: 'tcp', host: remoteAddress, port: remotePort });
  if (options.onlySameUser && process.platform === 'linux' && isLoopback(remoteAddress)) {
    const user = userOfPeer(theirs, { address: localAddress ?? '', port: localPort ?? 0 });
    if (user !== process.geteuid?.()) {
      options.warn(`closing ${peer}: it is a program of another user, and --only-same-user=false was not given`);
      socket.destroy();
      return;
    }
  }
  options.accept(socketStream(socket, peer));
}

/** Removes a socket behind which nobody listens any more. */
async function removeStale(path: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return;
  const refused = await new Promise<boolean>((resolve) => {
    const probe = connect({ path }, () => {
      probe.destroy();
      resolve(false);
    });
    probe.on('error', (error) => resolve((error as { code?: unknown }).code === 'ECONNREFUSED'));
  });
  if (refused) rmSync(path, { force: true });
}
