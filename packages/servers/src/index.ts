export {
  type DebugHost,
  type HostedCore,
  type LineAnswer,
  type OpenRequest,
  type Prompt,
  type PromptAnswer,
  type Terminal,
} from './dap/host.ts';
export { RequestWatch } from './dap/request-watch.ts';
export { Supervision, type RunningRequest, type Supervisor } from './dap/supervision.ts';
export { debugAdapterProtocol } from './dap/protocol.ts';
export { type ByteStream, type StreamEvents } from './transport/byte-stream.ts';
export { beginsWithContentLength, ContentLengthDecoder, encodeContentLength } from './transport/content-length.ts';
export { tokenLine } from './transport/greeting.ts';
export { JsonValueDecoder } from './transport/json-values.ts';
export { LIMITS, type Limits } from './transport/limits.ts';
export { type ClientHandler, type Connection, type MessageDecoder, type Protocol } from './transport/protocol.ts';
export { StreamServer, type StreamServerOptions } from './transport/stream-server.ts';
export { rpcProtocol } from './rpc/protocol.ts';
export type { RpcHost } from './rpc/rpc-host.ts';
export { treeOfDelve, type DelveValue, type WireAddress } from './rpc/value-tree.ts';
export { GOROUTINE_FIELDS } from './rpc/goroutines.ts';
export {
  FLAG,
  type DelveFrame,
  type DelveGoroutine,
  type DelveGroup,
  type DelveInstruction,
  type DelveLocation,
  type DelveRegister,
  type DelveState,
  type DelveThread,
  type DelveVariable,
} from './rpc/api.ts';
