import { beginsWithContentLength, ContentLengthDecoder, encodeContentLength } from '../transport/content-length.ts';
import type { Protocol } from '../transport/protocol.ts';
import { Dispatcher } from './dispatcher.ts';
import type { DebugHost } from './host.ts';

/** The Debug Adapter Protocol (microsoft.github.io/debug-adapter-protocol), for a stream server. */
export function debugAdapterProtocol(host: DebugHost): Protocol {
  return {
    name: 'the Debug Adapter Protocol',
    recognises: beginsWithContentLength,
    createDecoder: (limit) => new ContentLengthDecoder(limit),
    encode: encodeContentLength,
    serve: (connection) => new Dispatcher(host, connection),
  };
}
