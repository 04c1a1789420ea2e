import { closeSync, openSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { DebugError } from '@inquest/engine';
import { isLoopback, parseAddress, reasonOf, relayClients, takeClients, type ClientSource } from '@inquest/node';
import { StreamServer, Supervision, type ByteStream, type Protocol, type Supervisor } from '@inquest/servers';
import { EXIT } from '../exit-codes.ts';
import { sanitize } from '../output/sanitize.ts';
import type { Reach } from '../reach.ts';
import { threadScript } from '../vendor-bundles.ts';
import { supervisorOver } from './supervisor.ts';

/** Where clients come from, and who may be one. */
export interface ServeOptions {
  /** Listen there; by default at a port of this machine that the system chooses. */
  readonly listen: string | undefined;
  /** Connect to a client that listens there, instead. */
  readonly clientAddress: string | undefined;
  /** The client is at the other end of standard input and output. */
  readonly stdio: boolean;
  /** Go on when a client has gone. */
  readonly acceptMulticlient: boolean;
  readonly onlySameUser: boolean;
  /** What clients must know; true for one that is made up. */
  readonly token: string | true | undefined;
  /** Tell about connections. */
  readonly log: boolean;
  /** Where that is told: a file, or the number of a descriptor. By default standard error. */
  readonly logDestination: string | undefined;
}

const ANYWHERE = '127.0.0.1:0';
/** How long clients may take the last answers when the server ends, in milliseconds. */
const FAREWELL = 2000;

/** What clients may do through the prompt: those that anyone may be get answers, and nothing else. */
export function reachOf({ listen: address, onlySameUser, token, stdio, clientAddress }: ServeOptions): Reach {
  if (stdio || token !== undefined || clientAddress !== undefined) return 'files';
  const parsed = parseAddress(address ?? ANYWHERE);
  const isOurs = parsed.kind === 'unix' || (onlySameUser && (parsed.host === 'localhost' || isLoopback(parsed.host)));
  return isOurs ? 'files' : 'answers';
}

/** What protocols need of the server. */
export interface ServeContext {
  /** Ends the server when clients have taken the last answers. */
  readonly end: () => void;
  readonly supervisor: Supervisor | undefined;
}

/**
 * Serves clients until the last has gone, or for good with `acceptMulticlient`. `title` begins the line that tells where it
 * listens, which clients read: `DAP` makes `DAP server listening at: …`, as Delve writes it. `protocols` may end the server,
 * too. Returns the exit code.
 */
export async function serve(
  options: ServeOptions,
  title: string,
  protocols: (context: ServeContext) => readonly Protocol[],
): Promise<number> {
  const output = openLog(options.logDestination);
  const warn = (text: string): void => tell(output ?? 2, `inquest: ${sanitize(text)}`);
  let over: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    over = resolve;
  });
  const script = threadScript('relay');
  const supervision = new Supervision();
  const supervisor = script === undefined ? undefined : supervisorOver(supervision, over);
  if (supervisor === undefined) process.once('SIGINT', over);
  process.once('SIGTERM', over);
  const server = serverFor(options, (end) => protocols({ end, supervisor }), warn, over);
  const arrivals = { accept: (stream: ByteStream) => server.accept(stream), warn };
  const source = sourceOf(options);
  const arriving = await (script === undefined
    ? takeClients(source, arrivals)
    : relayClients(script, source, supervision, arrivals));
  if (arriving.address !== undefined) tell(output ?? 1, `${title} server listening at: ${arriving.address}`);
  await ended;
  arriving.close();
  server.close();
  if (output !== undefined && output > 2) closeSync(output);
  return EXIT.ok;
}

/** A server that calls `over` when its last client has gone, if it is to end then. */
function serverFor(
  options: ServeOptions,
  protocols: (end: () => void) => readonly Protocol[],
  warn: (text: string) => void,
  over: () => void,
): StreamServer {
  const token = options.token === true ? randomBytes(16).toString('hex') : options.token;
  if (options.token === true) warn(`the token of this server is ${token}`);
  let isEnding = false;
  const end = (): void => {
    isEnding = true;
    server.close();
    setTimeout(over, FAREWELL);
  };
  const server = new StreamServer({
    protocols: protocols(end),
    token,
    log: options.log ? warn : () => undefined,
    onGone: (left) => {
      if (left === 0 && (isEnding || !options.acceptMulticlient)) over();
    },
    onEmpty: () => {
      // The one client may go before it has said anything.
      if (options.stdio || options.clientAddress !== undefined) over();
    },
  });
  return server;
}

function sourceOf({ stdio, clientAddress, listen: address, onlySameUser }: ServeOptions): ClientSource {
  if (stdio) return { kind: 'stdio' };
  if (clientAddress !== undefined) return { kind: 'dial', address: parseAddress(clientAddress) };
  return { kind: 'listen', address: parseAddress(address ?? ANYWHERE), onlySameUser };
}

/** A descriptor for what is told; undefined for the usual ones. */
function openLog(destination: string | undefined): number | undefined {
  if (destination === undefined || destination === '') return undefined;
  if (/^\d+$/.test(destination)) return Number(destination);
  try {
    return openSync(destination, 'a', 0o600);
  } catch (error) {
    throw new DebugError(`cannot write ${destination}: ${reasonOf(error)}`, { code: 'io' });
  }
}

/** A line for whoever started the server; that nobody reads it any more is no reason to end. */
function tell(fd: number, text: string): void {
  try {
    writeSync(fd, `${text}\n`);
  } catch {
    // Nobody is there.
  }
}
