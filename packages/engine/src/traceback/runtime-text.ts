import { encodeUtf8 } from '../base/text.ts';

/** Collects what the runtime would write to standard error: bytes, because strings of a program need not be UTF-8. */
export class RuntimeText {
  private readonly chunks: Uint8Array[] = [];
  private size = 0;

  /** Appends texts of our own. */
  print(...texts: readonly string[]): void {
    for (const text of texts) this.printBytes(encodeUtf8(text));
  }

  /** Appends bytes of the program as they are. */
  printBytes(bytes: Uint8Array): void {
    this.chunks.push(bytes);
    this.size += bytes.length;
  }

  /** Appends a string of the program as the runtime prints panic values since Go 1.23: continued lines begin with a tab. */
  printIndented(bytes: Uint8Array): void {
    let start = 0;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, start)) {
      this.printBytes(bytes.subarray(start, at + 1));
      this.print('\t');
      start = at + 1;
    }
    this.printBytes(bytes.subarray(start));
  }

  /** Bytes written so far. */
  get length(): number {
    return this.size;
  }

  /** Everything, in one piece. */
  bytes(): Uint8Array {
    const all = new Uint8Array(this.size);
    let at = 0;
    for (const chunk of this.chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }
}

const NEWLINE = 0x0a;
