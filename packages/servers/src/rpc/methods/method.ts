import type { Fields } from '../parameters.ts';
import type { RpcSession } from '../rpc-session.ts';

/**
 * Answers a request; undefined if `send` is to be called later. Throws a `DebugError` with the words that the client's user
 * sees.
 */
export type Method = (client: RpcSession, parameters: Fields, send: (result: unknown) => void) => unknown;

/** Methods by their names, without `RPCServer.`. */
export type Methods = Readonly<Record<string, Method>>;
