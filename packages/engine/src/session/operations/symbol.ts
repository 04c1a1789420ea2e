import { DebugError, hex } from '../../base/errors.ts';
import { addressOf as addressOfPlace } from '../../values/place.ts';
import { pcLocation } from '../calls.ts';
import { globalVariables } from '../globals.ts';
import { addressOf } from '../locations.ts';
import { isCode } from '../native-code.ts';
import { defineOperation, type Operation } from '../operation.ts';
import type { SymbolResult } from '../results-session.ts';
import type { Session } from '../session.ts';

/** What lies at an address, from the most to the least exact. */
export const symbolOperation: Operation<SymbolResult> = defineOperation({
  name: 'symbol',
  aliases: [],
  group: 'symbols',
  summary: 'Tell what an address belongs to: a function, a variable, a stack, a mapped file',
  details: `symbol 0x48a3f0      by number
symbol &x            of a variable
symbol p             by any expression that has an address as its value
symbol RIP           by a register of the selected frame

GDB's info symbol means this; its info address X is print &X.`,
  parameters: [
    {
      name: 'expression',
      kind: 'expression',
      positional: true,
      required: true,
      completes: 'variable',
      summary: 'an address, or an expression for one',
    },
  ],
  run(session, parameters) {
    const { expression } = parameters;
    if (typeof expression !== 'string') throw new DebugError('symbol needs an address', { code: 'usage' });
    const address = addressOf(session, expression.trim());
    return {
      address: hex(address),
      function: functionAt(session, address),
      variable: variableAt(session, address),
      goroutine: goroutineAt(session, address),
      file: session.program.target.mappedFileAt(address)?.path,
      readable: session.program.memory.readSome(address, 1).length > 0,
    };
  },
});

function functionAt(session: Session, address: number): SymbolResult['function'] {
  const { program } = session;
  if (!isCode(program, address)) return undefined;
  const found = program.findFunc(address);
  const place = pcLocation(program, address);
  if (found !== undefined)
    return {
      name: found.func.name,
      offset: address - found.func.entry,
      file: place?.file ?? '',
      line: place?.line ?? 0,
    };
  const native = program.nativeName(address);
  return native && { name: native.name, offset: native.offset, file: '', line: 0 };
}

function variableAt(session: Session, address: number): SymbolResult['variable'] {
  for (const { name, value } of globalVariables(session)) {
    const start = value === undefined ? undefined : addressOfPlace(value.place);
    if (value === undefined || start === undefined) continue;
    if (address >= start && address < start + Math.max(1, value.type.size))
      return { name, type: value.type.name, offset: address - start };
  }
  return undefined;
}

function goroutineAt({ runtime }: Session, address: number): number | undefined {
  return runtime.goroutines.find(({ stack }) => address >= stack.low && address < stack.high)?.id;
}
