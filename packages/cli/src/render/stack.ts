import type { FrameResult, StackResult } from '@inquest/engine';
import { fileLine } from './place.ts';
import { sanitize } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';
import { variableLine } from './value.ts';

/** `bt`, in Delve's layout: two lines a frame, paths in full. */
export function renderStack(stack: StackResult, style: Style): string[] {
  const lines = frameLines(stack.frames, style, '');
  if (stack.frames.length === 0) lines.push('(no frames)');
  if (stack.truncated) lines.push('(truncated: bt N shows N frames)');
  if (stack.gap !== undefined) lines.push(style.paint.yellow(`(${sanitize(stack.gap)})`));
  if (stack.problem !== undefined) lines.push(style.paint.yellow(`(the stack ends here: ${sanitize(stack.problem)})`));
  return lines;
}

/** The frames of a stack, each line with `indent` before it. */
export function frameLines(frames: readonly FrameResult[], style: Style, indent: string): string[] {
  const digits = String(Math.max(0, frames.length - 1)).length;
  // As in Delve, which counts the indentation among the columns.
  const margin = indent + ' '.repeat(digits + 2 + indent.length);
  const lines: string[] = [];
  for (const frame of frames) {
    const name = style.tint('stacktrace-function', sanitize(frame.function), style.paint.bold);
    lines.push(`${indent}${String(frame.index).padStart(digits)}  ${fullAddress(frame.pc)} in ${name}`);
    lines.push(`${margin}${whereText(frame, style)}`);
    const variables = [...(frame.arguments ?? []), ...(frame.locals ?? [])];
    for (const variable of variables) lines.push(`${margin}    ${variableLine(variable, style)}`);
    if (frame.arguments !== undefined || frame.locals !== undefined) lines.push('');
  }
  return lines;
}

/** `at main.go:7`; `from libc.so.6` for machine code of a file that no line table describes. */
function whereText(frame: FrameResult, style: Style): string {
  if (frame.file === '' && frame.module !== undefined) return `from ${sanitize(frame.module)}`;
  return `at ${stackPlace(frame, style)}`;
}

/** The file in full, its name in the user's colour. */
function stackPlace(frame: FrameResult, style: Style): string {
  const text = fileLine(frame, style, (path) => path);
  const name = text.lastIndexOf('/') + 1;
  return text.slice(0, name) + style.tint('stacktrace-basename', text.slice(name), (plain) => plain);
}

/** `0x` and sixteen digits. */
export function fullAddress(address: string): string {
  return `0x${address.replace(/^0x/, '').padStart(16, '0')}`;
}
