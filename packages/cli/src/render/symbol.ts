import type { SymbolResult } from '@inquest/engine';
import { sanitize } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';
import { fileLine } from './place.ts';

/** `symbol`: a line for each thing that is known. */
export function renderSymbol(result: SymbolResult, style: Style): string[] {
  const { address, variable, goroutine, file } = result;
  const lines: string[] = [];
  if (result.function !== undefined) {
    const { name, offset, line } = result.function;
    const place = line === 0 ? '' : ` at ${fileLine(result.function, style)}`;
    lines.push(`${address} is ${style.paint.bold(sanitize(name))}${plus(offset)}${place}`);
  }
  if (variable !== undefined)
    lines.push(
      `${address} is ${style.paint.bold(sanitize(variable.name))}${plus(variable.offset)}, ${sanitize(variable.type)}`,
    );
  if (goroutine !== undefined) lines.push(`${address} is in the stack of goroutine ${goroutine}`);
  if (file !== undefined) lines.push(`${address} is in ${sanitize(file)}`);
  if (lines.length > 0) return lines;
  if (result.readable) return [`${address} is in memory that has no name`];
  return [`${address} is not in memory (symbol &x tells of the variable x itself)`];
}

function plus(offset: number): string {
  return offset === 0 ? '' : `+0x${offset.toString(16)}`;
}
