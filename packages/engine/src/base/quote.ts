/** Characters with escapes of their own in Go string literals. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

/** Not printable: control, format, surrogate, private and unassigned characters, and separators but the space. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/u;

/** Quotes text as a Go string literal (strconv.Quote), so that nothing in it can control a terminal. */
export function quoteGo(text: string): string {
  let out = '"';
  for (const char of text) {
    const escape = ESCAPES[char];
    if (escape !== undefined) out += escape;
    else if (UNPRINTABLE.test(char)) out += escapePoint(char.codePointAt(0) as number);
    else out += char;
  }
  return `${out}"`;
}

function escapePoint(point: number): string {
  if (point < 0x80) return `\\x${point.toString(16).padStart(2, '0')}`;
  if (point < 0x10000) return `\\u${point.toString(16).padStart(4, '0')}`;
  return `\\U${point.toString(16).padStart(8, '0')}`;
}

/** Removes what could control a terminal from a name that is shown bare. */
export function printable(text: string): string {
  return UNPRINTABLE.test(text) ? text.replace(new RegExp(UNPRINTABLE.source, 'gu'), '\ufffd') : text;
}
