import type { AncestorResult, DeferredResult, FrameOffsets, FrameResult, StackResult } from '@inquest/engine';
import { fileLine } from './place.ts';
import { sanitize } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';
import { variableLine } from './value.ts';

/** `bt`, in Delve's layout: two lines a frame, paths in full. */
export function renderStack(stack: StackResult, style: Style): string[] {
  return [...frameLines(stack.frames, style, ''), ...stackEnd(stack, style, stack.frames.length)];
}

/** What follows the frames of a stack. */
export function stackEnd(stack: Omit<StackResult, 'frames'>, style: Style, count: number): string[] {
  const lines: string[] = count === 0 ? ['(no frames)'] : [];
  if (stack.truncated) lines.push('(truncated: bt N shows N frames, bt -bottom N the outermost)');
  if (stack.gap !== undefined) lines.push(style.paint.yellow(`(${sanitize(stack.gap)})`));
  if (stack.problem !== undefined) lines.push(style.paint.yellow(`(the stack ends here: ${sanitize(stack.problem)})`));
  for (const ancestor of stack.ancestors ?? []) lines.push(...ancestorLines(ancestor, style));
  return lines;
}

function ancestorLines({ goroutine, frames, truncated }: AncestorResult, style: Style): string[] {
  const digits = String(Math.max(0, frames.length - 1)).length;
  const lines = [`Created by Goroutine ${goroutine}:`];
  frames.forEach((frame, index) => {
    const name = style.tint('stacktrace-function', sanitize(frame.function), style.paint.bold);
    lines.push(`\t${String(index).padStart(digits)}  ${fullAddress(frame.pc)} in ${name}`);
    lines.push(`\t${' '.repeat(digits + 3)}at ${stackPlace(frame, style)}`);
  });
  if (truncated) lines.push('\t(truncated)');
  return lines;
}

/** A frame as it was shown before, and its lines. */
interface KnownFrame {
  readonly frame: FrameResult;
  readonly indent: string;
  readonly digits: number;
  readonly lines: readonly string[];
}

/** By number and address: stacks of many goroutines have the same frames. */
type KnownFrames = Map<string, KnownFrame>[];

const known = new WeakMap<Style, KnownFrames>();
/** How deep, and how many of a number, frames are kept. */
const KNOWN_DEPTH = 256;
const MOST_KNOWN = 4096;

/** The frames of a stack, each line with `indent` before it. */
export function frameLines(frames: readonly FrameResult[], style: Style, indent: string): string[] {
  const digits = String(frames.at(-1)?.index ?? 0).length;
  let before = known.get(style);
  if (before === undefined) known.set(style, (before = []));
  const lines: string[] = [];
  for (const frame of frames) {
    const isPlain = frame.arguments === undefined && frame.locals === undefined && frame.offsets === undefined;
    if (isPlain && frame.deferred === undefined && frame.index < KNOWN_DEPTH)
      lines.push(...plainLines(frame, style, indent, digits, (before[frame.index] ??= new Map())));
    else lines.push(...oneFrame(frame, style, indent, digits));
  }
  return lines;
}

function plainLines(
  frame: FrameResult,
  style: Style,
  indent: string,
  digits: number,
  before: Map<string, KnownFrame>,
): readonly string[] {
  const { pc, line, file, module } = frame;
  const found = before.get(pc);
  const isSame =
    found?.digits === digits &&
    found.indent === indent &&
    found.frame.function === frame.function &&
    found.frame.line === line &&
    found.frame.file === file &&
    found.frame.module === module;
  if (isSame) return found.lines;
  if (before.size >= MOST_KNOWN) before.clear();
  const lines = oneFrame(frame, style, indent, digits);
  before.set(pc, { frame, indent, digits, lines });
  return lines;
}

/** The lines of one frame, its number `digits` wide. */
export function oneFrame(frame: FrameResult, style: Style, indent: string, digits: number): string[] {
  // As in Delve, which counts the indentation among the columns.
  const margin = indent + ' '.repeat(digits + 2 + indent.length);
  const name = style.tint('stacktrace-function', sanitize(frame.function), style.paint.bold);
  const lines = [
    `${indent}${String(frame.index).padStart(digits)}  ${fullAddress(frame.pc)} in ${name}`,
    `${margin}${whereText(frame, style)}`,
  ];
  const { offsets, deferred } = frame;
  if (offsets !== undefined) lines.push(`${margin}${offsetsText(offsets)}`);
  const variables = [...(frame.arguments ?? []), ...(frame.locals ?? [])];
  for (const variable of variables) lines.push(`${margin}    ${variableLine(variable, style)}`);
  for (const call of deferred ?? []) lines.push(...deferredLines(call, style, `${margin}    `));
  const extended = offsets ?? deferred ?? frame.arguments ?? frame.locals;
  return extended === undefined ? lines : [...lines, ''];
}

function offsetsText({ frame, framePointer }: FrameOffsets): string {
  const text = (offset: number | undefined): string =>
    offset === undefined ? 'not known' : `${offset < 0 ? '-' : '+'}0x${Math.abs(offset).toString(16)}`;
  return `frame: ${text(frame)} frame pointer ${text(framePointer)}`;
}

/** A deferred call: what, where it is, and where it was deferred. */
function deferredLines(call: DeferredResult, style: Style, margin: string): string[] {
  const head = `${margin}defer ${call.number}: `;
  const inner = ' '.repeat(head.length);
  const name = style.tint('stacktrace-function', sanitize(call.function), style.paint.bold);
  const at = call.deferredAt === undefined ? '' : ` at ${stackPlace(call.deferredAt, style)}`;
  return [
    `${head}${fullAddress(call.pc)} in ${name}${call.running ? ' (running)' : ''}`,
    `${inner}at ${stackPlace(call, style)}`,
    `${inner}deferred by ${sanitize(call.deferredBy)}${at}`,
  ];
}

/** `at main.go:7`; `from libc.so.6` for machine code of a file that no line table describes. */
function whereText(frame: FrameResult, style: Style): string {
  if (frame.file === '' && frame.module !== undefined) return `from ${sanitize(frame.module)}`;
  return `at ${stackPlace(frame, style)}`;
}

/** The file in full, its name in the user's colour. */
function stackPlace(frame: { readonly file: string; readonly line: number }, style: Style): string {
  const text = fileLine(frame, style, (path) => path);
  const name = text.lastIndexOf('/') + 1;
  return text.slice(0, name) + style.tint('stacktrace-basename', text.slice(name), (plain) => plain);
}

/** `0x` and sixteen digits. */
export function fullAddress(address: string): string {
  return `0x${address.replace(/^0x/, '').padStart(16, '0')}`;
}
