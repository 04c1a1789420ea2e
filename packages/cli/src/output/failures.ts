import { isDebugError } from '@inquest/engine';
import { EXIT } from '../exit-codes.ts';
import { sanitize } from './sanitize.ts';

/** Lines for the user about a failure. `expression` is shown with a caret where the error has a position in it. */
export function describeFailure(error: unknown, expression?: string): string[] {
  if (!isDebugError(error)) return describeBug(error);
  const { hint, position } = error.detail;
  const lines = [sanitize(error.message)];
  if (position !== undefined && expression !== undefined && position <= expression.length) {
    lines.push(`  ${sanitize(expression)}`, `  ${' '.repeat(sanitize(expression.slice(0, position)).length)}^`);
  }
  if (hint !== undefined) lines.push(`  ${sanitize(hint)}`);
  return lines;
}

/** The same for the prompt: one line, unless an expression is shown. */
export function describeInPrompt(error: unknown, expression?: string): string[] {
  const lines = describeFailure(error, expression);
  if (!isDebugError(error) || error.detail.hint === undefined) return lines;
  const hint = (lines.pop() ?? '').trim();
  lines[0] = `${lines[0] ?? ''}; ${hint}`;
  return lines;
}

/**
 * What is written about a line that failed: short at the prompt, with `place` (`FILE:LINE`) before it for lines of files.
 */
export function complaintText(
  error: unknown,
  { prompt, place }: { readonly prompt?: boolean; readonly place?: string },
  expression?: string,
): string {
  const where = place === undefined ? '' : `${place}: `;
  if (prompt === true) return `${where}${describeInPrompt(error, expression).join('\n')}\n`;
  const [first = '', ...more] = describeFailure(error, expression);
  return `${[`inquest: ${where}${first}`, ...more].join('\n')}\n`;
}

function describeBug(error: unknown): string[] {
  const message = error instanceof Error ? error.message : String(error);
  const lines = [`sorry, this is a bug in inquest: ${sanitize(message)}`];
  const { INQUEST_DEBUG } = process.env;
  if (INQUEST_DEBUG === undefined || INQUEST_DEBUG === '')
    lines.push('  INQUEST_DEBUG=1 in the environment shows where');
  else if (error instanceof Error && error.stack !== undefined)
    lines.push(...error.stack.split('\n').slice(1).map(sanitize));
  return lines;
}

/** The exit code for a failure of a session's command. */
export function failureCode(error: unknown): number {
  return isDebugError(error) ? EXIT.failed : EXIT.internal;
}
