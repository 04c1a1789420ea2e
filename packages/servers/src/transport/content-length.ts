import { badData, DebugError } from '@inquest/engine';
import { decodeText, encodeText, Gathered } from './bytes.ts';
import type { MessageDecoder } from './protocol.ts';

/** Headers of one message, with the empty line behind them, in bytes. */
const LONGEST_HEADER = 1024;
const LENGTH = 'content-length';
const [CR, LF] = [13, 10];

/** Messages behind a header with their length, as in the Debug Adapter Protocol ("Base protocol"). */
export class ContentLengthDecoder implements MessageDecoder {
  private readonly limit: number;
  private readonly gathered = new Gathered();
  /** Length of the body that is being read; undefined while the header is. */
  private bodyLength: number | undefined;

  constructor(limit: number) {
    this.limit = limit;
  }

  get buffered(): number {
    return this.gathered.length;
  }

  push(bytes: Uint8Array, deliver: (text: string) => void): void {
    let rest = bytes;
    while (rest.length > 0) {
      if (this.bodyLength === undefined) rest = this.takeHeader(rest);
      else rest = rest.subarray(this.takeBody(rest, this.bodyLength));
      if (this.bodyLength !== undefined && this.gathered.length === this.bodyLength) {
        this.bodyLength = undefined;
        deliver(decodeText(this.gathered.take()));
      }
    }
  }

  private takeBody(bytes: Uint8Array, length: number): number {
    const count = Math.min(bytes.length, length - this.gathered.length);
    this.gathered.add(bytes.subarray(0, count));
    return count;
  }

  /** Returns what follows the header, or nothing while it is not complete. */
  private takeHeader(bytes: Uint8Array): Uint8Array {
    this.gathered.add(bytes);
    const all = this.gathered.take();
    const end = endOfHeader(all);
    if ((end ?? all.length) > LONGEST_HEADER) throw badData(`a header is longer than ${LONGEST_HEADER} bytes`);
    if (end === undefined) {
      this.gathered.add(all);
      return all.subarray(all.length);
    }
    this.bodyLength = this.parseHeader(decodeText(all.subarray(0, end)));
    return all.subarray(end);
  }

  private parseHeader(text: string): number {
    let length: number | undefined;
    for (const line of text.trimEnd().split('\r\n')) {
      const colon = line.indexOf(':');
      const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
      // Others, such as Host and Origin, are sent by what takes this for a server of the web.
      if (name === 'content-type') continue;
      if (name !== LENGTH) throw badData('a header is not that of a message: Content-Length was expected');
      const digits = line.slice(colon + 1).trim();
      if (!/^\d{1,15}$/.test(digits)) throw badData('Content-Length is not a number');
      length = Number(digits);
    }
    if (length === undefined) throw badData('a header has no Content-Length');
    if (length > this.limit) {
      const what = `a message of ${length} bytes is refused: ${this.limit} is the most`;
      throw new DebugError(what, { code: 'limit' });
    }
    return length;
  }
}

/** Where the empty line ends that follows the headers. */
function endOfHeader(bytes: Uint8Array): number | undefined {
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (at >= 3 && bytes[at - 1] === CR && bytes[at - 2] === LF && bytes[at - 3] === CR) return at + 1;
  }
  return undefined;
}

/** A message with its header. */
export function encodeContentLength(text: string): Uint8Array {
  const body = encodeText(text);
  const header = encodeText(`Content-Length: ${body.length}\r\n\r\n`);
  const all = new Uint8Array(header.length + body.length);
  all.set(header);
  all.set(body, header.length);
  return all;
}

const BEGINNING = encodeText('content-length:');

/** True if a stream begins with such a header; undefined if it is too short to tell. */
export function beginsWithContentLength(head: Uint8Array): boolean | undefined {
  const lower = (byte: number): number => (byte >= 65 && byte <= 90 ? byte + 32 : byte);
  for (const [i, byte] of BEGINNING.entries()) {
    const given = head[i];
    if (given === undefined) return undefined;
    if (lower(given) !== byte) return false;
  }
  return true;
}
