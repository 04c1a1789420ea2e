import { quoteGo } from '../../base/quote.ts';

/** Shorter contents of variables are not looked for in sentences: they would be found in every second word. */
const SHORTEST = 8;
/** The same of panics, labels and arguments. */
const SHORTEST_SURE = 4;
/** Most contents that are looked for. */
const MOST = 20_000;
/** What stands for contents. */
export const HIDDEN = '(redacted)';
/** Lists of numbers, which may be bytes. */
const NUMBERS = /\[-?\d+(?:,\s*-?\d+)+[^\]]*\]|(len: \d+, cap: \d+, )\[[^\]]*\]/g;
/** Something in quotes, as values are written into sentences. */
const QUOTED = /"(?:[^"\\]|\\.)*"/g;

/** Contents that were hidden, to be found again where they stand in sentences. */
export class Secrets {
  private readonly texts = new Set<string>();
  private sorted: readonly string[] | undefined;

  /** `sure` says that it is likely to stand in a sentence. */
  add(text: string, sure = false): void {
    for (const line of [text, ...text.split('\n')]) {
      if (line.length < (sure ? SHORTEST_SURE : SHORTEST) || this.texts.size >= MOST) continue;
      this.texts.add(line);
      this.texts.add(quoteGo(line).slice(1, -1));
    }
  }

  /** A sentence without them; what is in quotes is hidden in any case. */
  clean(text: string): string {
    let out = text.replace(QUOTED, '"…"').replace(NUMBERS, '$1[…]');
    this.sorted ??= [...this.texts].sort((a, b) => b.length - a.length);
    for (const secret of this.sorted) {
      const at = indexOfWords(out, secret);
      // What was shown of the contents may have been cut: nothing behind them is kept.
      if (at >= 0) out = `${out.slice(0, at)}${HIDDEN}`;
    }
    return out;
  }
}

/** Where a text stands in another, not inside of a word. */
function indexOfWords(text: string, part: string): number {
  const isWord = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}_]/u.test(char);
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    const before = isWord(text[at - 1]) && isWord(part[0]);
    const behind = isWord(text[at + part.length]) && isWord(part.at(-1));
    // What was cut may go on behind.
    if (!before && (!behind || part.length >= SHORTEST)) return at;
  }
  return -1;
}
