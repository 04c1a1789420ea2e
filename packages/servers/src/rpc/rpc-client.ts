import { DebugError, isDebugError } from '@inquest/engine';
import type { ClientHandler, Connection } from '../transport/protocol.ts';
import { takeTurn } from '../transport/turns.ts';
import { LARGEST_SEQUENCE } from '../dap/supervision.ts';
import type { Method, Methods } from './methods/method.ts';
import { CANCEL, PROMPT_METHODS } from './methods/prompt.ts';
import { METHODS } from './methods/table.ts';
import { Fields } from './parameters.ts';
import type { RpcHost } from './rpc-host.ts';
import { RpcSession } from './rpc-session.ts';

/** Everything that clients can ask, by how the names begin. */
const TABLES: readonly (readonly [prefix: string, methods: Methods])[] = [
  ['RPCServer.', METHODS],
  ['Inquest.', PROMPT_METHODS],
];

type Request = Readonly<Record<string, unknown>>;

/** One client of the JSON-RPC server: its requests are answered one after the other. */
export class RpcClient implements ClientHandler {
  private readonly connection: Connection;
  private readonly host: RpcHost;
  private readonly session: RpcSession;
  private last: Promise<void> = Promise.resolve();
  /** Requests are counted from 1, as they come. */
  private count = 0;
  /** Requests up to that one were given up. */
  private givenUp = 0;
  private gone = false;

  constructor(connection: Connection, host: RpcHost) {
    this.connection = connection;
    this.host = host;
    this.session = new RpcSession(host);
  }

  message(text: string): Promise<void> {
    const number = ++this.count;
    const request = parseObject(text);
    // It is about requests that wait, so it does not wait behind them.
    if (request?.['method'] === CANCEL) this.givenUp = number - 1;
    this.last = this.last.then(takeTurn).then(() => {
      if (!this.gone) this.answer(number, request);
    });
    return this.last;
  }

  fault(error: DebugError): void {
    this.connection.send({ id: null, result: null, error: error.message });
  }

  closed(): void {
    this.gone = true;
  }

  private answer(number: number, request: Request | undefined): void {
    const id = request?.['id'] ?? null;
    try {
      if (request === undefined) throw new DebugError('the request is not JSON', { code: 'usage' });
      if (number <= this.givenUp) throw cancelled();
      this.supervised(number, () => this.reply(id, request));
    } catch (error) {
      if (!isDebugError(error)) this.host.reportBug(error);
      this.connection.send({ id, result: null, error: describe(error) });
    }
  }

  /** Runs `action` so that the client can give it up. Throws `cancelled` if it did. */
  private supervised(number: number, action: () => void): void {
    const { supervisor } = this.host;
    if (supervisor === undefined) return action();
    const recover = this.session.remember();
    const request = number % LARGEST_SEQUENCE;
    if (supervisor.run({ connection: this.connection.number, request }, action) !== undefined) return undefined;
    recover();
    throw cancelled();
  }

  private reply(id: unknown, request: Request): void {
    const { connection, session } = this;
    const { method, params } = request;
    if (!connection.authorised)
      throw new DebugError('this server wants a token: give it before anything else', { code: 'usage' });
    if (typeof method !== 'string') throw new DebugError('the request names no method', { code: 'usage' });
    const { name, run } = methodNamed(method);
    if (!Array.isArray(params))
      throw new DebugError('the request has no params, which are a list of one object', { code: 'usage' });
    const send = (result: unknown): void => connection.send({ id, result, error: null });
    const result = run(session, new Fields(params[0], name), send);
    if (result !== undefined) send(result);
    if (session.detached) this.host.detach();
  }
}

function methodNamed(method: string): { readonly name: string; readonly run: Method } {
  for (const [prefix, methods] of TABLES) {
    const name = method.slice(prefix.length);
    const run = method.startsWith(prefix) && Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (run !== undefined) return { name, run };
  }
  throw new DebugError(`unknown method: ${method}`, { code: 'usage' });
}

function cancelled(): DebugError {
  return new DebugError('cancelled', { code: 'cancelled' });
}

/** Undefined for what is not JSON. */
function parseObject(text: string): Request | undefined {
  try {
    return JSON.parse(text) as Request;
  } catch {
    return undefined;
  }
}

/** What a client is told; its user reads one line. */
function describe(error: unknown): string {
  if (!isDebugError(error))
    return `sorry, this is a bug in inquest: ${error instanceof Error ? error.message : String(error)}`;
  const { hint } = error.detail;
  return hint === undefined ? error.message : `${error.message} (${hint})`;
}
