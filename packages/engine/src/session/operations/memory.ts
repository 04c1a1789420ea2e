import { DebugError } from '../../base/errors.ts';
import { evaluateAddress } from '../address-argument.ts';
import { dumpMemory } from '../memory-dump.ts';
import { defineOperation, type Operation, type Parameters } from '../operation.ts';
import type { MemoryFormat, MemoryResult } from '../results-machine.ts';

/** Spellings of the formats: ours, Delve's long ones, and the letters of GDB's x. */
const FORMATS: Readonly<Record<MemoryFormat, readonly string[]>> = {
  bin: ['bin', 'binary', 't'],
  oct: ['oct', 'octal', 'o'],
  dec: ['dec', 'decimal'],
  hex: ['hex', 'hexadecimal', 'x', 'z'],
  raw: ['raw'],
  int: ['int', 'd'],
  uint: ['uint', 'u'],
  float: ['float', 'f'],
  char: ['char', 'c'],
  addr: ['addr', 'address', 'a'],
  string: ['string', 'str', 's'],
};

/** Bytes of a value where none are given: what the format is about, else a byte as in Delve. */
const SIZES: Readonly<Partial<Record<MemoryFormat, number>>> = { float: 8, addr: 8 };

function formatNamed(text: string): MemoryFormat {
  for (const [format, spellings] of Object.entries(FORMATS))
    if (spellings.includes(text)) return format as MemoryFormat;
  throw new DebugError(`there is no format ${text}`, {
    code: 'usage',
    hint: `the formats are ${Object.keys(FORMATS).join(', ')}`,
  });
}

function positive(parameters: Parameters, name: string, most: number): number | undefined {
  const value = parameters[name];
  if (typeof value !== 'number') return undefined;
  if (value > 0 && value <= most) return value;
  const bound = most === Number.MAX_SAFE_INTEGER ? 'greater than 0' : `between 1 and ${most}`;
  throw new DebugError(`-${name} must be ${bound}, not ${value}`, { code: 'usage' });
}

function sizeOf(format: MemoryFormat, parameters: Parameters): number {
  const size = positive(parameters, 'size', 8) ?? SIZES[format] ?? 1;
  if (format === 'string' || format === 'raw') return 1;
  if (format === 'float' && size !== 4 && size !== 8)
    throw new DebugError(`a float has 4 or 8 bytes, not ${size}`, { code: 'usage' });
  return size;
}

export const examineMemoryOperation: Operation<MemoryResult> = defineOperation({
  name: 'examinemem',
  aliases: ['x'],
  group: 'data',
  summary: 'Print memory as it is',
  details: `x 0xc00008af38                  one byte, in hex
x -count 20 -size 8 &buffer      twenty words from a variable's address on
x -fmt string p                  the text that p points to, up to its zero byte
x -count 4 $rsp                  from where a register of the selected frame points

Formats: hex, dec, oct and bin with leading zeros; int, uint, float and char as values;
addr names the function that an address is in; string ends at a zero byte; raw is text.
The address is any expression that is a number or a pointer. GDB's x/20gx, x/s, x/4dw work.`,
  parameters: [
    {
      name: 'fmt',
      kind: 'string',
      summary: 'hex (if not given), dec, oct, bin, int, uint, float, char, addr, string, raw',
    },
    { name: 'count', kind: 'number', aliases: ['len'], summary: 'how many values (1)' },
    { name: 'size', kind: 'number', summary: 'bytes of a value, 1 to 8 (1)' },
    { name: 'x', kind: 'flag', summary: 'the address is an expression; accepted, as it always may be one' },
    {
      name: 'address',
      kind: 'expression',
      positional: true,
      required: true,
      completes: 'variable',
      summary: 'address, or an expression that is one',
    },
  ],
  run(session, parameters) {
    const { fmt, address } = parameters;
    const format = typeof fmt === 'string' ? formatNamed(fmt) : 'hex';
    const size = sizeOf(format, parameters);
    const count = positive(parameters, 'count', Number.MAX_SAFE_INTEGER) ?? 1;
    const at = evaluateAddress(session, String(address));
    return dumpMemory(session.program, { address: at, format, size, count });
  },
});
