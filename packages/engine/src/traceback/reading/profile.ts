import type { TextFrame } from './crash-text.ts';
import type { StackHead } from './lines.ts';

/** Longest line that is looked at. */
const LONGEST_LINE = 1 << 16;

/** `3 @ 0x43ad2e 0x40661d …`: the head of a stack in a goroutine profile (`/debug/pprof/goroutine?debug=1`). */
export function parseProfileHead(line: string): { readonly head: StackHead; readonly count: number } | undefined {
  const match = /^(\d{1,12}) @(?: 0x[0-9a-f]+)+\s*$/.exec(line.length > LONGEST_LINE ? '' : line);
  if (match === null) return undefined;
  const head = { id: undefined, status: '', minutes: undefined, lockedToThread: false, marks: [], labels: undefined };
  return { head, count: Number(match[1]) };
}

/** `#	0x43ad2d	runtime.gopark+0xcd	/go/src/runtime/proc.go:424`. */
export function parseProfileFrame(line: string): TextFrame | undefined {
  if (!line.startsWith('#') || line.length > LONGEST_LINE) return undefined;
  const match = /^#\s+(0x[0-9a-f]+)\s+(\S+?)\+0x([0-9a-f]{1,12})\s+(\S.*):(\d{1,9})$/.exec(line);
  if (match === null) return undefined;
  const [, pc, name = '', offset = '0', file = '', number = '0'] = match;
  return {
    function: name,
    arguments: '',
    inlined: false,
    file,
    line: Number(number),
    offset: Number.parseInt(offset, 16),
    fp: undefined,
    sp: undefined,
    pc,
  };
}

/** `# labels: {"k":"v"}`, below the head. */
export function parseProfileLabels(line: string): string | undefined {
  return /^# labels: (\{.*\})$/.exec(line.slice(0, LONGEST_LINE))?.[1];
}
