import { RBP, RSP } from '../../arch/amd64/instruction.ts';
import { decodeInstruction } from '../../arch/amd64/decoder.ts';
import { attempt } from '../../base/errors.ts';
import { readInteger } from '../../values/scalars.ts';
import type { FunctionEntry } from '../../dwarf/functions.ts';
import type { VariableEntry } from '../../dwarf/variables.ts';
import { PF_W, PT_LOAD } from '../../elf/constants.ts';
import type { FoundFunc, Program } from '../../program/program.ts';
import { FlowAnalysis } from './flow-analysis.ts';
import { buildFlowGraph, type CodeContext, type FlowGraph } from './flow-graph.ts';
import { argumentPlaces, type ArgumentPiece } from '../argument-places.ts';
import { FlowState, slotOffset, StateLayout, VECTOR_HIGH, VECTOR_LOW } from './flow-state.ts';
import { Transfer, type CalleeFacts, type FunctionFacts } from './transfer.ts';
import { ValueNumbers } from './value-number.ts';
import {
  buildPieces,
  partsOf,
  type PieceTable,
  type PlacesAtEntry,
  type ShapeOf,
  type Stretch,
  type VariablePiece,
} from './variable-pieces.ts';

/** Functions longer than this, in bytes, are not followed. */
const LONGEST_FUNCTION = 1 << 17;
/** Entries of a jump table that are read at most. */
const LONGEST_TABLE = 2048;
/** The function of Go 1.26 that keeps all registers of a failed bounds check on its frame: every slot of it is a register. */
const SAVES_REGISTERS = 'runtime.panicBounds';

/** Functions that never return to where they were called. */
const NEVER_RETURNS =
  /^runtime\.(?:gopanic|throw|fatal|fatalthrow|fatalpanic|morestack|morestack_noctxt|goPanic[A-Z]\w*|panic(?!Check)\w*)(?:\.abi\w*)?$/;

/** A function whose values are known by the flow of its code. */
export interface FunctionFlow {
  readonly found: FoundFunc;
  readonly analysis: FlowAnalysis;
  readonly transfer: Transfer;
  readonly table: PieceTable;
  readonly numbers: ValueNumbers;
  /** Addresses outside of the function that its code computes: of constants, among others. */
  addressesUsed(): readonly number[];
  /** True for a slot that the function makes pointers to: what is there lives in memory, not in registers. */
  isAddressTaken(slot: number): boolean;
  piecesOf(variable: VariableEntry): readonly VariablePiece[];
}

/** The flows of a program's functions, made when first asked for (amd64). */
export class Flows {
  readonly program: Program;
  private readonly shapeOf: ShapeOf;
  private readonly known = new Map<number, FunctionFlow | undefined>();

  /** @param shapeOf tells of a variable's type; undefined where that cannot be read */
  constructor(program: Program, shapeOf: ShapeOf) {
    this.program = program;
    this.shapeOf = shapeOf;
  }

  /** The flow of a function; undefined where its code is not understood, too long, or for another processor. */
  of(found: FoundFunc): FunctionFlow | undefined {
    const { entry } = found.func;
    if (!this.known.has(entry))
      this.known.set(
        entry,
        attempt(() => this.build(found)),
      );
    return this.known.get(entry);
  }

  private build(found: FoundFunc): FunctionFlow | undefined {
    const { program } = this;
    const { entry, end } = found.func;
    const length = end - entry;
    if (program.target.arch.name !== 'amd64' || length <= 0 || length > LONGEST_FUNCTION) return undefined;
    const code = program.memory.read(entry, length);
    const calleeOf = remembered((address: number) => program.findFunc(address));
    const extraEntries = found.func.deferReturn > 0 && found.func.deferReturn < length ? [found.func.deferReturn] : [];
    const graph = buildFlowGraph(code, codeContext(program, calleeOf, found, extraEntries));
    if (graph === undefined) return undefined;
    const table = this.pieces(found);
    const taken = addressesTaken(found, graph);
    const facts = functionFacts(program, calleeOf, found, taken, table);
    const numbers = new ValueNumbers();
    const transfer = new Transfer(numbers, facts);
    const state = new FlowState(new StateLayout(table.tracked.length));
    transfer.entryState(state, table.stackArguments, vectorArguments(table));
    const analysis = new FlowAnalysis(graph, numbers, transfer, table.tracked, state, new Set(extraEntries));
    return {
      found,
      analysis,
      transfer,
      table,
      numbers,
      addressesUsed: () => addressesUsed(found, graph),
      isAddressTaken: (slot) => taken.includes(slot),
      piecesOf: (variable) => table.ofVariable.get(variable) ?? [],
    };
  }

  private pieces({ func, pclntab }: FoundFunc): PieceTable {
    const image = this.program.imageAt(func.entry) ?? this.program.main;
    const link = func.entry - (image?.bias ?? 0);
    const described = attempt(() => image?.dwarf?.functionAt(link));
    const isGo = !pclntab.isAssembly(func) && described?.lowPc === link;
    const atEntry = isGo ? attempt(() => this.placesAtEntry(described, link)) : undefined;
    return buildPieces(described?.everyVariable() ?? [], link, this.shapeOf, atEntry ?? new Map());
  }

  /** Where the arguments of a function are when it is called. Empty for functions that have others before those of the source. */
  private placesAtEntry(func: FunctionEntry, link: number): PlacesAtEntry {
    const scope = func.scopesAt(link).at(-1);
    const variables = scope?.variablesAt(link).filter(({ isArgument, isResult }) => isArgument && !isResult) ?? [];
    const types = variables.flatMap((variable) => this.shapeOf(variable)?.type ?? []);
    if (func.name.includes('[') || types.length < variables.length) return new Map();
    const places = argumentPlaces(types, this.program.minor >= 17);
    const atEntry = new Map(variables.map((variable, i) => [variable, places[i] ?? []]));
    return [...atEntry].every(([variable, pieces]) => isPassedSo(variable, link, pieces)) ? atEntry : new Map();
  }
}

/** False for an argument that its list finds on the stack at the entry, and the convention in registers: assembly calls the function. */
function isPassedSo(variable: VariableEntry, link: number, pieces: readonly ArgumentPiece[]): boolean {
  const { expression } = variable.locationAt(link);
  if (expression === undefined || expression.length === 0) return true;
  const size = pieces.reduce((sum, piece) => sum + piece.size, 0);
  const onStack = partsOf(expression, size).some(({ slot }) => slot !== undefined);
  return !onStack || pieces.every(({ location }) => slotOffset(location) !== undefined);
}

/** The function at an address in memory. */
type CalleeOf = (address: number) => FoundFunc | undefined;

/** What `find` gives, found once for each: a function calls the same others again and again. */
function remembered<K, V>(find: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    if (!known.has(key)) known.set(key, find(key));
    return known.get(key) as V;
  };
}

/** Vector registers that hold arguments at the function's entry. */
function vectorArguments({ tracked, placesAtEntry }: PieceTable): number[] {
  const listed = tracked.flatMap(({ intervals }) => intervals.filter(({ low }) => low === 0));
  const places = [...listed, ...[...placesAtEntry.values()].flat()];
  return [...new Set(places.map(({ location }) => location))].filter((at) => at >= VECTOR_LOW && at < VECTOR_HIGH);
}

function codeContext(
  program: Program,
  calleeOf: CalleeOf,
  { func }: FoundFunc,
  extraEntries: readonly number[],
): CodeContext {
  return {
    extraEntries,
    neverReturns: (target) => {
      const callee = calleeOf(func.entry + target)?.func;
      return callee !== undefined && NEVER_RETURNS.test(callee.name);
    },
    jumpTable: (offset) => {
      const targets: number[] = [];
      for (let i = 0; i < LONGEST_TABLE; i++) {
        const target = attempt(() => program.memory.u64(func.entry + offset + i * 8));
        if (target === undefined || target < func.entry || target >= func.end) break;
        targets.push(target - func.entry);
      }
      return targets.length === 0 ? undefined : targets;
    },
  };
}

/** The first slot above the return address. */
const ARGUMENTS = 8;

function functionFacts(
  program: Program,
  calleeOf: CalleeOf,
  found: FoundFunc,
  taken: readonly number[],
  table: PieceTable,
): FunctionFacts {
  const { func } = found;
  const { namedBytes, lowestNamed } = table;
  const keepsAll = func.name === SAVES_REGISTERS;
  // What lies below the return address cannot reach the arguments above it.
  const lowestTaken = (from: number): number =>
    keepsAll ? Infinity : Math.min(Infinity, ...taken.filter((slot) => slot >= from || slot === -Infinity));
  const lowestTakenOf = { frame: lowestTaken(-Infinity), arguments: lowestTaken(ARGUMENTS) };
  const isTaken = ({ start, end }: Stretch): boolean =>
    taken.some((slot) => slot === -Infinity || (slot >= start && slot < end));
  return {
    isPrivate: (slot) => {
      const named = namedBytes.get(slot);
      if (named !== undefined) return !isTaken(named);
      return slot < (slot < ARGUMENTS ? lowestTakenOf.frame : lowestTakenOf.arguments);
    },
    isOwn: (slot) => keepsAll || slot >= lowestNamed,
    callee: (target) =>
      keepsAll ? { argumentBytes: 0, keepsRegisters: false } : calleeFacts(calleeOf(func.entry + target)),
    constantAt: (offset, size) => constantAt(program, func.entry + offset, size),
    addressOf: (offset) => func.entry + offset,
    zeroVector: program.minor >= 17 && !found.pclntab.isAssembly(func),
    hasContext: !found.pclntab.isAssembly(func),
  };
}

/** Arguments of a called function: the table says how many bytes of its caller's stack are its own. */
function calleeFacts(callee: FoundFunc | undefined): CalleeFacts {
  if (callee === undefined) return { argumentBytes: undefined, keepsRegisters: false };
  const { name, args } = callee.func;
  return {
    // Functions of assembly without a prototype have a number that means it is not known.
    argumentBytes: args >= 0x7fff_ffff || callee.pclntab.isAssembly(callee.func) ? undefined : args,
    keepsRegisters: name.startsWith('runtime.gcWriteBarrier'),
  };
}

/** Slots whose address the function computes, or that it reaches by an index: pointers may point there. */
function addressesTaken({ func, pclntab }: FoundFunc, graph: FlowGraph): number[] {
  const taken = new Set<number>();
  for (const { instructions } of graph.blocks) {
    for (const { at, operation, memory, destination, source } of instructions) {
      const target = destination?.kind === 'register' ? destination.number : -1;
      const setsFrame = target === RBP || target === RSP;
      const copiesPointer = operation === 'move' && source?.kind === 'register' && source.number === RSP && !setsFrame;
      // The check for room in a large frame computes an address below the stack pointer.
      const isBelow = memory?.base === RSP && memory.displacement < 0;
      const takesAddress =
        operation === 'lea' && !setsFrame && !isBelow && (memory?.base === RSP || memory?.base === RBP);
      const isIndexed = memory !== undefined && memory.index >= 0 && memory.base === RSP;
      if (!copiesPointer && !takesAddress && !isIndexed) continue;
      const depth = pclntab.spDelta(func, func.entry + at);
      if (depth < 0 || memory?.base === RBP) return [-Infinity];
      taken.add(-depth + (copiesPointer ? 0 : (memory?.displacement ?? 0)));
    }
  }
  return [...taken];
}

function addressesUsed({ func }: FoundFunc, graph: FlowGraph): number[] {
  const used = graph.blocks.flatMap(({ instructions }) =>
    instructions.flatMap(({ at, length, operation, memory }) =>
      operation === 'lea' && memory?.ripRelative === true ? [func.entry + at + length + memory.displacement] : [],
    ),
  );
  return [...new Set(used)];
}

/** What lies in memory that nobody can write. */
function constantAt(program: Program, address: number, size: number): bigint | undefined {
  const image = program.imageAt(address);
  if (image === undefined) return undefined;
  const at = address - image.bias;
  const segment = image.elf.segments.find(
    ({ type, vaddr, memsz }) => type === PT_LOAD && at >= vaddr && at + size <= vaddr + memsz,
  );
  if (segment === undefined || (segment.flags & PF_W) !== 0) return undefined;
  return attempt(() => readInteger(program.memory.read(address, size), size, false));
}

/**
 * Where a function that only moves its registers about jumps to, and which of its entry registers each register then holds:
 * `runtime.panicIndex` and its like hand over to the function that has a frame. Undefined for other functions.
 */
export function trampolineOf(
  program: Program,
  found: FoundFunc,
): { target: number; moved: ReadonlyMap<number, number> } | undefined {
  const { entry, end } = found.func;
  const code = attempt(() => program.memory.read(entry, Math.min(64, end - entry)));
  if (code === undefined) return undefined;
  const moved = new Map<number, number>(Array.from({ length: 16 }, (_, register) => [register, register]));
  for (let at = 0, count = 0; count < 8; count++) {
    const instruction = decodeInstruction(code, at);
    if (instruction === undefined) return undefined;
    const { flow, target, operation, source, destination, size } = instruction;
    if (flow === 'jump') return target < 0 || target >= end - entry ? { target: entry + target, moved } : undefined;
    const copies =
      operation === 'move' && size === 8 && source?.kind === 'register' && destination?.kind === 'register';
    if (flow !== 'next' || !copies) return undefined;
    const from = moved.get(source.number);
    if (from !== undefined) moved.set(destination.number, from);
    at += instruction.length;
  }
  return undefined;
}
