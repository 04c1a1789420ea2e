const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** UTF-8. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

/** UTF-8; what is none becomes U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

const NOTHING = new Uint8Array(0);

/** Bytes that come in pieces, kept as one: pieces of a byte each take no more than a byte each. */
export class Gathered {
  private bytes = NOTHING;
  length = 0;

  /** Copies the bytes. */
  add(bytes: Uint8Array): void {
    const needed = this.length + bytes.length;
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    this.bytes.set(bytes, this.length);
    this.length = needed;
  }

  /** All of them, which are then forgotten. */
  take(): Uint8Array {
    const all = this.bytes.subarray(0, this.length);
    this.bytes = NOTHING;
    this.length = 0;
    return all;
  }
}
