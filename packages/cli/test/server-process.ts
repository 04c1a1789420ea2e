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
