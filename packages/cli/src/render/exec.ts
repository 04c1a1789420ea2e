import type { ExecResult, Parameters } from '@inquest/engine';
import { sanitize } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';

/** Renders what another command answered; see renderResult. */
export type RenderOther = (operation: string, result: unknown, style: Style, parameters: Parameters) => string[];

/** What the command of -exec answered for one of many things, or why it did not. */
export function execLines(exec: ExecResult | undefined, style: Style, other: RenderOther): string[] {
  if (exec === undefined) return [];
  if (exec.error === undefined) return other(exec.operation, exec.result, style, exec.parameters);
  const { message, hint } = exec.error;
  return [style.paint.yellow(`(${sanitize(hint === undefined ? message : `${message}; ${hint}`)})`)];
}
