import type { TextFrame, TextGoroutine, TextPanic, TextSignal } from './crash-text.ts';

/** Lines longer than this are no line of a stack: patterns are not tried on them, because some take time with the square. */
const LONGEST_LINE = 8192;

/** `goroutine 1 gp=0x… m=0 mp=0x… [running, locked to thread] {k: v}:` */
const HEADER = /^goroutine (\d{1,19})(?: gp=0x[0-9a-f]+ m=(?:\d+|nil)(?: mp=0x[0-9a-f]+)?)? \[(.*?)\](?: (\{.*\}))?:$/;

/** What stands above the frames of a stack. */
export type StackHead = Pick<TextGoroutine, 'id' | 'status' | 'minutes' | 'lockedToThread' | 'marks' | 'labels'>;

/** The line above a goroutine's frames; undefined for other lines. */
export function parseHeader(line: string): (StackHead & { readonly id: number }) | undefined {
  if (!line.startsWith('goroutine ') || line.length > LONGEST_LINE) return undefined;
  // Go 1.26 has labels inside the brackets, and they may hold brackets.
  const inside = / labels:(\{.*\})\]:$/.exec(line);
  const plain = inside === null ? line : `${line.slice(0, inside.index)}]:`;
  const match = HEADER.exec(plain);
  if (match === null) return undefined;
  const [status = '', ...rest] = (match[2] ?? '').split(', ');
  const minutes = rest.map((mark) => /^(\d+) minutes$/.exec(mark)?.[1]).find((text) => text !== undefined);
  return {
    id: Number(match[1]),
    status,
    minutes: minutes === undefined ? undefined : Number(minutes),
    lockedToThread: rest.includes('locked to thread'),
    marks: rest.filter((mark) => mark !== 'locked to thread' && !/^\d+ minutes$/.test(mark)),
    labels: inside?.[1] ?? match[3],
  };
}

/** What may stand between the parentheses of a frame: words of memory in braces, never a parenthesis. */
const ARGUMENTS = /^(?:\.\.\.|[0-9a-fx?_.,{} ]*)$/;

export type CallLine = Pick<TextFrame, 'function' | 'arguments' | 'inlined'>;

/** A frame's function and arguments; undefined for lines that cannot be one. */
export function parseCall(line: string): CallLine | undefined {
  if (!line.endsWith(')') || line.length > LONGEST_LINE || /^\s/.test(line)) return undefined;
  const open = line.lastIndexOf('(');
  const name = line.slice(0, open);
  const given = line.slice(open + 1, -1);
  if (open <= 0 || !ARGUMENTS.test(given) || /^(?:panic|fatal error|created by):? /.test(name)) return undefined;
  // Names have no blanks but in type arguments; C functions of Go's own have no dot.
  const bracket = name.indexOf('[');
  if (/\s/.test(bracket < 0 ? name : name.slice(0, bracket))) return undefined;
  return { function: name === 'panic' ? 'runtime.gopanic' : name, arguments: given, inlined: given === '...' };
}

/** `created by main.main in goroutine 1`. */
export function parseCreator(line: string): { function: string; goroutine: number | undefined } | undefined {
  if (!line.startsWith('created by ') || line.length > LONGEST_LINE) return undefined;
  const match = /^created by (.+?)(?: in goroutine (\d{1,19}))?$/.exec(line);
  if (match === null) return undefined;
  return { function: match[1] ?? '', goroutine: match[2] === undefined ? undefined : Number(match[2]) };
}

/** A file of a program, and a line of it. */
const BARE_PLACE = /^\S[^:]*\.(?:go|[sS]|c|cc|cpp|cxx|h):\d{1,9}(?: [+f]|$)/;

export type PlaceLine = Pick<TextFrame, 'file' | 'line' | 'offset' | 'fp' | 'sp' | 'pc'>;

/**
 * Where a frame is: the tab and the path behind it tell it from other lines. Log systems turn the tab into blanks; others take
 * it away, and then the name of the file alone tells (`bare`).
 */
export function parsePlace(line: string, bare = false): PlaceLine | undefined {
  if (line.length > LONGEST_LINE) return undefined;
  if (!/^\s/.test(line)) return bare && BARE_PLACE.test(line) ? parsePlace(`\t${line}`) : undefined;
  const match =
    /^\s+(\S.*?):(\d{1,9})(?: \+0x([0-9a-f]{1,12}))?(?: fp=(0x[0-9a-f]+) sp=(0x[0-9a-f]+) pc=(0x[0-9a-f]+))?$/.exec(
      line,
    );
  if (match === null) return undefined;
  const [, file = '', number = '0', offset, fp, sp, pc] = match;
  return {
    file,
    line: Number(number),
    offset: offset === undefined ? undefined : Number.parseInt(offset, 16),
    fp,
    sp,
    pc,
  };
}

/** `panic: text [recovered]`, nested ones behind a tab. */
export function parsePanic(line: string): TextPanic | undefined {
  const match = /^\s*panic: (.*)$/.exec(line.length > LONGEST_LINE ? line.slice(0, LONGEST_LINE) : line);
  return match === null ? undefined : unmarked(match[1] ?? '');
}

/** Takes the marks from the end of a panic's text. */
export function unmarked(text: string): TextPanic {
  const mark = / \[recovered(, repanicked)?\]$/.exec(text);
  return {
    text: mark === null ? text : text.slice(0, mark.index),
    recovered: mark !== null,
    repanicked: mark?.[1] !== undefined,
  };
}

/** `[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x…]`: the fault behind a panic. */
export function parseFault(line: string): TextSignal | undefined {
  const match = /^\[signal (\w+)(?:: [^\]]*?)? code=(0x[0-9a-f]+) addr=(0x[0-9a-f]+) pc=(0x[0-9a-f]+)\]$/.exec(
    line.slice(0, 500),
  );
  return match === null ? undefined : { name: match[1] ?? '', code: match[2] ?? '', address: match[3], pc: match[4] };
}

/** `PC=0x… m=0 sigcode=0 addr=0x…`, the line below `SIGQUIT: quit`. */
export function parseSignalPlace(line: string): Omit<TextSignal, 'name'> | undefined {
  const match = /^PC=(0x[0-9a-f]+) m=\d+ sigcode=(\d+)(?: addr=(0x[0-9a-f]+))?$/.exec(line.slice(0, 500));
  if (match === null) return undefined;
  // Printed without a sign: SI_TKILL is 2^64 - 6.
  const code = BigInt.asIntN(64, BigInt(match[2] ?? '0'));
  // A signal that was sent has no address: what is printed for it is its sender's number.
  return { code: code.toString(), address: code > 0n ? match[3] : undefined, pc: match[1] };
}

/** A register of the dump at the end. */
export function parseRegister(line: string): readonly [string, string] | undefined {
  const match = /^(r[a-z0-9]{1,5}|[cfg]s|lr|sp|pc|fault) +(0x[0-9a-f]{1,16})$/.exec(line.slice(0, 100));
  return match === null ? undefined : [match[1] ?? '', match[2] ?? ''];
}
