export { type DebugHost, type HostedCore, type OpenRequest, type Prompt, type PromptAnswer } from './dap/host.ts';
export { debugAdapterProtocol } from './dap/protocol.ts';
export { type ByteStream, type StreamEvents } from './transport/byte-stream.ts';
export { beginsWithContentLength, ContentLengthDecoder, encodeContentLength } from './transport/content-length.ts';
export { tokenLine } from './transport/greeting.ts';
export { JsonValueDecoder } from './transport/json-values.ts';
export { LIMITS, type Limits } from './transport/limits.ts';
export { type ClientHandler, type Connection, type MessageDecoder, type Protocol } from './transport/protocol.ts';
export { StreamServer, type StreamServerOptions } from './transport/stream-server.ts';
