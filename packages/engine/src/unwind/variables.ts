import { DebugError, attempt } from '../base/errors.ts';
import { readInteger } from '../values/scalars.ts';
import type { InlineScope } from '../dwarf/functions.ts';
import { evaluateLocation, type ExpressionContext, type Piece } from '../dwarf/expression.ts';
import type { Image } from '../image/image.ts';
import type { Unit } from '../dwarf/unit.ts';
import type { VariableEntry } from '../dwarf/variables.ts';
import type { Program } from '../program/program.ts';
import { bytesPlace, memoryPlace, type AbsentPart, type Place } from '../values/place.ts';
import type { Call } from './call-stack.ts';
import { entryValue } from './entry-values.ts';
import type { Frame } from './frame.ts';

/** Where a variable's value comes from. */
export type Provenance = 'memory' | 'stack' | 'register' | 'heap' | 'constant' | 'mixed';

/** A variable of a call, located: at a place, or absent for a reason. */
export interface LocatedVariable {
  readonly name: string;
  readonly entry: VariableEntry;
  /** True where DWARF names the variable `&x`: the place holds a pointer to it. */
  readonly escaped: boolean;
  readonly place: Place | undefined;
  readonly absent: string | undefined;
  readonly provenance: Provenance | undefined;
  /** True if the location is memory as a whole, and not put together from pieces. */
  readonly whole: boolean;
  /** True if the location is the same all through the function (unoptimised, or never moved). */
  readonly fixed: boolean;
}

const PAST_PROLOGUE = 'its value is not recorded at this place of the optimised code';

/** What DWARF says of a call. */
export interface CallScope {
  readonly image: Image;
  /** The function, or the inlined call. */
  readonly scope: InlineScope;
  readonly unit: Unit;
  /** Link-time address at which variables are looked up. */
  readonly pc: number;
  /** DW_AT_frame_base of the function. */
  readonly frameBase: Uint8Array | undefined;
}

/** The scope of a call in DWARF: its function or inlined call, or undefined where DWARF has none or is damaged. */
export function scopeOf(program: Program, call: Call): CallScope | undefined {
  return attempt(() => readScope(program, call));
}

/** Why the scope of a call cannot be read; undefined where it can be, and where DWARF has none. */
export function scopeProblem(program: Program, call: Call): string | undefined {
  try {
    readScope(program, call);
    return undefined;
  } catch (error) {
    if (error instanceof DebugError) return error.message;
    throw error;
  }
}

function readScope(program: Program, call: Call): CallScope | undefined {
  const image = program.imageAt(call.frame.lookupPc) ?? program.main;
  const dwarf = image?.dwarf;
  if (image === undefined || dwarf === undefined) return undefined;
  const pc = call.frame.lookupPc - image.bias;
  const func = dwarf.functionAt(pc);
  if (func === undefined) return undefined;
  const scopes = func.scopesAt(pc);
  const byDepth = scopes[call.inlineDepth];
  // The function table and DWARF count inlined calls alike; where they do not, the name decides.
  const scope =
    byDepth !== undefined && sameName(byDepth.name, call.name)
      ? byDepth
      : scopes.find((s) => sameName(s.name, call.name));
  return scope && { image, scope, unit: func.unit, pc, frameBase: attempt(() => func.frameBase) };
}

/** Go 1.18-1.20 elide type arguments in the function table. */
function sameName(dwarfName: string, tableName: string): boolean {
  return dwarfName === tableName || stripTypeArguments(dwarfName) === stripTypeArguments(tableName);
}

function stripTypeArguments(name: string): string {
  const open = name.indexOf('[');
  const close = name.lastIndexOf(']');
  return open < 0 || close < open ? name : `${name.slice(0, open)}[...]${name.slice(close + 1)}`;
}

/** Locates every variable of a call, outer scopes first. Undefined when DWARF does not know the function. */
export function locateVariables(program: Program, call: Call): LocatedVariable[] | undefined {
  const found = scopeOf(program, call);
  if (found === undefined) return undefined;
  const { scope, unit, pc, frameBase } = found;
  const context: ExpressionContext = {
    ...expressionContext(program, call.frame, unit),
    frameBase,
    entryValue: (expression) => entryValue(program, call.frame, expression, (frame) => call.chain.outer(frame)),
  };
  const variables: LocatedVariable[] = [];
  const closure = closureAtEntry(program, call.frame);
  for (const entry of scope.variablesAt(pc)) {
    variables.push(captured(entry, closure) ?? worded(locate(entry, pc, context), call.frame));
  }
  return variables;
}

/** The object of the closure that is being entered; undefined behind the first instruction, where it may be gone. */
function closureAtEntry(program: Program, { pc, found, registers }: Frame): number | undefined {
  const object = found?.func.entry === pc ? registers.get(program.target.arch.closureContext) : undefined;
  return object === undefined || object === 0n ? undefined : Number(object);
}

/** A variable that a closure captured, at its entry: it is in the closure's object (DW_AT_go_closure_offset, Go 1.23+). */
function captured(entry: VariableEntry, closure: number | undefined): LocatedVariable | undefined {
  const offset = entry.goClosureOffset;
  if (closure === undefined || offset === undefined || offset === 0) return undefined;
  const rawName = entry.name ?? '?';
  const escaped = rawName.startsWith('&');
  return {
    name: escaped ? rawName.slice(1) : rawName,
    entry,
    escaped,
    fixed: true,
    whole: true,
    place: memoryPlace(closure + offset),
    absent: undefined,
    provenance: 'heap',
  };
}

/** Registers of a made-up frame are missing for its own reason. */
function worded(variable: LocatedVariable, { unset }: Frame): LocatedVariable {
  return unset === undefined || variable.absent === undefined ? variable : { ...variable, absent: unset };
}

function locate(entry: VariableEntry, pc: number, context: FrameContext): LocatedVariable {
  const rawName = entry.name ?? '?';
  const escaped = rawName.startsWith('&');
  const name = escaped ? rawName.slice(1) : rawName;
  const base = { name, entry, escaped, whole: false, fixed: false };
  const none = (absent: string): LocatedVariable => ({ ...base, place: undefined, absent, provenance: undefined });
  try {
    base.fixed = entry.coveredRanges === undefined;
    const { state, expression } = entry.locationAt(pc);
    if (expression === undefined) return none(stateText(state));
    const pieces = evaluateLocation(expression, context);
    const whole = assemble(pieces, context);
    const isOne = pieces.length === 1 && pieces[0]?.size === undefined && pieces[0]?.where.kind === 'memory';
    return { ...base, ...whole, whole: isOne, provenance: escaped ? 'heap' : whole.provenance };
  } catch (error) {
    if (!(error instanceof DebugError)) throw error;
    return none(error.message);
  }
}

function stateText(state: 'ok' | 'no-entry-at-pc' | 'empty' | 'none'): string {
  if (state === 'no-entry-at-pc') return PAST_PROLOGUE;
  return 'optimised away';
}

/** What an expression of a frame sees, and why registers are missing that are not known for another reason than that they are lost. */
type FrameContext = ExpressionContext & Pick<Frame, 'unset'>;

/** What an expression of this frame sees. */
export function expressionContext(program: Program, frame: Frame, unit: Unit): FrameContext {
  const image = program.imageAt(frame.pc) ?? program.main;
  return {
    register: (number) => frame.registers.get(number),
    cfa: frame.cfa,
    readMemory: (address, size) => readInteger(program.memory.read(address, size), size, false),
    addressAt: (index) => unit.addressAt(index),
    bias: image?.bias ?? 0,
    ...(frame.unset === undefined ? {} : { unset: frame.unset }),
  };
}

type Located = Pick<LocatedVariable, 'place' | 'absent' | 'provenance'>;

/** Puts the pieces of a location together: one place in memory stays in memory, everything else becomes bytes. */
function assemble(pieces: readonly Piece[], context: FrameContext): Located {
  const [first] = pieces;
  if (first === undefined) return { place: undefined, absent: 'optimised away', provenance: undefined };
  if (pieces.length === 1 && first.size === undefined) return single(first, context);
  if (pieces.every((piece) => piece.where.kind === 'absent')) {
    const reason = first.where.kind === 'absent' ? first.where.reason : 'optimised away';
    return { place: undefined, absent: plainReason(reason), provenance: undefined };
  }
  const contiguous = contiguousMemory(pieces);
  if (contiguous !== undefined) return { place: memoryPlace(contiguous), absent: undefined, provenance: 'stack' };
  const total = pieces.reduce((sum, piece) => sum + (piece.size ?? 0), 0);
  const bytes = new Uint8Array(total);
  const absent: AbsentPart[] = [];
  let at = 0;
  for (const piece of pieces) {
    const size = piece.size ?? 0;
    const part = pieceBytes(piece, size, context);
    if (typeof part === 'string') absent.push({ start: at, end: at + size, reason: part });
    else bytes.set(part, at);
    at += size;
  }
  const kinds = new Set(pieces.map((piece) => piece.where.kind));
  const provenance = kinds.size === 1 && kinds.has('register') ? 'register' : 'mixed';
  return { place: bytesPlace(bytes, absent), absent: undefined, provenance };
}

function single(piece: Piece, context: FrameContext): Located {
  const { where } = piece;
  switch (where.kind) {
    case 'memory':
      return { place: memoryPlace(where.address), absent: undefined, provenance: 'stack' };
    case 'absent':
      return { place: undefined, absent: plainReason(where.reason), provenance: undefined };
    case 'implicit':
      return { place: bytesPlace(where.bytes), absent: undefined, provenance: 'constant' };
    default: {
      const part = pieceBytes(piece, 8, context);
      if (typeof part === 'string') return { place: undefined, absent: part, provenance: undefined };
      return {
        place: bytesPlace(part),
        absent: undefined,
        provenance: where.kind === 'register' ? 'register' : 'constant',
      };
    }
  }
}

/** The start address if all pieces follow each other in memory. */
function contiguousMemory(pieces: readonly Piece[]): number | undefined {
  let expected: number | undefined;
  let start: number | undefined;
  for (const { where, size } of pieces) {
    if (where.kind !== 'memory' || size === undefined || (expected !== undefined && where.address !== expected))
      return undefined;
    start ??= where.address;
    expected = where.address + size;
  }
  return start;
}

/** The bytes of a piece, or why there are none. */
function pieceBytes(piece: Piece, size: number, context: FrameContext): Uint8Array | string {
  const { where } = piece;
  switch (where.kind) {
    case 'memory': {
      const value = attempt(() => wordsOf(where.address, size, context));
      return value ?? `memory at 0x${where.address.toString(16)} is not in the core`;
    }
    case 'register': {
      const value = context.register(where.register);
      if (value === undefined) return context.unset ?? 'it was in a register that the called function has overwritten';
      return wordBytes(value, size);
    }
    case 'value':
      return wordBytes(where.value, size);
    case 'implicit':
      return where.bytes;
    default:
      return plainReason(where.reason);
  }
}

function plainReason(reason: string): string {
  if (/^register \d+ is not known/.test(reason)) return 'it was in a register that the called function has overwritten';
  if (reason.includes('DW_OP_entry_value'))
    return 'it was passed in a register, and what the caller passed is not recorded';
  return reason;
}

function wordBytes(value: bigint, size: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(8, size));
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
  return bytes.subarray(0, size);
}

function wordsOf(address: number, size: number, context: FrameContext): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = Number(context.readMemory(address + i, 1));
  return bytes;
}
