import { DebugError } from '@inquest/engine';

/** What a configuration file can hold. Text is not yet numbers or booleans: its reader knows what a key wants. */
export type YamlValue = string | undefined | readonly YamlValue[] | { readonly [key: string]: YamlValue };

/** A line that is not empty, without its comment. */
interface Line {
  readonly number: number;
  readonly indent: number;
  readonly text: string;
}

/** Nothing that people write by hand is deeper. */
const DEEPEST = 20;

/**
 * Reads the part of YAML that configuration files use: maps and lists by indentation or in one line, plain and quoted
 * text, comments. Throws a `syntax` error that names the line for everything else (anchors, tags, text over several lines).
 */
export function parseYaml(text: string, name: string): YamlValue {
  const lines: Line[] = [];
  text.split(/\r?\n/).forEach((raw, i) => {
    const bare = stripComment(raw).trimEnd();
    if (bare.trim() === '' || bare === '---' || bare === '...') return;
    const indent = bare.length - bare.trimStart().length;
    lines.push({ number: i + 1, indent, text: bare.trim() });
  });
  const reader = new Reader(lines, name);
  return reader.document();
}

class Reader {
  private at = 0;
  private readonly lines: readonly Line[];
  private readonly name: string;

  constructor(lines: readonly Line[], name: string) {
    this.lines = lines;
    this.name = name;
  }

  document(): YamlValue {
    const first = this.lines[0];
    if (first === undefined) return undefined;
    const value = this.block(first.indent, 0);
    const rest = this.lines[this.at];
    if (rest !== undefined) throw this.wrong(rest, 'the indentation is not understood');
    return value;
  }

  /** The map or list whose lines are indented by `indent`. */
  private block(indent: number, depth: number): YamlValue {
    const first = this.lines[this.at];
    if (first === undefined || depth > DEEPEST) throw this.wrong(first, 'it is nested too deep');
    if (isItem(first.text)) return this.list(indent, depth);
    if (colonIn(first.text) < 0) {
      this.at++;
      return this.inline(first, first.text);
    }
    const out: Record<string, YamlValue> = Object.create(null) as Record<string, YamlValue>;
    for (let line = this.lines[this.at]; line !== undefined && line.indent === indent; line = this.lines[this.at]) {
      const colon = colonIn(line.text);
      if (colon < 0 || isItem(line.text)) throw this.wrong(line, 'it is not of the form key: value');
      const key = this.scalar(line, line.text.slice(0, colon).trim()) ?? '';
      if (key in out) throw this.wrong(line, `${key} is there twice`);
      out[key] = this.valueBehind(line, line.text.slice(colon + 1).trim(), indent, depth);
    }
    return out;
  }

  /** What follows a colon or a dash: in the same line, or the indented lines below it. */
  private valueBehind(line: Line, text: string, indent: number, depth: number): YamlValue {
    this.at++;
    if (text !== '') return this.inline(line, text);
    const next = this.lines[this.at];
    // A list may stand at the column of its key.
    if (next === undefined || next.indent < indent || (next.indent === indent && !isItem(next.text))) return undefined;
    if (next.indent === indent && isItem(line.text)) return undefined;
    return this.block(next.indent, depth + 1);
  }

  private list(indent: number, depth: number): YamlValue {
    const out: YamlValue[] = [];
    for (let line = this.lines[this.at]; line !== undefined && line.indent === indent; line = this.lines[this.at]) {
      if (!isItem(line.text)) break;
      const text = line.text.slice(1).trim();
      if (colonIn(text) > 0 && !/^[[{"']/.test(text)) {
        // A map begins in the item's own line: read it as if it stood in lines of its own.
        const inner = indent + line.text.length - text.length;
        (this.lines as Line[])[this.at] = { number: line.number, indent: inner, text };
        out.push(this.block(inner, depth + 1));
      } else {
        out.push(this.valueBehind(line, text, indent, depth));
      }
    }
    return out;
  }

  private inline(line: Line, text: string): YamlValue {
    if (!/^[[{]/.test(text)) return this.scalar(line, text);
    const flow = new Flow(text, (problem) => this.wrong(line, problem));
    return flow.whole();
  }

  private scalar(line: Line, text: string): string | undefined {
    return parseScalar(text, (problem) => this.wrong(line, problem));
  }

  private wrong(line: Line | undefined, problem: string): DebugError {
    const place = line === undefined ? this.name : `${this.name}:${line.number}`;
    return new DebugError(`${place}: ${problem}`, { code: 'syntax' });
  }
}

/** Lists and maps in one line: `[a, "b"]`, `{from: /x, to: /y}`. */
class Flow {
  private at = 0;
  private readonly text: string;
  private readonly wrong: (problem: string) => DebugError;

  constructor(text: string, wrong: (problem: string) => DebugError) {
    this.text = text;
    this.wrong = wrong;
  }

  whole(): YamlValue {
    const value = this.value(0);
    if (this.text.slice(this.at).trim() !== '') throw this.wrong('more follows behind the closing bracket');
    return value;
  }

  private value(depth: number): YamlValue {
    if (depth > DEEPEST) throw this.wrong('it is nested too deep');
    this.skipSpaces();
    const open = this.text.charAt(this.at);
    if (open === '[') return this.members(']', () => this.value(depth + 1));
    if (open !== '{') return parseScalar(this.word(), this.wrong);
    const out: Record<string, YamlValue> = Object.create(null) as Record<string, YamlValue>;
    this.members('}', () => {
      const key = parseScalar(this.word(), this.wrong) ?? '';
      if (this.text.charAt(this.at) !== ':') throw this.wrong('a colon is missing behind a key');
      this.at++;
      out[key] = this.value(depth + 1);
    });
    return out;
  }

  private members<T>(close: string, read: () => T): T[] {
    const out: T[] = [];
    this.at++;
    for (;;) {
      this.skipSpaces();
      if (this.text.charAt(this.at) === close) break;
      out.push(read());
      this.skipSpaces();
      if (this.text.charAt(this.at) === ',') this.at++;
      else if (this.text.charAt(this.at) !== close) throw this.wrong(`${close} is missing`);
    }
    this.at++;
    return out;
  }

  /** Text up to what ends it; quotes are kept. */
  private word(): string {
    this.skipSpaces();
    const rest = this.text.slice(this.at);
    const match = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?:[^,\]}{[:]|:(?![\s,\]}]))*)/.exec(rest);
    this.at += match?.[0].length ?? 0;
    this.skipSpaces();
    return (match?.[0] ?? '').trim();
  }

  private skipSpaces(): void {
    while (this.text.charAt(this.at) === ' ' || this.text.charAt(this.at) === '\t') this.at++;
  }
}

const isItem = (text: string): boolean => text === '-' || text.startsWith('- ');

/** Where the colon behind a key is; negative if the text has none. */
function colonIn(text: string): number {
  const quoted = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*(?=:(?:\s|$))/.exec(text);
  if (quoted !== null) return quoted[0].length;
  return /^["'[{]/.test(text) ? -1 : text.search(/:(?:\s|$)/);
}

/** Cuts off `# …` at the start or behind a space, outside of quotes. */
function stripComment(line: string): string {
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i);
    if (quote === '"' && char === '\\') i++;
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if ((char === '"' || char === "'") && /(^|[\s[{,:-])$/.test(line.slice(0, i))) quote = char;
    else if (char === '#' && (i === 0 || /\s/.test(line.charAt(i - 1)))) return line.slice(0, i);
  }
  return line;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', e: '\u001b', '0': '\0', a: '\u0007' };

function parseScalar(text: string, wrong: (problem: string) => DebugError): string | undefined {
  if (text === '' || text === '~' || text === 'null') return undefined;
  if (text.startsWith("'")) {
    if (!/^'(?:[^']|'')*'$/.test(text)) throw wrong('a quote is missing');
    return text.slice(1, -1).replaceAll("''", "'");
  }
  if (text.startsWith('"')) {
    if (!/^"(?:[^"\\]|\\.)*"$/.test(text)) throw wrong('a quote is missing');
    return text
      .slice(1, -1)
      .replace(
        /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))/g,
        (_all, byte?: string, unit?: string, char?: string) => {
          const code = byte ?? unit;
          return code === undefined ? (ESCAPES[char ?? ''] ?? char ?? '') : String.fromCharCode(parseInt(code, 16));
        },
      );
  }
  if (/^([&*!|>%@`]|-\s)/.test(text)) throw wrong(`${text.charAt(0)} is not understood here; quote the text`);
  return text;
}

/** Text as a value in a YAML file, quoted where it must be. */
export function formatScalar(value: string | number | boolean): string {
  const text = String(value);
  if (typeof value !== 'string') return text;
  const plain =
    /^[A-Za-z0-9_./~$-][A-Za-z0-9_./~$@+ -]*$/.test(text) && !/\s$|^-(\s|$)|^(~|null|true|false)$/.test(text);
  return plain ? text : JSON.stringify(text);
}
