import { decodeRune } from '../base/text.ts';
import { attempt } from '../base/errors.ts';
import type { Goroutine } from '../runtime/goroutine.ts';
import type { Printer } from './printer.ts';

/** More labels than anyone sets, and longer: bounds against garbage. */
const MOST_LABELS = 1000;
const LONGEST_LABEL = 1 << 16;

/** Offset of `tracebacklabels` in runtime.debug (runtime/runtime1.go), by first Go minor version. */
const SETTING_OFFSETS: Readonly<Record<number, number>> = { 26: 136, 27: 132 };

/**
 * The pprof labels behind a goroutine's state: ` labels:{"k": "v"}` before the bracket in Go 1.26, ` {k: v}` behind it since.
 * Empty before Go 1.26, without labels, and unless GODEBUG=tracebacklabels=1, the default of modules for Go 1.27, was in force.
 */
export function printedLabels(printer: Printer, goroutine: Goroutine): string {
  if (printer.minor < 26 || goroutine.labels === 0 || !labelsAreWanted(printer)) return '';
  const pairs = attempt(() => readPairs(printer, goroutine.labels)) ?? [];
  if (pairs.length === 0) return '';
  const shown = printer.minor === 26 ? (text: Uint8Array): string => quoted(text, false) : quotedIfNeeded;
  const list = pairs.map(([key, value]) => `${shown(key)}: ${shown(value)}`).join(', ');
  return printer.minor === 26 ? ` labels:{${list}}` : ` {${list}}`;
}

/** The setting as it was in force: the runtime keeps it in a variable. Without symbols, as the program was built. */
function labelsAreWanted(printer: Printer): boolean {
  const settings = printer.program.symbol('runtime.debug');
  const offset = SETTING_OFFSETS[printer.minor];
  if (settings === undefined || offset === undefined) {
    printer.note('whether labels of goroutines were printed is taken from how the program was built, not from GODEBUG');
    const built = printer.program.main?.buildInfo?.settings.get('DefaultGODEBUG') ?? '';
    const chosen = /(?:^|,)tracebacklabels=(\d)/.exec(built)?.[1];
    return chosen === undefined ? printer.minor >= 27 : chosen === '1';
  }
  return attempt(() => printer.memory.u32(settings + offset)) === 1;
}

function readPairs(printer: Printer, address: number): (readonly [Uint8Array, Uint8Array])[] {
  const { memory } = printer;
  const array = memory.u64(address);
  const count = Math.min(memory.u64(address + 8), MOST_LABELS);
  const text = (at: number): Uint8Array => {
    const size = memory.u64(at + 8);
    return size === 0 || size > LONGEST_LABEL ? new Uint8Array() : memory.read(memory.u64(at), size);
  };
  return Array.from({ length: count }, (_, i) => [text(array + i * 32), text(array + i * 32 + 16)] as const);
}

function quotedIfNeeded(text: Uint8Array): string {
  const plain = text.every((byte) => /[A-Za-z0-9./_]/.test(String.fromCharCode(byte)));
  return plain ? String.fromCharCode(...text) : quoted(text, true);
}

const SHORT: Readonly<Record<number, string>> = { 10: '\\n', 13: '\\r', 9: '\\t', 92: '\\\\', 34: '\\"' };

/**
 * As the runtime quotes: printable ASCII is plain, all else is escaped (runtime/print.go printquoted).
 * @param tellsInvalid true if bytes that are not UTF-8 are shown as such; Go 1.26 took them for U+FFFD
 */
export function quoted(text: Uint8Array, tellsInvalid: boolean): string {
  let out = '"';
  for (let at = 0; at < text.length;) {
    const [point, size] = decodeRune(text, at);
    const digits = (count: number): string => point.toString(16).padStart(count, '0');
    const invalid = tellsInvalid && point === 0xfffd && size === 1;
    if (SHORT[point] !== undefined) out += SHORT[point];
    else if (invalid) out += `\\x${(text[at] ?? 0).toString(16).padStart(2, '0')}`;
    else if (point >= 0x20 && point <= 0x7e) out += String.fromCharCode(point);
    else if (point < 0x7f) out += `\\x${digits(2)}`;
    else if (point < 0x10000) out += `\\u${digits(4)}`;
    else out += `\\U${digits(8)}`;
    at += size;
  }
  return `${out}"`;
}
