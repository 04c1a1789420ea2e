import type { DisplayResult } from '../displays.ts';
import { sanitize } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';
import { absence, valueLine } from './value.ts';

/** `display`: a line each, `0: x = 7`, as in Delve. */
export function renderDisplays(displays: readonly DisplayResult[], style: Style): string[] {
  return displays.map(({ number, expression, variable, problem }) => {
    const head = `${number}: ${sanitize(expression)} = `;
    if (variable === undefined) return `${head}${style.paint.dim(`(${sanitize(problem ?? 'unknown')})`)}`;
    if (variable.value === undefined) return `${head}${style.paint.dim(absence(variable))}`;
    const stale =
      variable.stale === undefined ? '' : `  ${style.paint.yellow(`(may be stale: ${sanitize(variable.stale)})`)}`;
    return `${head}${valueLine(variable.value)}${stale}`;
  });
}
