import { badData, DebugError } from '@inquest/engine';
import { decodeText, Gathered } from './bytes.ts';
import type { MessageDecoder } from './protocol.ts';

const BYTE = { quote: 0x22, backslash: 0x5c, open: 0x7b, close: 0x7d, openList: 0x5b, closeList: 0x5d } as const;

/** Lists and objects in each other that a message may have: going through more takes more stack than there is. */
const DEEPEST = 1000;

/** True if JSON objects begin so; undefined if more bytes are needed to tell. */
export function beginsWithObject(head: Uint8Array): boolean | undefined {
  const first = head.find((byte) => !isSpace(byte));
  return first === undefined ? undefined : first === BYTE.open;
}

/** JSON objects one after the other, with or without white space between them, as Go's net/rpc/jsonrpc sends them. */
export class JsonValueDecoder implements MessageDecoder {
  private readonly limit: number;
  private readonly gathered = new Gathered();
  private depth = 0;
  private inString = false;
  private escaped = false;

  constructor(limit: number) {
    this.limit = limit;
  }

  get buffered(): number {
    return this.gathered.length;
  }

  push(bytes: Uint8Array, deliver: (text: string) => void): void {
    let start = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (this.depth === 0) {
        start = i;
        if (isSpace(byte)) continue;
        if (byte !== BYTE.open) throw badData('a message does not begin with {');
      }
      if (!this.endsAt(byte)) continue;
      this.keep(bytes.subarray(start, i + 1));
      deliver(decodeText(this.gathered.take()));
    }
    if (this.depth > 0) this.keep(bytes.subarray(start));
  }

  private keep(bytes: Uint8Array): void {
    if (this.gathered.length + bytes.length > this.limit) {
      throw new DebugError(`a message of more than ${this.limit} bytes is refused`, { code: 'limit' });
    }
    this.gathered.add(bytes);
  }

  private deepen(): void {
    if (++this.depth > DEEPEST)
      throw new DebugError(`a message with more than ${DEEPEST} levels is refused`, { code: 'limit' });
  }

  /** Follows the structure; true if `byte` closes the object. What is not JSON is found by the parser later. */
  private endsAt(byte: number): boolean {
    if (this.inString) {
      if (this.escaped) this.escaped = false;
      else if (byte === BYTE.backslash) this.escaped = true;
      else if (byte === BYTE.quote) this.inString = false;
      return false;
    }
    if (byte === BYTE.quote) this.inString = true;
    else if (byte === BYTE.open || byte === BYTE.openList) this.deepen();
    else if (byte === BYTE.close || byte === BYTE.closeList) return --this.depth === 0;
    return false;
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
