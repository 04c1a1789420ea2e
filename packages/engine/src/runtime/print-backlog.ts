import { attempt } from '../base/errors.ts';
import { decodeUtf8 } from '../base/text.ts';
import type { Program } from '../program/program.ts';
import { symbolsAreCheap } from './roots.ts';

/** Size of runtime.printBacklog (runtime/print.go). */
const BACKLOG = 512;
const MARK = 'fatal error: ';
const NEWLINE = 0x0a;

/** What the runtime printed last, as text; see readPrintBacklogBytes. */
export function readPrintBacklog(program: Program): string | undefined {
  const bytes = readPrintBacklogBytes(program);
  return bytes && decodeUtf8(bytes);
}

/**
 * What the runtime printed last, before it was dying: a ring of 512 bytes that holds `fatal error: …` after a throw.
 * In stripped and very large executables the mark itself is searched for in the runtime's data.
 */
export function readPrintBacklogBytes(program: Program): Uint8Array | undefined {
  return symbolsAreCheap(program) ? bySymbol(program) : byMark(program);
}

function bySymbol(program: Program): Uint8Array | undefined {
  const symbols = program.main?.symbols(['runtime.printBacklog', 'runtime.printBacklogIndex']);
  const backlog = symbols?.get('runtime.printBacklog')?.address;
  const index = symbols?.get('runtime.printBacklogIndex')?.address;
  if (backlog === undefined || index === undefined) return undefined;
  return attempt(() => {
    const ring = program.memory.read(backlog, BACKLOG);
    const at = program.memory.u64(index) % BACKLOG;
    const ordered = new Uint8Array(BACKLOG);
    ordered.set(ring.subarray(at));
    ordered.set(ring.subarray(0, at), BACKLOG - at);
    return ordered.filter((byte) => byte !== 0);
  });
}

function byMark(program: Program): Uint8Array | undefined {
  const module = program.modules[0]?.data;
  if (module === undefined || module.enoptrbss - module.noptrbss > 64 << 20) return undefined;
  const bytes = program.memory.readSome(module.noptrbss, module.enoptrbss - module.noptrbss);
  const first = MARK.charCodeAt(0);
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    let i = 1;
    while (i < MARK.length && bytes[at + i] === MARK.charCodeAt(i)) i++;
    if (i < MARK.length) continue;
    return aroundMark(bytes, at);
  }
  return undefined;
}

/**
 * The line of the mark with what stands before it. Where the ring begins is not known: behind the line may be what was printed
 * long before, and what stands before it may be other data, told apart by line ends.
 */
function aroundMark(bytes: Uint8Array, at: number): Uint8Array {
  let end = at;
  while (end < bytes.length && end - at < BACKLOG && bytes[end] !== 0 && bytes[end] !== NEWLINE) end++;
  const text = bytes.slice(Math.max(0, at - BACKLOG), Math.min(end + 1, bytes.length));
  return text.map((byte) => (byte === 0 ? NEWLINE : byte));
}

/** The text behind the last `fatal error: ` of the backlog, one line. */
export function fatalErrorText(backlog: string | undefined): string | undefined {
  const at = backlog?.lastIndexOf(MARK) ?? -1;
  if (backlog === undefined || at < 0) return undefined;
  const line = backlog.slice(at + MARK.length).split('\n')[0];
  return line === '' ? undefined : line;
}

/** Lines of the runtime's own that explain a fatal error stand right before it. */
const EXPLANATION = /^(?:runtime: |unexpected fault address |accessed data from freed user arena )/;

/** The lines of the backlog that explain the fatal error behind them. */
export function fatalErrorExplanation(backlog: string | undefined): readonly string[] {
  const at = backlog?.lastIndexOf(MARK) ?? -1;
  if (backlog === undefined || at < 0) return [];
  const lines = backlog.slice(0, at).split('\n');
  // What follows the last line end is where the mark begins.
  lines.pop();
  let first = lines.length;
  while (first > 0 && EXPLANATION.test(lines[first - 1] ?? '')) first--;
  return lines.slice(first);
}
