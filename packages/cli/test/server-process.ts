// Servers that run in a process of their own, and what clients do to them that are no good ones.
import { existsSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

/** Megabytes of memory that a process has; 0 where that cannot be told. */
export function memoryOf(pid: number): number {
  const path = `/proc/${pid}/status`;
  return existsSync(path) ? Number(/VmRSS:\s+(\d+)/.exec(readFileSync(path, 'latin1'))?.[1]) / 1024 : 0;
}

/** A connection to `HOST:PORT` or a path, over which anything can be sent. */
export function rawSocket(address: string): Promise<Socket> {
  const [, host, port] = /^(.*):(\d+)$/.exec(address) ?? [];
  return new Promise((resolve, reject) => {
    const socket = host === undefined ? connect(address) : connect(Number(port), host);
    socket.once('connect', () => resolve(socket)).on('error', reject);
  });
}

/** Resolves when the server has closed a connection. */
export function gone(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.once('close', resolve));
}

/**
 * Twelve clients send a large message, which is `beginning` and much space, and do not end it: 168 MB together, so that the server
 * sends one of them away at some point. Resolves then.
 */
export async function sendUnfinished(address: string, beginning: string): Promise<readonly Socket[]> {
  const sockets = await Promise.all(Array.from({ length: 12 }, () => rawSocket(address)));
  const closed = sockets.map(gone);
  for (const socket of sockets) {
    socket.resume();
    socket.write(beginning);
    socket.write(Buffer.alloc(14 << 20, 0x20));
  }
  await Promise.race(closed);
  return sockets;
}
