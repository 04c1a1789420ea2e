import type { ValueTree, VariableResult } from '@inquest/engine';
import { formatValue } from '@inquest/engine';
import { sanitize, sanitizeLines } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';

/** A value in one line, as Delve's `locals` shows it. */
export function valueLine(value: ValueTree): string {
  return sanitize(formatValue(value, { multiline: false }));
}

/** A value as Delve's `print` shows it: nested values on lines of their own. */
export function valueLines(value: ValueTree): string[] {
  return sanitizeLines(formatValue(value, { multiline: true }));
}

/** Why there is no value. */
export function absence(variable: VariableResult): string {
  return `(not available: ${sanitize(variable.absent ?? 'unknown')})`;
}

/** `name = value`, with what is to be said about the value behind it. */
export function variableLine(variable: VariableResult, style: Style): string {
  const { paint } = style;
  const plain = sanitize(variable.name);
  const name = variable.shadowed ? `(${plain})` : plain;
  if (variable.value === undefined) return `${name} = ${paint.dim(absence(variable))}`;
  const stale = variable.stale === undefined ? '' : `  ${paint.yellow(`(may be stale: ${sanitize(variable.stale)})`)}`;
  return `${name} = ${valueLine(variable.value)}${stale}`;
}
