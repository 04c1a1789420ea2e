import { basename } from 'node:path';
import type { DisassemblyResult, InstructionResult } from '@inquest/engine';
import { sanitize } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';

/** Width of a tab, as terminals and Delve's columns have it. */
const TAB = 8;

/** `disassemble`, in Delve's columns: mark, file and line, address, bytes, text, with tabs between. */
export function renderDisassembly(result: DisassemblyResult, style: Style): string[] {
  const { paint } = style;
  const rows = result.instructions.map((each) => [each.current ? '=>' : '', place(each), each.pc, each.bytes]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines: string[] = [];
  let name: string | undefined;
  result.instructions.forEach((instruction, i) => {
    if (i === 0 || instruction.function !== name) {
      name = instruction.function;
      if (name !== undefined)
        lines.push(
          `TEXT ${paint.bold(sanitize(name))}(SB)${instruction.file === '' ? '' : ` ${sanitize(instruction.file)}`}`,
        );
    }
    const cells = (rows[i] ?? []).map((text, column) => {
      const filled = text + tabs(text.length, widths[column] ?? 0);
      return column === 0 ? paint.red(filled) : column === 3 ? paint.dim(filled) : filled;
    });
    lines.push(cells.join('') + sanitize(instruction.text));
  });
  if (result.problem !== undefined) lines.push(paint.yellow(`(${sanitize(result.problem)})`));
  return lines;
}

function place({ file, line }: InstructionResult): string {
  return file === '' ? '?' : `${sanitize(basename(file))}:${line}`;
}

/** The tabs that fill a cell up to the column's end: a space at least, then the next tab stop. */
function tabs(length: number, widest: number): string {
  const width = Math.ceil((widest + 1) / TAB) * TAB;
  return '\t'.repeat(Math.ceil((width - length) / TAB));
}
