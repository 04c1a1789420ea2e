import { isIP } from 'node:net';
import { DebugError } from '@inquest/engine';

/** Where a server listens, or a client connects to. */
export type Address =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

const LOOPBACK = '127.0.0.1';
const HIGHEST_PORT = 65_535;

/** `HOST:PORT`, `[IPv6]:PORT`, `:PORT` and `PORT` on this machine alone, `unix:PATH`. Throws `usage`. */
export function parseAddress(text: string): Address {
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length);
    if (path === '') throw badAddress(text, 'unix: must be followed by the path of a socket');
    return { kind: 'unix', path };
  }
  const [, bracketed, plain, digits] = /^(?:(?:\[([^\]]*)\]|([^:]*)):)?(\d+)$/.exec(text) ?? [];
  if (digits === undefined) throw badAddress(text, 'an address is HOST:PORT or unix:PATH');
  const port = Number(digits);
  if (port > HIGHEST_PORT) throw badAddress(text, `ports end at ${HIGHEST_PORT}`);
  const host = (bracketed ?? plain ?? '') || LOOPBACK;
  if (bracketed !== undefined && isIP(bracketed) !== 6) throw badAddress(text, 'brackets are for IPv6 addresses');
  return { kind: 'tcp', host, port };
}

function badAddress(text: string, hint: string): DebugError {
  return new DebugError(`cannot understand the address ${JSON.stringify(text)}`, { code: 'usage', hint });
}

/** As `parseAddress` reads it. */
export function formatAddress(address: Address): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}

/** True if only programs of this machine can reach the address. `host` is a numeric one. */
export function isLoopback(host: string): boolean {
  return host === '::1' || /^(::ffff:)?127\./i.test(host);
}
