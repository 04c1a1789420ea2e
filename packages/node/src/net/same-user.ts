import { readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';

/** One end of a connection. */
export interface EndPoint {
  readonly address: string;
  readonly port: number;
}

/**
 * User of the process of this machine that holds the end `theirs` of a TCP connection to `ours`, by the kernel's tables
 * (/proc/net/tcp, proc(5)); undefined where it cannot be told. `read` is for tests.
 */
export function userOfPeer(
  theirs: EndPoint,
  ours: EndPoint,
  read: (path: string) => string = (path) => readFileSync(path, 'latin1'),
): number | undefined {
  for (const path of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const uid = findUser(readTable(path, read), endKeys(theirs), endKeys(ours));
    if (uid !== undefined) return uid;
  }
  return undefined;
}

function readTable(path: string, read: (path: string) => string): string {
  try {
    return read(path);
  } catch {
    return '';
  }
}

function findUser(table: string, local: readonly string[], remote: readonly string[]): number | undefined {
  for (const line of table.split('\n')) {
    // sl local_address rem_address st tx:rx tr:tm retrnsmt uid …
    const words = line.trim().split(/\s+/);
    if (local.includes(words[1] ?? '') && remote.includes(words[2] ?? '')) return Number(words[7]);
  }
  return undefined;
}

/** How the tables write an end: the words of the address in the machine's byte order, in hex. */
function endKeys({ address, port }: EndPoint): readonly string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const bare = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  const keys = isIPv4(bare) ? ipv4Keys(bare) : [bytesKey(ipv6Bytes(bare))];
  return keys.map((key) => `${key}:${hexPort}`);
}

/** An IPv4 address may be in the table of IPv6 as a mapped one. */
function ipv4Keys(address: string): readonly string[] {
  const bytes = address.split('.').map(Number);
  return [bytesKey(bytes), bytesKey([...zeros(10), 0xff, 0xff, ...bytes])];
}

function ipv6Bytes(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const missing = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...zeros(Math.max(missing, 0)), ...after].flatMap((group) => [group >> 8, group & 0xff]);
}

function zeros(length: number): number[] {
  return Array.from({ length }, () => 0);
}

/** Four bytes at a time, the last first: the processors that are known are little-endian. */
function bytesKey(bytes: readonly number[]): string {
  let key = '';
  for (let at = 0; at < bytes.length; at += 4) {
    const word = bytes.slice(at, at + 4).reverse();
    key += word.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }
  return key.toUpperCase();
}
