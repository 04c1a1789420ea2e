import { lastAtMost } from './ranges.ts';
import { decodeLatin1, decodeUtf8, encodeUtf8 } from './text.ts';

const NOT_ASCII = /[\u0080-\u00ff]/;

/** Zero-terminated names, one behind the other, as strings: made of all together, which is quicker than of one after the other. */
export class NamePool {
  private readonly bytes: Uint8Array;
  private readonly text: string;
  private readonly isPlain: boolean;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.text = decodeLatin1(bytes);
    this.isPlain = !NOT_ASCII.test(this.text);
  }

  /** In bytes. */
  get size(): number {
    return this.bytes.length;
  }

  /** The name that begins at an offset, up to a zero or the end. */
  at(offset: number): string {
    const zero = this.text.indexOf('\0', offset);
    const end = zero < 0 ? this.text.length : zero;
    const name = this.text.slice(offset, end);
    return this.isPlain || !NOT_ASCII.test(name) ? name : decodeUtf8(this.bytes.subarray(offset, end));
  }

  /** Tells of the offset of a name whether the name has that text in it; the text is looked for once. */
  finder(part: string): (offset: number) => boolean {
    const { text } = this;
    const wanted = decodeLatin1(encodeUtf8(part));
    const starts: number[] = [];
    const lasts: number[] = [];
    for (let at = text.indexOf(wanted); at >= 0;) {
      const zero = text.indexOf('\0', at);
      const end = zero < 0 ? text.length : zero;
      starts.push(text.lastIndexOf('\0', at) + 1);
      lasts.push(text.lastIndexOf(wanted, end - wanted.length));
      at = text.indexOf(wanted, end + 1);
    }
    let hit = -1;
    return (offset) => {
      // Mostly they are asked for one behind the other.
      const isSame = (starts[hit] ?? -1) <= offset && offset < (starts[hit + 1] ?? Infinity);
      if (!isSame) hit = lastAtMost(starts, offset);
      return hit >= 0 && offset <= (lasts[hit] as number);
    };
  }

  /** Length of the longest name in UTF-8. */
  get longest(): number {
    let longest = 0;
    for (let at = 0; at < this.text.length;) {
      const zero = this.text.indexOf('\0', at);
      const end = zero < 0 ? this.text.length : zero;
      longest = Math.max(longest, end - at);
      at = end + 1;
    }
    return longest;
  }
}
