/** Stands for what was between the quotes of a literal. */
const MASK = '…';

/** What a character of source belongs to. */
type State = 'code' | 'comment' | 'string' | 'raw' | 'rune';

/** Lines of Go source (or C) without what is in string literals and comments; those over several lines are followed. */
export function maskLiterals(lines: readonly string[]): string[] {
  let state: State = 'code';
  return lines.map((line) => {
    const masked = maskLine(line, state);
    state = masked.state;
    return masked.text;
  });
}

function maskLine(line: string, before: State): { readonly text: string; readonly state: State } {
  let state = before;
  let text = state === 'code' ? '' : MASK;
  let i = 0;
  while (i < line.length) {
    const char = line[i] ?? '';
    const two = line.slice(i, i + 2);
    if (state === 'code') {
      if (two === '//') return { text: `${text}// ${MASK}`, state };
      state = two === '/*' ? 'comment' : opened(char);
      text += state === 'comment' ? two : char;
      if (state === 'comment') i++;
      if (state !== 'code' && state !== 'rune') text += MASK;
    } else if (state === 'comment') {
      if (two === '*/') [state, i, text] = ['code', i + 1, text + two];
    } else if (state === 'rune') {
      text += char === '\\' ? two : char;
      if (char === '\\') i++;
      else if (char === "'") state = 'code';
    } else if (state === 'string' && char === '\\') i++;
    else if (char === (state === 'string' ? '"' : '`')) [state, text] = ['code', text + char];
    i++;
  }
  // Only comments and raw strings go on behind the line.
  return { text, state: state === 'comment' || state === 'raw' ? state : 'code' };
}

function opened(char: string): State {
  if (char === '"') return 'string';
  if (char === '`') return 'raw';
  return char === "'" ? 'rune' : 'code';
}
