import type { FrameResult, ListResult, SourceLine } from '@inquest/engine';
import { cut, fileLine } from './place.ts';
import { expandTabs, sanitize } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';

/** `list`: the lines, the current one marked as in Delve. */
export function renderSource(source: ListResult, style: Style): string[] {
  const head = source.file === '' ? [] : [`${headOf(source)} ${fileLine(source, style)}${pcOf(source)}`];
  if (source.lines === undefined) return [...head, style.paint.yellow(`(${sanitize(source.problem ?? 'no source')})`)];
  return [...head, ...sourceLines(source.lines, style, '')];
}

/** Delve's words for what is shown. */
function headOf({ goroutine, frame }: ListResult): string {
  if (frame === undefined) return 'Showing';
  return goroutine === undefined ? `Frame ${frame} at` : `Goroutine ${goroutine} frame ${frame} at`;
}

function pcOf({ pc }: ListResult): string {
  return pc === undefined ? '' : ` (PC: ${pc})`;
}

/** Numbered source lines; `=>` marks the current one. Code is cut to `room` columns. */
export function sourceLines(
  lines: readonly SourceLine[],
  style: Style,
  indent: string,
  room: number = Number.POSITIVE_INFINITY,
): string[] {
  const digits = Math.max(4, ...lines.map(({ number }) => String(number).length));
  const tabs = lines.map(({ text }) => (style.tab === '' ? '' : tabsBefore(text, style)));
  const behind = (text: string): string => (style.tab === '' ? text : text.replace(/^\t+/, ''));
  const code = style.highlight(lines.map(({ text }) => cut(sanitize(expandTabs(behind(text), style.tab)), room)));
  return lines.map(({ number, current }, i) => {
    const label = `${String(number).padStart(digits)}:`;
    const mark = current ? style.tint('source-list-arrow', '=>', style.paint.red) : '  ';
    return `${indent}${mark}${style.tint('source-list-line', label, current ? style.paint.bold : style.paint.dim)}  ${tabs[i] ?? ''}${code[i] ?? ''}`.trimEnd();
  });
}

/** What the user wants to see for the tabs that a line begins with. */
function tabsBefore(text: string, style: Style): string {
  const count = /^\t*/.exec(text)?.[0].length ?? 0;
  return count === 0 ? '' : style.tint('source-list-tab', sanitize(style.tab.repeat(count)), (plain) => plain);
}

/** `frame`, `up`, `down`: where the user is now. */
export function renderFrame(frame: FrameResult, style: Style): string[] {
  const inlined = frame.inlined ? ', inlined' : '';
  return [
    `Frame ${frame.index}: ${style.paint.bold(sanitize(frame.function))} at ${fileLine(frame, style)} (PC: ${frame.pc}${inlined})`,
  ];
}
