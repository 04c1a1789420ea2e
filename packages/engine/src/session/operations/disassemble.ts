import { FLAVOURS, type Flavour } from '../../arch/text/instruction.ts';
import { DebugError, hex } from '../../base/errors.ts';
import { disassembleRange, functionRange, rangeOfCount, type CodeRange } from '../disassembly.ts';
import { addressOf, findLocation, requireCode } from '../locations.ts';
import { defineOperation, type Operation, type Parameters } from '../operation.ts';
import type { DisassemblyResult } from '../results-code.ts';
import type { Session } from '../session.ts';
import { LOCATION_HELP } from './list.ts';

function flavourOf(session: Session, given: Parameters[string]): Flavour {
  if (given === undefined) return session.settings.disassembleFlavor;
  const flavour = FLAVOURS.find((each) => each === given);
  if (flavour !== undefined) return flavour;
  throw new DebugError(`there is no flavour ${String(given)}`, {
    code: 'usage',
    hint: `the flavours are ${FLAVOURS.join(', ')}`,
  });
}

function countOf(parameters: Parameters): number | undefined {
  const { count } = parameters;
  if (typeof count !== 'number') return undefined;
  if (count < 1) throw new DebugError(`-count must be greater than 0, not ${count}`, { code: 'usage' });
  return count;
}

/** `-a START END`, and GDB's `START,END` and `START,+LENGTH`. */
function explicitRange(session: Session, from: string, to: string, isLength: boolean): CodeRange {
  const start = addressOf(session, from);
  const end = (isLength ? start : 0) + addressOf(session, to);
  if (start < end) return { start, end };
  throw new DebugError(`the range from ${hex(start)} to ${hex(end)} is empty`, {
    code: 'usage',
    hint: 'the end address must be greater than the start',
  });
}

/** Two numbers with a comma: other commas are of type arguments. */
const GDB_RANGE = /^(0x[0-9a-fA-F]+|\d+),\s*(\+?)(0x[0-9a-fA-F]+|\d+)$/;

function rangeOf(session: Session, parameters: Parameters): CodeRange {
  const { a, l } = parameters;
  // GDB's modifiers ask for source and raw bytes, which are always shown.
  const rest = String(parameters['location'] ?? '').replace(/^\/[mrs]+(?:\s+|$)/, '');
  const count = countOf(parameters);
  if (a !== undefined) {
    if (l !== undefined) throw new DebugError('-a and -l exclude each other', { code: 'usage' });
    if (rest !== '')
      return { ...explicitRange(session, String(a), rest, false), ...(count === undefined ? {} : { count }) };
    if (count !== undefined) return rangeOfCount(addressOf(session, String(a)), count);
    throw new DebugError('-a needs two addresses', { code: 'usage', hint: 'disassemble -a START END' });
  }
  if (l !== undefined && rest !== '') throw new DebugError(`one argument too many: ${rest}`, { code: 'usage' });
  const [, from, plus, to] = GDB_RANGE.exec(rest) ?? [];
  if (from !== undefined && to !== undefined) return explicitRange(session, from, to, plus === '+');
  const location = l === undefined ? rest : String(l);
  const address = location === '' ? session.call().frame.pc : requireCode(session, findLocation(session, location));
  if (count !== undefined) return rangeOfCount(address, count);
  // Behind a call that does not return, the next function may begin.
  const inside = location === '' ? session.call().frame.lookupPc : address;
  const range = functionRange(session, inside);
  if (range !== undefined) return range;
  throw new DebugError(`it is not known where the function at ${hex(address)} begins and ends`, {
    code: 'not-found',
    hint: `disassemble -count 20 *${hex(address)} shows the instructions from there on`,
  });
}

export const disassembleOperation: Operation<DisassemblyResult> = defineOperation({
  name: 'disassemble',
  aliases: ['disass'],
  group: 'look',
  summary: 'Disassemble the function of the selected frame, or other code',
  details: `disassemble                       the function of the selected frame; => marks where the frame is
frame 3 disassemble               of another frame, with => where it will return to
disassemble main.f                of a function, or that of any other location; -l main.f is the same
disassemble -a 0x401000 0x401040  between two addresses, which may be expressions
disassemble -count 10 *0x401000   so many instructions from a location on; GDB's x/10i does that, too
disassemble -flavour go           as the Go assembler writes it; intel (of amd64) and gnu are the others

config disassemble-flavor chooses the flavour for good.

${LOCATION_HELP}`,
  parameters: [
    { name: 'a', kind: 'expression', summary: 'start address; the end address follows' },
    { name: 'l', kind: 'location', completes: 'location', summary: 'a location whose function to disassemble' },
    { name: 'count', kind: 'number', aliases: ['n'], summary: 'only so many instructions, from the location on' },
    { name: 'flavour', kind: 'string', aliases: ['flavor'], summary: 'intel, gnu or go' },
    {
      name: 'location',
      kind: 'location',
      positional: true,
      completes: 'location',
      summary: 'a location; behind -a the end address',
    },
  ],
  run: (session, parameters) =>
    disassembleRange(session, rangeOf(session, parameters), flavourOf(session, parameters['flavour'])),
});
