/** C0 and C1 controls, DEL, and the characters that reorder text on a terminal (Unicode TR 9). */
// eslint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escape(char: string): string {
  const code = char.charCodeAt(0);
  const digits = code.toString(16);
  return SHORT[char] ?? (code < 0x100 ? `\\x${digits.padStart(2, '0')}` : `\\u${digits.padStart(4, '0')}`);
}

/** Text from a core or another file, made safe for one line of a terminal: what would control it is shown escaped. */
export function sanitize(text: string): string {
  return text.replace(UNSAFE, escape);
}

/** The same for text of several lines; its line feeds stay and tabs become spaces. */
export function sanitizeLines(text: string): string[] {
  return text.split('\n').map((line) => sanitize(expandTabs(line)));
}

/** Tab stops every four columns: Go is indented with tabs, and eight columns waste the line. `tab` is shown instead, if set. */
export function expandTabs(line: string, tab = '', stop = 4): string {
  if (!line.includes('\t')) return line;
  if (tab !== '') return line.replaceAll('\t', tab);
  let out = '';
  for (const char of line) out += char === '\t' ? ' '.repeat(stop - (out.length % stop)) : char;
  return out;
}

/** Text of several lines that may hold what a core holds: line feeds and tabs stay, all else that controls a terminal is escaped. */
export function sanitizeText(text: string): string {
  return text.replace(UNSAFE, (char) => (char === '\n' || char === '\t' ? char : escape(char)));
}

// eslint-disable-next-line no-control-regex
const COLOURS = /\u001b\[[0-9;]*m/g;

/** Text of ours as it is without the escape sequences that colour it. */
export function withoutColours(text: string): string {
  return text.replace(COLOURS, '');
}
