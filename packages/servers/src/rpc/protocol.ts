import { encodeText } from '../transport/bytes.ts';
import { JsonValueDecoder } from '../transport/json-values.ts';
import type { Protocol } from '../transport/protocol.ts';
import { RpcClient } from './rpc-client.ts';
import type { RpcHost } from './rpc-host.ts';

const OPEN_BRACE = 0x7b;
const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Delve's JSON-RPC, version 2 of its API: JSON-RPC 1.0, one object after the other, as Go's net/rpc/jsonrpc has it. */
export function rpcProtocol(host: RpcHost): Protocol {
  return {
    name: "Delve's JSON-RPC",
    recognises(head) {
      const first = head.find((byte) => !SPACES.has(byte));
      return first === undefined ? undefined : first === OPEN_BRACE;
    },
    createDecoder: (limit) => new JsonValueDecoder(limit),
    encode: (text) => encodeText(`${text}\n`),
    serve: (connection) => new RpcClient(connection, host),
  };
}
