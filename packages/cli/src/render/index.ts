import type {
  ConfigResult,
  DisassemblyResult,
  EditResult,
  ExecResult,
  FrameResult,
  GoroutineResult,
  GoroutinesResult,
  HealthResult,
  LibraryResult,
  MemoryResult,
  Page,
  Parameters,
  PrintResult,
  RegistersResult,
  ReportResult,
  ResultStream,
  ListResult,
  StackResult,
  SymbolResult,
  TargetsResult,
  ThreadResult,
  TracebackResult,
  VariablesResult,
  WhatisResult,
  DeadlocksResult,
  WaitsResult,
  WhyResult,
} from '@inquest/engine';
import { sanitize, sanitizeLines } from '../output/sanitize.ts';
import type { DisplayResult } from '../displays.ts';
import type { TranscriptResult } from '../door-operations.ts';
import type { Style } from '../output/style.ts';
import { renderConfig } from './config.ts';
import { renderDisassembly } from './disassembly.ts';
import { renderDisplays } from './display.ts';
import { execLines } from './exec.ts';
import { goroutineLines, goroutinesEnd, renderGoroutine, renderGoroutines } from './goroutines.ts';
import { renderHealth } from './health.ts';
import { renderHelp, type HelpResult } from './help.ts';
import { renderLibraries } from './libraries.ts';
import { renderNames } from './names.ts';
import { renderReportForm } from './report-form.ts';
import { renderFrame, renderSource } from './source.ts';
import { renderSymbol } from './symbol.ts';
import { oneFrame, renderStack, stackEnd } from './stack.ts';
import { renderMemory, renderRegisters, renderTargets } from './machine.ts';
import { renderThread, renderThreads } from './threads.ts';
import { renderPrint, renderVariables } from './variables.ts';
import { renderDeadlocks, renderWaiting, renderWhy } from './waits.ts';
import { renderTraceback } from './traceback.ts';
import { renderWhatis } from './whatis.ts';
import type { ExportResult } from '../export-operation.ts';

/** Turns a result into lines. The operation's name says which result it is. */
export type Renderer = (result: never, style: Style, parameters: Parameters) => string[];

/** By name of the operation. */
const RENDERERS: Readonly<Record<string, Renderer>> = {
  report: (result: ReportResult, style, parameters) => renderReportForm(result, style, parameters),
  health: (result: HealthResult, style) => renderHealth(result, style),
  traceback: (result: TracebackResult) => renderTraceback(result),
  stack: (result: StackResult, style) => renderStack(result, style),
  goroutines: (result: GoroutinesResult, style, parameters) =>
    renderGoroutines(result, style, parameters, renderResult),
  deferred: (result: ExecResult, style) => execLines(result, style, renderResult),
  waiting: (result: WaitsResult, style) => renderWaiting(result, style),
  deadlocks: (result: DeadlocksResult, style) => renderDeadlocks(result, style),
  why: (result: WhyResult, style) => renderWhy(result, style),
  goroutine: (result: GoroutineResult, style) => renderGoroutine(result, style),
  frame: (result: FrameResult, style) => renderFrame(result, style),
  up: (result: FrameResult, style) => renderFrame(result, style),
  bottom: (result: FrameResult, style) => renderFrame(result, style),
  down: (result: FrameResult, style) => renderFrame(result, style),
  args: (result: VariablesResult, style, parameters) => renderVariables(result, style, parameters, 'args'),
  locals: (result: VariablesResult, style, parameters) => renderVariables(result, style, parameters, 'locals'),
  vars: (result: VariablesResult, style, parameters) => renderVariables(result, style, parameters, 'package variables'),
  print: (result: PrintResult, style) => renderPrint(result, style),
  disassemble: (result: DisassemblyResult, style) => renderDisassembly(result, style),
  more: (result: PrintResult, style) => renderPrint(result, style),
  whatis: (result: WhatisResult, style) => renderWhatis(result, style),
  export: ({ file, kind, size }: ExportResult) => [
    `${size} ${size === 1 ? 'byte' : 'bytes'}${kind === 'text' ? ' of text' : ''} written to ${sanitize(file)}`,
  ],
  edit: ({ path, line }: EditResult) => [`${sanitize(path)}:${line}`],
  list: (result: ListResult, style) => renderSource(result, style),
  threads: (result: readonly ThreadResult[], style) => renderThreads(result, style, renderResult),
  thread: (result: ThreadResult, style) => renderThread(result, style),
  regs: (result: RegistersResult, style) => renderRegisters(result, style),
  examinemem: (result: MemoryResult, style) => renderMemory(result, style),
  target: (result: TargetsResult) => renderTargets(result),
  libraries: (result: readonly LibraryResult[], style) => renderLibraries(result, style),
  funcs: (result: Page<string>) => renderNames(result, 'functions'),
  types: (result: Page<string>) => renderNames(result, 'types'),
  sources: (result: Page<string>) => renderNames(result, 'files'),
  packages: (result: Page<string>) => renderNames(result, 'packages'),
  config: (result: ConfigResult, style) => renderConfig(result, style),
  symbol: (result: SymbolResult, style) => renderSymbol(result, style),
  display: (result: readonly DisplayResult[], style) => renderDisplays(result, style),
  transcript: ({ file, ended }: TranscriptResult) => [
    file === undefined ? `the transcript ${sanitize(ended ?? '')} ends` : `writing into ${sanitize(file)} as well`,
  ],
  echo: ({ text }: { readonly text: string }) => [sanitize(text)],
  help: (result: HelpResult, style) => renderHelp(result, style),
  version: (result: { readonly text: string }) => [result.text],
};

/** The text of a result; JSON where no renderer knows the operation, so that a new operation is never mute. */
export function renderResult(operation: string, result: unknown, style: Style, parameters: Parameters): string[] {
  const renderer = RENDERERS[operation];
  if (renderer === undefined && isText(result))
    return result.text === '' ? [] : sanitizeLines(result.text.replace(/\n$/, ''));
  if (renderer === undefined) return (JSON.stringify(result, undefined, 2) ?? '').split('\n');
  return renderer(result as never, style, parameters);
}

/** Operations that have a text form. */
export function renderedOperations(): string[] {
  return Object.keys(RENDERERS);
}

/** Turns a long result into lines, item by item. */
export interface StreamRenderer {
  item(item: unknown, style: Style, parameters: Parameters, width: number): string[];
  /** What follows the items; `rest` is the result without them. */
  end(rest: object, style: Style, count: number): string[];
}

const STREAMS: Readonly<Record<string, StreamRenderer>> = {
  goroutines: {
    item: (item, style, parameters) => goroutineLines(item as GoroutineResult, style, parameters, renderResult),
    end: (rest, style, count) => goroutinesEnd(rest as Omit<GoroutinesResult, 'goroutines'>, style, count),
  },
  stack: {
    item: (item, style, _parameters, width) => oneFrame(item as FrameResult, style, '', width),
    end: (rest, style, count) => stackEnd(rest as Omit<StackResult, 'frames'>, style, count),
  },
};

/** How an operation's items are shown as they come; undefined where they are not. */
export function renderStream(operation: string): StreamRenderer | undefined {
  return STREAMS[operation];
}

/** The text of a long result, in pieces. */
export function* streamText(
  renderer: StreamRenderer,
  data: ResultStream,
  style: Style,
  parameters: Parameters,
): Generator<string, void, undefined> {
  let count = 0;
  for (const item of data.items) {
    const lines = renderer.item(item, style, parameters, data.width ?? 0);
    yield `${lines.length === 1 ? lines[0] : lines.join('\n')}\n`;
    count++;
  }
  const end = renderer.end(data.rest(), style, count);
  if (end.length > 0) yield `${end.join('\n')}\n`;
}

/** What a command of a script answers. */
function isText(result: unknown): result is { readonly text: string } {
  return typeof (result as { text?: unknown } | undefined)?.text === 'string';
}
