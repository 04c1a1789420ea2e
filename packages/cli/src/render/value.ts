import type { ValueTree, VariableResult } from '@inquest/engine';
import { formatValue } from '@inquest/engine';
import { sanitize } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';

/** A value in one line, as Delve's `locals` shows it. */
export function valueLine(value: ValueTree): string {
  return sanitize(formatValue(value, { multiline: false }));
}

/**
 * A value as Delve's `print` shows it: nested values on lines of their own, indented with tabs as there, since users compare the
 * two. A pointer has its address on a line before.
 */
export function valueLines(value: ValueTree): string[] {
  const lines = formatValue(value, { multiline: true, pointerAddress: true }).split('\n');
  return lines.map((line) => {
    const text = line.replace(/^\t+/, '');
    return line.slice(0, line.length - text.length) + sanitize(text);
  });
}

/** Why there is no value. */
export function absence(variable: VariableResult): string {
  return `(not available: ${sanitize(variable.absent ?? 'unknown')})`;
}

/** `name = value`, with what is to be said about the value behind it. */
export function variableLine(variable: VariableResult, style: Style): string {
  const name = shownName(variable);
  if (variable.value === undefined) return `${name} = ${style.paint.dim(absence(variable))}`;
  return `${name} = ${valueLine(variable.value)}${staleNote(variable, style)}`;
}

/** The same over several lines where the value is nested. */
export function variableLines(variable: VariableResult, style: Style): string[] {
  if (variable.value === undefined) return [variableLine(variable, style)];
  const [first = '', ...more] = valueLines(variable.value);
  const lines = [`${shownName(variable)} = ${first}`, ...more];
  return [...lines.slice(0, -1), `${lines.at(-1) ?? ''}${staleNote(variable, style)}`];
}

/** A name that an inner variable hides is in parentheses, as in Delve. */
function shownName(variable: VariableResult): string {
  const plain = sanitize(variable.name);
  return variable.shadowed ? `(${plain})` : plain;
}

function staleNote(variable: VariableResult, style: Style): string {
  return variable.stale === undefined ? '' : `  ${style.paint.yellow(`(may be stale: ${sanitize(variable.stale)})`)}`;
}
