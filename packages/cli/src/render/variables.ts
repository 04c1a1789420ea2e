import type { PrintResult, VariablesResult, WaitingResult } from '@inquest/engine';
import { sanitize } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';
import { absence, valueLine, valueLines, variableLine, variableLines } from './value.ts';
import type { Parameters } from '@inquest/engine';

/** `args`, `locals`, `vars`: a line each; with -v also where a value is from. `none` is what there are none of. */
export function renderVariables(result: VariablesResult, style: Style, parameters: Parameters, none: string): string[] {
  if (result.problem !== undefined) return [style.paint.yellow(`(${sanitize(result.problem)})`)];
  if (result.variables.length === 0) return [`(no ${none})`];
  const lines: string[] = [];
  for (const variable of result.variables) {
    if (parameters['v'] !== true) {
      lines.push(variableLine(variable, style));
      continue;
    }
    lines.push(...variableLines(variable, style));
    const parts = [sanitize(variable.type)];
    if (variable.from !== undefined) parts.push(`from ${sanitize(variable.from)}`);
    if (variable.line !== undefined) parts.push(`declared at line ${variable.line}`);
    lines.push(`    ${style.paint.dim(parts.join(', '))}`);
  }
  return lines;
}

/** `print`: the value alone, over several lines where it is nested. */
export function renderPrint({ variable, waiting = [] }: PrintResult, style: Style): string[] {
  if (variable.value === undefined) return [absence(variable)];
  const lines = valueLines(variable.value);
  if (variable.stale !== undefined) lines.push(style.paint.yellow(`(may be stale: ${sanitize(variable.stale)})`));
  if (waiting.length > 0) lines.push('', 'Goroutines waiting on this channel:', ...waiting.map(waitingLine));
  return lines;
}

function waitingLine({ goroutine, action, item, location }: WaitingResult): string {
  const what = item === undefined ? `to ${action}` : `to ${action} ${valueLine(item)}`;
  const place =
    location === undefined ? '' : `  ${sanitize(location.function)}  ${sanitize(location.file)}:${location.line}`;
  return `  Goroutine ${goroutine} waits ${what}${place}`;
}
