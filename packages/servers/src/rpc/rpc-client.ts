import { DebugError, isDebugError } from '@inquest/engine';
import type { ClientHandler, Connection } from '../transport/protocol.ts';
import { takeTurn } from '../transport/turns.ts';
import { METHODS } from './methods/table.ts';
import { Fields } from './parameters.ts';
import type { RpcHost } from './rpc-host.ts';
import { RpcSession } from './rpc-session.ts';

/** How a method of Delve's API begins. */
const PREFIX = 'RPCServer.';
/** One client of the JSON-RPC server: its requests are answered one after the other. */
export class RpcClient implements ClientHandler {
  private readonly connection: Connection;
  private readonly host: RpcHost;
  private readonly session: RpcSession;
  private last: Promise<void> = Promise.resolve();
  private gone = false;

  constructor(connection: Connection, host: RpcHost) {
    this.connection = connection;
    this.host = host;
    this.session = new RpcSession(host);
  }

  message(text: string): Promise<void> {
    this.last = this.last.then(takeTurn).then(() => {
      if (!this.gone) this.answer(text);
    });
    return this.last;
  }

  fault(error: DebugError): void {
    this.connection.send({ id: null, result: null, error: error.message });
  }

  closed(): void {
    this.gone = true;
  }

  private answer(text: string): void {
    let id: unknown = null;
    try {
      const request = parseObject(text);
      id = request['id'] ?? null;
      this.reply(id, request);
    } catch (error) {
      if (!isDebugError(error)) this.host.reportBug(error);
      this.connection.send({ id, result: null, error: describe(error) });
    }
  }

  private reply(id: unknown, request: Readonly<Record<string, unknown>>): void {
    const { connection, session } = this;
    const { method, params } = request;
    if (!connection.authorised)
      throw new DebugError('this server wants a token: give it before anything else', { code: 'usage' });
    if (typeof method !== 'string') throw new DebugError('the request names no method', { code: 'usage' });
    const name = method.startsWith(PREFIX) ? method.slice(PREFIX.length) : '';
    const run = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
    if (run === undefined) throw new DebugError(`unknown method: ${method}`, { code: 'usage' });
    if (!Array.isArray(params))
      throw new DebugError('the request has no params, which are a list of one object', { code: 'usage' });
    const send = (result: unknown): void => connection.send({ id, result, error: null });
    const result = run(session, new Fields(params[0], name), send);
    if (result !== undefined) send(result);
    if (session.detached) this.host.detach();
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    throw new DebugError('the request is not JSON', { code: 'usage' });
  }
}

/** What a client is told; its user reads one line. */
function describe(error: unknown): string {
  if (!isDebugError(error))
    return `sorry, this is a bug in inquest: ${error instanceof Error ? error.message : String(error)}`;
  const { hint } = error.detail;
  return hint === undefined ? error.message : `${error.message} (${hint})`;
}
