import type { DebugProtocol } from '@vscode/debugprotocol';
import { attempt, disassembleRange, functionRange, hex, rangeOfCount, type InstructionResult } from '@inquest/engine';
import type { CoreView } from './core-view.ts';
import { parseReference } from './memory.ts';

type Line = DebugProtocol.DisassembledInstruction;

/** Instructions that are sent at once. */
const MOST_INSTRUCTIONS = 10_000;
/** Functions that are gone through in one direction: of some instructions each. */
const MOST_FUNCTIONS = 2000;

/** Answers `disassemble`: as many instructions as were asked for, before and behind an address. */
export function disassemble(view: CoreView, args: DebugProtocol.DisassembleArguments): Line[] {
  const { address: base } = parseReference(args.memoryReference, args.offset);
  const first = Math.trunc(args.instructionOffset ?? 0);
  const count = Math.min(Math.max(0, args.instructionCount), MOST_INSTRUCTIONS);
  const before = first < 0 ? backward(view, base, Math.min(-first, MOST_INSTRUCTIONS)) : [];
  const behind = first + count > 0 ? forward(view, base, first + count) : [];
  // In `all`, the instruction at `base` has the number `before.length`.
  const all = [...before, ...behind];
  const lines: Line[] = [];
  for (let i = 0; i < count; i++) {
    const at = before.length + first + i;
    const instruction = all[at];
    lines.push(instruction === undefined ? invalid(all, at, base) : line(view, instruction, all[at - 1], i === 0));
  }
  return lines;
}

/** Instructions from an address on. */
function forward(view: CoreView, base: number, count: number): InstructionResult[] {
  const { session } = view;
  const flavour = session.settings.disassembleFlavor;
  const found = attempt(() => disassembleRange(session, rangeOfCount(base, count), flavour));
  return [...(found?.instructions ?? [])].slice(0, count);
}

/** Instructions before an address: of its function, and of those before. Their ends are known only from their beginning. */
function backward(view: CoreView, base: number, count: number): InstructionResult[] {
  const { session } = view;
  const flavour = session.settings.disassembleFlavor;
  let out: InstructionResult[] = [];
  let end = base;
  for (let i = 0; i < MOST_FUNCTIONS && out.length < count && end > 0; i++) {
    const range = functionRange(session, i === 0 && functionRange(session, base)?.start !== base ? base : end - 1);
    if (range === undefined || range.start >= end) break;
    const code = attempt(() => disassembleRange(session, { start: range.start, end }, flavour));
    if (code === undefined) break;
    out = [...code.instructions, ...out];
    end = range.start;
  }
  return out.slice(-count);
}

function line(
  view: CoreView,
  each: InstructionResult,
  previous: InstructionResult | undefined,
  isFirst: boolean,
): Line {
  const isNewPlace = isFirst || previous?.file !== each.file || previous.line !== each.line;
  const location = isNewPlace && each.line > 0 ? view.sources.of(each.file) : undefined;
  const isEntry = each.function !== undefined && each.function !== previous?.function;
  return {
    address: each.pc,
    instructionBytes: each.bytes.replace(/..(?=.)/g, '$& '),
    instruction: each.text,
    ...(isEntry || (isFirst && each.function !== undefined) ? { symbol: each.function } : {}),
    ...(location === undefined ? {} : { location, line: each.line + view.client.lineOffset }),
  };
}

/** What stands where there is no code: the protocol wants as many lines as were asked for, at different addresses. */
function invalid(all: readonly InstructionResult[], at: number, base: number): Line {
  const [first, last] = [all[0], all.at(-1)];
  const address =
    first === undefined || last === undefined
      ? base + at
      : at < 0
        ? Number(first.pc) + at
        : Number(last.pc) + last.bytes.length / 2 + (at - all.length);
  return { address: hex(Math.max(0, address)), instruction: '(no code)', presentationHint: 'invalid' };
}
