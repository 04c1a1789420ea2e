import { counters } from './counters.ts';

const CHUNK = 4096;

let decodeLong: ((bytes: Uint8Array) => string) | undefined;

/** Lends a way to decode many bytes as ISO 8859-1 that is quicker than what the engine can do; hosts have one. */
export function lendLatin1(decode: (bytes: Uint8Array) => string): void {
  decodeLong = decode;
}

/** Decodes bytes as ISO 8859-1: one character per byte. Right for names that are ASCII. */
export function decodeLatin1(bytes: Uint8Array): string {
  if (bytes.length <= CHUNK) return String.fromCharCode.apply(undefined, bytes as unknown as number[]);
  if (decodeLong !== undefined) return decodeLong(bytes);
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode.apply(undefined, bytes.subarray(at, at + CHUNK) as unknown as number[]);
  }
  return text;
}

/** True when every byte is below 0x80. */
export function isAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] as number) >= 0x80) return false;
  return true;
}

/**
 * Decodes UTF-8 as Go does: each byte that is not part of a valid sequence becomes U+FFFD.
 * (The engine may not use TextDecoder, a host object.)
 */
export function decodeUtf8(bytes: Uint8Array): string {
  counters.stringsDecoded++;
  if (isAscii(bytes)) return decodeLatin1(bytes);
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const [point, size] = decodeRune(bytes, at);
    text += String.fromCodePoint(point);
    at += size;
  }
  return text;
}

/** Decodes one UTF-8 sequence at `at`: [code point, bytes used]; an invalid byte gives [0xfffd, 1]. */
export function decodeRune(bytes: Uint8Array, at: number): [number, number] {
  const b0 = bytes[at] ?? 0;
  if (b0 < 0x80) return [b0, 1];
  const bad: [number, number] = [0xfffd, 1];
  const more = b0 >= 0xf0 ? 3 : b0 >= 0xe0 ? 2 : 1;
  if (b0 < 0xc2 || b0 > 0xf4 || at + more >= bytes.length) return bad;
  let point = b0 & (0x3f >> more);
  for (let i = 1; i <= more; i++) {
    const b = bytes[at + i] as number;
    if ((b & 0xc0) !== 0x80) return bad;
    point = (point << 6) | (b & 0x3f);
  }
  const least = more === 1 ? 0x80 : more === 2 ? 0x800 : 0x10000;
  if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return bad;
  return [point, more + 1];
}

/** Encodes text as UTF-8 bytes. */
export function encodeUtf8(text: string): Uint8Array {
  const out: number[] = [];
  for (const char of text) {
    const point = char.codePointAt(0) as number;
    if (point < 0x80) out.push(point);
    else if (point < 0x800) out.push(0xc0 | (point >> 6), 0x80 | (point & 0x3f));
    else if (point < 0x10000) out.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
    else
      out.push(
        0xf0 | (point >> 18),
        0x80 | ((point >> 12) & 0x3f),
        0x80 | ((point >> 6) & 0x3f),
        0x80 | (point & 0x3f),
      );
  }
  return Uint8Array.from(out);
}

/** `12,345`. What JavaScript has for it loads the tables of all languages first, which takes 25 ms. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A regular expression, of JavaScript and of Go, that matches this text alone. */
export function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
