import { encodeText } from '../transport/bytes.ts';
import { beginsWithObject, JsonValueDecoder } from '../transport/json-values.ts';
import type { Protocol } from '../transport/protocol.ts';
import { RpcClient } from './rpc-client.ts';
import type { RpcHost } from './rpc-host.ts';

/** Delve's JSON-RPC, version 2 of its API: JSON-RPC 1.0, one object after the other, as Go's net/rpc/jsonrpc has it. */
export function rpcProtocol(host: RpcHost): Protocol {
  return {
    name: "Delve's JSON-RPC",
    recognises: beginsWithObject,
    createDecoder: (limit) => new JsonValueDecoder(limit),
    encode: (text) => encodeText(`${text}\n`),
    serve: (connection) => new RpcClient(connection, host),
  };
}
