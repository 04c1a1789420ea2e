import type { InstructionDecoder, MachineInstruction } from '../arch/text/instruction.ts';
import { arm64Instructions } from '../arch/text/arm64/decoder.ts';
import { x86Instructions } from '../arch/text/x86.ts';
import { attempt, DebugError, hex } from '../base/errors.ts';
import { nativeLine } from './native-code.ts';
import { instructionSymbols } from './code-symbols.ts';
import type { DisassemblyResult, InstructionResult } from './results-code.ts';
import type { Session } from './session.ts';
import type { Flavour } from '../arch/text/instruction.ts';

/** Most bytes that are disassembled at once. */
const MOST_BYTES = 1 << 20;

/** Longest instruction of any processor here, in bytes. */
const LONGEST_INSTRUCTION = 16;

/** Half-open range of addresses, and of whose code, where that is known. */
export interface CodeRange {
  readonly start: number;
  readonly end: number;
  /** Take only the first so many instructions. */
  readonly count?: number;
}

/** The decoder for the program's processor. Throws `unsupported` where there is none. */
function decoderOf(session: Session): InstructionDecoder {
  const { arch } = session.program.target;
  if (arch.name === 'amd64') {
    if (session.decodeX86 !== undefined) return x86Instructions(session.decodeX86);
    throw new DebugError('no decoder of amd64 code is at hand here', { code: 'unsupported' });
  }
  return arm64Instructions;
}

/** The function's code at `address`: of Go by the function table, of C by its symbol; undefined where neither knows. */
export function functionRange(session: Session, address: number): CodeRange | undefined {
  const { program } = session;
  const found = program.findFunc(address);
  if (found !== undefined) return { start: found.func.entry, end: found.func.end };
  const symbol = attempt(() => program.imageAt(address)?.functionSymbolAt(address));
  if (symbol === undefined || symbol.size === 0) return undefined;
  return { start: address - symbol.offset, end: address - symbol.offset + symbol.size };
}

/** Disassembles a range. What follows a function's last instruction up to the next function is left out. */
export function disassembleRange(session: Session, range: CodeRange, flavour: Flavour): DisassemblyResult {
  const { start, end, count } = range;
  if (end - start > MOST_BYTES) {
    throw new DebugError(`${end - start} bytes are too many to disassemble at once`, {
      code: 'limit',
      hint: `at most ${MOST_BYTES} bytes: give a shorter range`,
    });
  }
  const { memory, target } = session.program;
  // The last instruction may reach beyond the end.
  const code = memory.readSome(start, end - start + LONGEST_INSTRUCTION);
  if (code.length === 0) {
    throw new DebugError(`the code at ${hex(start)} is not in the core, nor in a file at hand`, {
      code: 'fault',
      address: start,
    });
  }
  const decoded = decoderOf(session)(code, start).filter(({ address }) => address < end);
  const whole = withoutFiller(session, decoded);
  const shown = count === undefined ? whole : whole.slice(0, count);
  const symbols = instructionSymbols(session, shown);
  const current = attempt(() => session.call().frame.pc);
  const isCut = code.length < end - start && count === undefined;
  const [first] = shown;
  const place = first === undefined ? undefined : lineAt(session, first.address);
  return {
    flavour,
    architecture: target.arch.name,
    function: first === undefined ? undefined : functionAt(session, first.address),
    file: place?.file ?? '',
    instructions: shown.map((each): InstructionResult => {
      const offset = each.address - start;
      const symbol = each.target === undefined ? undefined : symbols.code(each.target);
      return {
        pc: hex(each.address),
        bytes: hexBytes(code.subarray(offset, offset + each.length)),
        text: each.text(flavour, symbols),
        ...lineAt(session, each.address),
        function: functionAt(session, each.address),
        current: each.address === current,
        target: each.target === undefined ? undefined : hex(each.target),
        targetName: symbol?.offset === 0 ? symbol.name : undefined,
      };
    }),
    problem: isCut
      ? `the code from ${hex(start + code.length)} on is not in the core, nor in a file at hand`
      : undefined,
  };
}

/** As many bytes as `count` instructions may have, from `start` to the end of what is readable. */
export function rangeOfCount(start: number, count: number): CodeRange {
  return { start, end: start + Math.min(MOST_BYTES, count * LONGEST_INSTRUCTION), count };
}

/** Drops the filler between functions: it belongs to no line. */
function withoutFiller(session: Session, decoded: readonly MachineInstruction[]): readonly MachineInstruction[] {
  return decoded.filter(({ isFiller, address }) => {
    if (!isFiller) return true;
    const found = session.program.findFunc(address);
    return found === undefined || found.pclntab.fileLine(found.func, address).line > 0;
  });
}

function functionAt(session: Session, address: number): string | undefined {
  return session.program.findFunc(address)?.func.name ?? attempt(() => session.program.nativeName(address))?.name;
}

/** File and line of an instruction: of the innermost inlined call; '' and 0 where none is known. */
function lineAt(session: Session, address: number): { readonly file: string; readonly line: number } {
  const [frame] = attempt(() => session.program.sourceFrames(address)) ?? [];
  if (frame !== undefined) return { file: frame.file === '?' ? '' : frame.file, line: frame.line };
  return nativeLine(session.program, address) ?? { file: '', line: 0 };
}

function hexBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
