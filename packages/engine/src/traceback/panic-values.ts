import { attempt, hex } from '../base/errors.ts';
import { readPanics, type PanicRecord } from '../runtime/panics.ts';
import type { Goroutine } from '../runtime/goroutine.ts';
import { RuntimeTypes } from '../types/from-runtime.ts';
import type { Kind } from '../types/go-type.ts';
import { floatOf, integerOf, isComplex, isFloat, isInteger } from '../values/scalars.ts';
import { formatPrintedComplex, formatPrintedFloat } from './numbers.ts';
import type { Printer } from './printer.ts';

/** Bytes of a string that are printed at most: more cannot be a string. */
const LONGEST_STRING: number = 1 << 30;

/** Sizes of the kinds that are printed by value, in bytes. */
const SIZES: Readonly<Partial<Record<Kind, number>>> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  complex128: 16,
};

/** The lines `panic: …` of a goroutine, the oldest first (runtime/panic.go printpanics). Returns how many were printed. */
export function printPanics(printer: Printer, goroutine: Goroutine): number {
  // The newest is first in the chain.
  const panics = [...readPanics(printer.runtime, goroutine)].reverse();
  panics.forEach((record, i) => {
    const older = panics[i - 1];
    if (older?.repanicked === true) return;
    if (older !== undefined && !older.goexit) printer.print('\t');
    if (record.goexit) return;
    printer.print('panic: ');
    printPanicValue(printer, record);
    printer.print(mark(printer, record), '\n');
  });
  return panics.length;
}

/** Where runtime.synctestDeadlockError has its bubble. */
const BUBBLE_OFFSET = 16;

/**
 * Address of the synctest bubble whose deadlock a goroutine panics with; undefined for other panics (runtime/panic.go
 * fatalpanic). It is not replaced by its text only where it was recovered and panicked with again, as package testing does.
 */
export function deadlockedBubble(printer: Printer, goroutine: Goroutine): number | undefined {
  const [newest] = readPanics(printer.runtime, goroutine);
  if (newest === undefined || newest.typeWord === 0) return undefined;
  const name = attempt(() => typesOf(printer).descriptorText(newest.typeWord));
  if (name !== 'runtime.synctestDeadlockError') return undefined;
  return attempt(() => printer.memory.u64(newest.dataWord + BUBBLE_OFFSET));
}

function typesOf({ program, memory, minor }: Printer): RuntimeTypes {
  return new RuntimeTypes(memory, () => program.modules.map(({ data }) => data), { minor, experiments: [] });
}

function mark(printer: Printer, { recovered, repanicked }: PanicRecord): string {
  // Go 1.25 folds the panics of a value that was recovered and thrown again into one; 1.26 asks whether it was recovered.
  if (repanicked && (recovered || printer.minor === 25)) return ' [recovered, repanicked]';
  return recovered ? ' [recovered]' : '';
}

/**
 * A panic's value. Errors and Stringers were replaced by their texts before they were printed, so what is left are plain
 * values; structs and the like are shown by type and address (runtime/error.go printpanicval).
 */
function printPanicValue(printer: Printer, { typeWord, dataWord }: PanicRecord): void {
  if (typeWord === 0) {
    printer.print('nil');
    return;
  }
  const types = typesOf(printer);
  const type = attempt(() => types.at(typeWord));
  const name = attempt(() => types.descriptorText(typeWord));
  if (type === undefined || name === undefined) {
    printer.note('a panic value has a type that is not in the core');
    printer.print(`(?) ${hex(dataWord)}`);
    return;
  }
  const { kind } = type;
  const plain = name === kind;
  if (kind === 'string') {
    printer.print(plain ? '' : `${name}("`);
    printString(printer, dataWord);
    printer.print(plain ? '' : '")');
    return;
  }
  const text = attempt(() => scalarText(printer, kind, dataWord));
  if (text === undefined) printer.print(`(${name}) ${hex(dataWord)}`);
  else printer.print(plain ? text : isComplex(kind) ? `${name}${text}` : `${name}(${text})`);
}

function printString(printer: Printer, header: number): void {
  const { memory } = printer;
  const bytes = attempt(() => {
    const length = memory.u64(header + 8);
    return length === 0 ? new Uint8Array() : memory.read(memory.u64(header), Math.min(length, LONGEST_STRING));
  });
  if (bytes === undefined) {
    printer.note('the text of a panic is not in the core');
    printer.print('?');
  } else if (printer.minor >= 23) printer.out.printIndented(bytes);
  else printer.out.printBytes(bytes);
}

/** The value of a scalar kind as print writes it; undefined for all other kinds. */
function scalarText({ memory, minor }: Printer, kind: Kind, address: number): string | undefined {
  const bytes = (): Uint8Array => memory.read(address, SIZES[kind] ?? 8);
  if (kind === 'bool') return bytes()[0] === 0 ? 'false' : 'true';
  if (isInteger(kind)) return integerOf(kind, bytes()).toString();
  if (isFloat(kind)) return formatPrintedFloat(floatOf(bytes()), kind === 'float32' ? 32 : 64, minor);
  if (!isComplex(kind)) return undefined;
  const whole = bytes();
  const half = whole.length / 2;
  const bits = kind === 'complex64' ? 32 : 64;
  return formatPrintedComplex(floatOf(whole.slice(0, half)), floatOf(whole.slice(half)), bits, minor);
}
