import { attempt, hex } from '../base/errors.ts';
import type { Image } from '../image/image.ts';
import type { Program } from '../program/program.ts';
import type { Frame } from './frame.ts';

/** A call in C code, innermost first where calls were inlined. */
export interface NativeCall {
  readonly name: string;
  /** '' when no line table tells. */
  readonly file: string;
  readonly line: number;
  readonly inlined: boolean;
  /** First address of the function, of the physical one where inlined; undefined when not known. */
  readonly entry: number | undefined;
  /** Path of the executable or library that the code is in. */
  readonly module: string | undefined;
}

/** What the kernel put between a handler and what it interrupted has no name of its own that tells a user anything. */
export const SIGNAL_FRAME = '<signal handler called>';

/**
 * The calls that a frame of C code stands for: by DWARF with file, line and inlined calls, else by the nearest symbol
 * that reaches so far, else `libc.so.6+0x8aeec`; `?` for code that is in no file.
 */
export function nativeCalls(program: Program, frame: Frame): readonly NativeCall[] {
  const { lookupPc, pc } = frame;
  const image = attempt(() => program.imageAt(lookupPc));
  const mapped = program.target.mappedFileAt(pc);
  const module = mapped?.path ?? image?.path;
  if (frame.trampoline) return [{ ...UNKNOWN, name: SIGNAL_FRAME, module }];
  const described = image && attempt(() => callsByDwarf(image, lookupPc));
  if (described !== undefined && described.length > 0) return described;
  const symbol = image && attempt(() => image.functionSymbolAt(lookupPc));
  if (image !== undefined && symbol !== undefined) {
    return [{ ...UNKNOWN, name: symbol.name, entry: lookupPc - symbol.offset, module }];
  }
  const start = image?.bias ?? program.target.mappedFiles.find((file) => file.path === mapped?.path)?.start;
  if (module === undefined || start === undefined) return [UNKNOWN];
  return [{ ...UNKNOWN, name: `${module.split('/').at(-1) ?? module}+${hex(pc - start)}`, module }];
}

const UNKNOWN: NativeCall = { name: '?', file: '', line: 0, inlined: false, entry: undefined, module: undefined };

function callsByDwarf(image: Image, address: number): NativeCall[] {
  const pc = address - image.bias;
  const func = image.dwarf?.functionAt(pc);
  if (func === undefined) return [];
  const row = attempt(() => func.unit.lineTable()?.findLine(pc));
  let file = row?.file ?? '';
  let line = row?.line ?? 0;
  return func.scopesAt(pc).map((scope) => {
    const { name, isInlined: inlined } = scope;
    const call = { name, file, line, inlined, entry: func.lowPc + image.bias, module: image.path };
    file = scope.callFile ?? '';
    line = scope.callLine ?? 0;
    return call;
  });
}
