import { DebugError } from '../base/errors.ts';

/** A place of the program as a user writes it, before anything is looked up. */
export type LocationSpec =
  /** `*expr`: the address that an expression gives. */
  | { readonly kind: 'address'; readonly expression: string }
  /** `42`: a line of the selected frame's file. */
  | { readonly kind: 'line'; readonly line: number }
  /** `+3`, `-3`: counted from the selected frame's line. */
  | { readonly kind: 'offset'; readonly offset: number }
  /** `/regex/`: functions by a regular expression. */
  | { readonly kind: 'regex'; readonly pattern: string }
  /** `file:line`, `func`, `func:line`: which of them, the program's names tell. Undefined `line`: none was given. */
  | { readonly kind: 'name'; readonly name: string; readonly line: number | undefined };

/** Understands a location specifier. Throws `syntax` with the position of what is wrong. */
export function parseLocation(text: string): LocationSpec {
  const spec = text.trim();
  const first = spec.charAt(0);
  if (first === '') throw malformed('the location is empty', 0);
  if (first === '*') {
    const expression = spec.slice(1).trim();
    if (expression === '') throw malformed('an expression must follow *', 1);
    return { kind: 'address', expression };
  }
  if (first === '+' || first === '-') {
    if (!/^[+-]\d+$/.test(spec)) throw malformed(`a number of lines must follow ${first}`, 1);
    return { kind: 'offset', offset: lineNumber(spec, 0) };
  }
  if (first === '/' && spec.length > 2 && spec.endsWith('/')) return { kind: 'regex', pattern: spec.slice(1, -1) };
  if (/^\d+$/.test(spec)) return { kind: 'line', line: lineNumber(spec, 0) };
  return nameAndLine(spec);
}

/** Splits off `:line`. Colons in names are the linker's (`type:.eq.T`, `go:struct {}`): what follows those is no number. */
function nameAndLine(spec: string): LocationSpec {
  const colon = spec.lastIndexOf(':');
  if (colon <= 0) return { kind: 'name', name: spec, line: undefined };
  const name = spec.slice(0, colon);
  const digits = spec.slice(colon + 1);
  if (/^\d+$/.test(digits)) return { kind: 'name', name, line: lineNumber(digits, colon + 1) };
  if (/^(?:type|go)$/.test(name)) return { kind: 'name', name: spec, line: undefined };
  throw malformed(digits === '' ? 'a line must follow the colon' : `a line is a number, not ${digits}`, colon + 1);
}

function lineNumber(digits: string, position: number): number {
  const number = Number(digits);
  if (!Number.isSafeInteger(number) || Math.abs(number) > 0x7fff_ffff) {
    throw malformed(`there is no line ${digits}`, position);
  }
  return number;
}

function malformed(message: string, position: number): DebugError {
  return new DebugError(message, {
    code: 'syntax',
    position,
    hint: 'a location is file:line, line, +n, -n, function, function:line, /regex/ or *expression',
  });
}
