import { quoteGo } from '../base/quote.ts';
import { decodeRune } from '../base/text.ts';

/** Quotes bytes, given in hex, as a Go string literal: what is no UTF-8 as `\xff` (strconv.Quote). `end` is put behind them. */
export function quoteBytes(hex: string, end = ''): string {
  const bytes = Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16));
  let out = '"';
  let plain = '';
  const flush = (): void => {
    out += quoteGo(plain).slice(1, -1);
    plain = '';
  };
  for (let at = 0; at < bytes.length;) {
    const [point, size] = decodeRune(bytes, at);
    if (point === 0xfffd && size === 1) {
      flush();
      out += `\\x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`;
    } else plain += String.fromCodePoint(point);
    at += size;
  }
  plain += end;
  flush();
  return `${out}"`;
}
