/** Lines of a text, or of a part of it, without what a terminal or a log put around them. */
export interface LogLines {
  readonly texts: readonly string[];
  /** The line of the text that each is from, counted from 1; undefined where they are all lines of the text. */
  readonly numbers: readonly number[] | undefined;
}

/** Escape sequences that colour a terminal or set its title (ECMA-48). */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const ESCAPES = /\x1b(?:\[[0-9;:?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-B])/g;

/** A text without colours. */
export function withoutColours(text: string): string {
  return text.includes('\x1b') ? text.replace(ESCAPES, '') : text;
}

/** The lines of a text, without colours. */
export function splitLines(text: string): LogLines {
  return {
    texts: withoutColours(text)
      .replace(/^\ufeff/, '')
      .split(/\r?\n/),
    numbers: undefined,
  };
}

/** The number in the text of line `index`. */
export function numberOf({ numbers }: LogLines, index: number): number {
  return numbers?.[index] ?? index + 1;
}

/** Collects lines into streams by a key, such as the process that they are of. */
export class Streams {
  private readonly streams = new Map<string, { readonly texts: string[]; readonly numbers: number[] }>();

  add(key: string, text: string, number: number): void {
    let stream = this.streams.get(key);
    if (stream === undefined) {
      stream = { texts: [], numbers: [] };
      this.streams.set(key, stream);
    }
    stream.texts.push(text);
    stream.numbers.push(number);
  }

  get all(): readonly LogLines[] {
    return [...this.streams.values()];
  }
}
