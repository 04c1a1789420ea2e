import { attempt, DebugError } from '../base/errors.ts';
import type { LocationEntry } from '../dwarf/location-list.ts';
import type { Unit } from '../dwarf/unit.ts';
import type { VariableEntry } from '../dwarf/variables.ts';
import type { Program } from '../program/program.ts';
import type { GoRuntime } from '../runtime/go-runtime.ts';
import type { DwarfTypes } from '../types/from-dwarf.ts';
import { pointerTo, type GoType } from '../types/go-type.ts';
import type { Call } from '../unwind/call-stack.ts';
import type { FrameValues } from '../unwind/flow/frame-values.ts';
import type { ShapeOf } from '../unwind/flow/variable-pieces.ts';
import type { FlowReading } from '../unwind/flow/read-variable.ts';
import type { StackBounds } from '../unwind/stacks.ts';
import { isOptimised } from '../unwind/staleness.ts';
import { locateVariables, scopeOf, scopeProblem, type LocatedVariable } from '../unwind/variables.ts';
import { addressOf, bytesPlace, memoryPlace, partOf } from '../values/place.ts';
import { wordOf, type Value } from '../values/value.ts';
import { bareName, packageOf } from '../pclntab/function-name.ts';
import { CallVariables, classOf, isCertain, isWhole, ListedVariable, type FrameVariable } from './call-variables.ts';
import { DeadPointers } from './dead-pointers.ts';
import { DeclaredValues } from './declared-values.ts';
import type { CallMade } from './passed-on.ts';
import type { VariableResult } from './results.ts';
import type { FunctionSource } from './source-code/function-source.ts';
import { OptimisedValues } from './optimised-values.ts';
import { mayDeclare } from './source-code/may-declare.ts';
import { presented } from './presentation.ts';
import type { Settings } from './settings.ts';
import type { SourceProvider } from './source-lines.ts';
import type { TypeCatalog } from './type-catalog.ts';

/** A call with what DWARF needs to speak of it; `pc` is link-time. */
interface CallPlace {
  readonly call: Call;
  readonly pc: number;
  readonly unit: Unit;
  /** The types of the image that the code is in. */
  readonly types: DwarfTypes;
}

/** Longest list of variables of a function believed. */
const MOST_VARIABLES = 10_000;

/** What is known of a call besides its frame. */
interface Surroundings {
  /** Names of variables that a fault proves to be nil. */
  provenNil(call: Call): ReadonlySet<string>;
  /** The stack of the goroutine that is asked about, if it is there that a stack pointer points to. */
  stackAt(sp: number): StackBounds | undefined;
}

/** Arguments and locals of calls. */
export class FrameVariables {
  private readonly program: Program;
  private readonly types: TypeCatalog;
  private readonly optimised: OptimisedValues;
  private readonly runtime: GoRuntime;
  private readonly surroundings: Surroundings;
  private deadPointers: DeadPointers | undefined;
  private readonly cache = new Map<Call, CallVariables | undefined>();

  constructor(runtime: GoRuntime, types: TypeCatalog, sources: SourceProvider, surroundings: Surroundings) {
    this.runtime = runtime;
    this.surroundings = surroundings;
    this.program = runtime.program;
    this.types = types;
    this.optimised = new OptimisedValues(this.program, sources, (variable) => this.shapeOf(variable));
  }

  private shapeOf(variable: VariableEntry): ReturnType<ShapeOf> {
    const type = attempt(() => this.types.ofUnit(variable.entry.unit)?.at(variable.typeOffset));
    // The location of an escaped variable is that of the pointer to it.
    return type && { type, size: type.size, aggregate: type.kind === 'struct' || type.kind === 'array' };
  }

  /** Why nothing can be said about a call's variables; undefined if something can. */
  problem(call: Call): string | undefined {
    if (this.variablesOf(call) !== undefined) return undefined;
    if (call.frame.found === undefined) {
      const where = call.module?.split('/').at(-1);
      return `${where === undefined ? 'the code here' : `the C code of ${where}`} has no debugging information, so it names no variables`;
    }
    if (this.program.main?.hasDwarf !== true)
      return 'the executable has no DWARF (it was stripped, or linked with -s or -w), so it names no variables';
    const damage = scopeProblem(this.program, call);
    if (damage !== undefined) return `what DWARF says of ${call.name} cannot be read: ${damage}`;
    return `DWARF does not describe ${call.name}`;
  }

  /** The flow of values in a call's frame: which register or slot holds what. Undefined where its code is not understood. */
  flowOf(call: Call): FrameValues | undefined {
    return attempt(() => this.optimised.valuesOf(call));
  }

  /** The source of a call's function, if it is as it was built. */
  sourceOf(call: Call): FunctionSource | undefined {
    return this.optimised.sourceOf(call);
  }

  /** All variables of a call, arguments first, in the order of their declaration; undefined if DWARF has none. */
  of(call: Call): readonly FrameVariable[] | undefined {
    return this.variablesOf(call)?.all();
  }

  /** The variable that a name stands for in a call: of several the innermost. */
  named(call: Call, name: string): FrameVariable | undefined {
    return this.variablesOf(call)?.named(name);
  }

  private variablesOf(call: Call): CallVariables | undefined {
    if (!this.cache.has(call)) this.cache.set(call, this.find(call));
    return this.cache.get(call);
  }

  private find(call: Call): CallVariables | undefined {
    const located = locateVariables(this.program, call);
    const scope = scopeOf(this.program, call);
    const types = scope && this.types.of(scope.image);
    if (located === undefined || scope === undefined || types === undefined) return undefined;
    const { pc, unit } = scope;
    const place = { call, pc, unit, types };
    const dictionary = located.find((variable) => variable.name === '.dict');
    const real = dictionary && this.moved(dictionary, this.flowReading(place, dictionary, 8));
    const visible = located.slice(0, MOST_VARIABLES).filter((variable) => isVisible(variable, call));
    const nil = this.nilAt(call, visible);
    const listed = visible.map(
      (variable) =>
        new ListedVariable(variable, () =>
          this.doubted(place, nil(variable.name, this.describe(place, variable, real))),
        ),
    );
    return new CallVariables(
      listed,
      () => this.declared(place, listed),
      (variable) => this.doubted(place, variable),
      (name, lines) => {
        const source = this.optimised.sourceOf(call);
        return source !== undefined && mayDeclare(source, name, lines, call.line);
      },
    );
  }

  /** Says so of a variable if what it leads to may not be there any more. */
  private doubted({ call, unit }: CallPlace, variable: FrameVariable): FrameVariable {
    const { value, stale, described } = variable;
    if (value === undefined || stale !== undefined || call.frame.unset !== undefined) return variable;
    const scope = { context: this.types.context, values: () => this.flowOf(call), isOptimised: isOptimised(unit) };
    const moved = described?.escaped === true ? addressOf(value.place) : undefined;
    this.deadPointers ??= new DeadPointers(this.runtime, (sp) => this.surroundings.stackAt(sp));
    const doubt =
      moved === undefined
        ? this.deadPointers.doubt(call, value, scope)
        : this.deadPointers.doubtAboutTarget(call, moved, variable.type.size, scope);
    return doubt === undefined ? variable : { ...variable, stale: doubt };
  }

  /** Where a call failed for a nil pointer, what held it is known to be nil: puts that in place of what is not certain. */
  private nilAt(
    call: Call,
    visible: readonly LocatedVariable[],
  ): (name: string, variable: FrameVariable) => FrameVariable {
    let names: ReadonlySet<string> | undefined;
    return (name, variable) => {
      if (!call.frame.interrupted || isCertain(variable)) return variable;
      names ??= this.surroundings.provenNil(call);
      // Of two variables with one name it is not known which it was.
      if (!names.has(name) || visible.filter((each) => each.name === name).length > 1) return variable;
      const value = { type: variable.type, place: bytesPlace(new Uint8Array(variable.type.size)) };
      return {
        ...variable,
        value,
        absent: undefined,
        stale: undefined,
        from: 'the fault, which proves that it is nil',
      };
    };
  }

  /** What the source says for certain of variables that the compiler did not keep. */
  private declared({ call, unit }: CallPlace, variables: readonly ListedVariable[]): DeclaredValues | undefined {
    const source = isOptimised(unit) && call.frame.unset === undefined ? this.optimised.sourceOf(call) : undefined;
    if (source === undefined || /-range\d+$/.test(call.name)) return undefined;
    return new DeclaredValues(this.types, {
      source,
      line: call.line,
      atCall: !call.frame.interrupted,
      variables,
      packageName: packageOf(call.name),
      isGeneric: call.name.includes('['),
      atEntry: (name) => this.atEntry(call, variables, name),
      callMade: () => this.callMade(call),
      addressOfText: (text) => this.optimised.addressOfText(call, text),
    });
  }

  /** An argument as it was when the call was made. */
  private atEntry(call: Call, variables: readonly ListedVariable[], name: string): Value | undefined {
    const variable = variables.find((each) => each.name === name && each.class === 'argument');
    if (variable === undefined || variable.located.escaped) return undefined;
    const { type } = variable;
    const bytes = this.optimised.atEntry(call, variable.located, type.size);
    return bytes && { type, place: bytesPlace(bytes) };
  }

  /** What the function was called with that a call is in. */
  private callMade({ chain, index }: Call): CallMade | undefined {
    const callee = chain.at(index - 1);
    if (callee === undefined || callee.wrapper || callee.inlined) return undefined;
    let passed: readonly (Value | undefined)[] | undefined;
    return { name: bareName(callee.name), passed: () => (passed ??= this.passedTo(callee)) };
  }

  private passedTo(callee: Call): (Value | undefined)[] {
    const scope = scopeOf(this.program, callee);
    const types = scope && this.types.of(scope.image);
    const parameters = locateVariables(this.program, callee)?.filter(
      ({ entry, name }) => entry.isArgument && !entry.isResult && !name.startsWith('.'),
    );
    return (parameters ?? []).map((parameter) => {
      const type = attempt(() => types?.at(parameter.entry.typeOffset));
      const bytes = type && !parameter.escaped ? this.optimised.atEntry(callee, parameter, type.size) : undefined;
      return type && bytes && { type, place: bytesPlace(bytes) };
    });
  }

  /**
   * What the flow of values knows of a variable; undefined for those that never move, and for those that code which is not optimised
   * has where it says. Of a parameter that nothing assigns to, such code names the register alone, though it has stored it as well.
   */
  private flowReading({ call, pc, unit }: CallPlace, variable: LocatedVariable, size: number): FlowReading | undefined {
    if (variable.fixed || (!isOptimised(unit) && variable.place !== undefined)) return undefined;
    return attempt(() => this.optimised.read(call, variable, pc, size));
  }

  /** The variable where the flow found it. */
  private moved(variable: LocatedVariable, reading: FlowReading | undefined): LocatedVariable {
    if (reading === undefined || (variable.place !== undefined && !reading.elsewhere)) return variable;
    return { ...variable, place: bytesPlace(reading.bytes, reading.absent), absent: undefined };
  }

  private describe(place: CallPlace, located: LocatedVariable, dictionary: LocatedVariable | undefined): FrameVariable {
    const { entry, name, escaped } = located;
    const declared = attempt(() => place.types.at(entry.typeOffset));
    const described = { entry, pc: place.pc, escaped };
    const base = { name, class: classOf(entry), shadowed: false, line: entry.declLine, described } as const;
    if (declared === undefined) {
      const unknown = pointerTo({ name: '?' } as GoType);
      const absent = 'its type cannot be read';
      return { ...base, type: unknown, value: undefined, absent, stale: undefined, from: undefined };
    }
    const type = this.realType(declared, dictionary);
    const read = this.flowReading(place, located, escaped ? 8 : type.size);
    const reading = read && this.optimised.settled(place.call, located, type, read);
    const stale = escaped ? undefined : this.staleness(place, located, type, reading);
    // What is in doubt is shown where the compiler says it is, if it says so.
    const variable = stale !== undefined && isWhole(located.place) ? located : this.moved(located, reading);
    const from = fromText(variable, variable === located && reading?.elsewhere === true ? undefined : reading);
    const none = { ...base, from: undefined, value: undefined, stale: undefined };
    if (variable.place === undefined)
      return { ...none, type: escaped ? (type.elem ?? type) : type, absent: variable.absent };
    if (isPartial(variable, type)) return { ...none, type, absent: 'the compiler recorded only a part of it' };
    if (escaped) return { ...base, from, ...this.escapedVariable(type, variable), stale: undefined };
    return { ...base, type, from, value: { type, place: variable.place }, absent: undefined, stale };
  }

  /** Why a value may be older (or younger) than the place where execution is; undefined where it is certain. */
  private staleness(
    { call, unit }: CallPlace,
    variable: LocatedVariable,
    type: GoType,
    reading: FlowReading | undefined,
  ): string | undefined {
    // What a call that has not been made will get, nothing has changed.
    if (call.frame.unset !== undefined) return undefined;
    const { declLine, isArgument, goClosureOffset } = variable.entry;
    // What a closure captured is set from its entry on, on whichever line DWARF declares it.
    const isCaptured = (goClosureOffset ?? 0) !== 0;
    if (!isArgument && !isCaptured && declLine !== undefined && declLine === call.line)
      return 'it is declared on this very line and may not be set yet';
    if (variable.fixed || (!isOptimised(unit) && reading === undefined)) return undefined;
    if (isResident(variable, type) && !call.frame.interrupted) return undefined;
    if (reading !== undefined) return this.optimised.staleness(call, variable, type, reading);
    if (variable.provenance === 'register' || variable.provenance === 'constant') return undefined;
    return 'the optimiser may have kept a newer value in a register that is lost';
  }

  /** `&x` holds the address of x on the heap. */
  private escapedVariable(
    pointer: GoType,
    variable: LocatedVariable,
  ): Pick<FrameVariable, 'type' | 'value' | 'absent'> {
    const type = pointer.elem ?? pointer;
    try {
      const { place } = variable;
      const address = place === undefined ? 0 : wordOf(this.types.context, { type: pointer, place });
      if (address === 0) return { type, value: undefined, absent: 'it has not been allocated yet' };
      return { type, value: { type, place: memoryPlace(address) }, absent: undefined };
    } catch (error) {
      if (!(error instanceof DebugError)) throw error;
      return { type, value: undefined, absent: error.message };
    }
  }

  /** Shared generic code: the dictionary argument holds the real types. */
  private realType(type: GoType, dictionary: LocatedVariable | undefined): GoType {
    if (type.dictIndex === undefined || dictionary?.place === undefined) return type;
    const { place } = dictionary;
    const { dictIndex } = type;
    const real = attempt(() => {
      const word =
        place.kind === 'memory'
          ? this.program.memory.u64(place.address)
          : wordOf(this.types.context, { type, place: partOf(place, 0, 8) });
      return this.types.runtime.at(this.program.memory.u64(word + dictIndex * 8));
    });
    return real !== undefined && real.size === type.size ? real : type;
  }

  /** Arguments and named results of a call, loaded. */
  arguments(call: Call, settings: Settings): readonly VariableResult[] {
    return (this.of(call) ?? [])
      .filter((variable) => variable.class !== 'local')
      .map((variable) => this.result(variable, settings));
  }

  /** Locals of a call, loaded. */
  locals(call: Call, settings: Settings): readonly VariableResult[] {
    return (this.of(call) ?? [])
      .filter((variable) => variable.class === 'local')
      .map((variable) => this.result(variable, settings));
  }

  result(variable: FrameVariable, settings: Settings): VariableResult {
    const { name, type, value, absent, stale, from, shadowed, line } = variable;
    const tree = value === undefined ? undefined : presented(this.types.context, value, settings);
    const rest = { name, type: type.name, class: variable.class, from, shadowed, line };
    // A string or slice of which a register is lost has no value at all.
    const lost = value?.place.kind === 'bytes' && value.place.absent.length > 0 ? tree?.unreadable : undefined;
    if (lost !== undefined) return { ...rest, from: undefined, value: undefined, absent: lost, stale: undefined };
    return { ...rest, value: tree, absent, stale };
  }
}

/**
 * True if a location list puts a value of several words into one register somewhere: the compiler then lost the other
 * words (an interface made of a map, for instance), and the list is of no use.
 */
function isPartial(variable: LocatedVariable, type: GoType): boolean {
  if (type.size <= 8 || variable.escaped) return false;
  const entries = (variable.entry.coveredRanges ?? []) as readonly LocationEntry[];
  return entries.some(({ expression }) => expression.length === 1 && isRegisterOperation(expression[0] as number));
}

/** DW_OP_reg0 to DW_OP_reg31. */
function isRegisterOperation(operation: number): boolean {
  return operation >= 0x50 && operation <= 0x6f;
}

/**
 * True for a value of several words that its location list puts into memory as a whole: the compiler takes apart what it keeps in
 * registers, so this one lives in memory, and all that was assigned before a call is there.
 */
function isResident({ whole }: LocatedVariable, type: GoType): boolean {
  return whole && type.size > 8;
}

/** Compiler temporaries are hidden, and so is what is declared further down than execution has come. */
function isVisible(variable: LocatedVariable, call: Call): boolean {
  const { name, entry } = variable;
  if (name.startsWith('.') || name === '_' || name === '?' || name === '~' || name.startsWith('~b')) return false;
  if (entry.isArgument || call.line === 0) return true;
  // What a closure captured is there from its entry on.
  if ((entry.goClosureOffset ?? 0) !== 0 && variable.place !== undefined) return true;
  // The line is of the function's own file: looking the file up would mean to read the line tables.
  const { declLine } = entry;
  return declLine === undefined || declLine <= call.line;
}

function fromText(variable: LocatedVariable, reading: FlowReading | undefined): string | undefined {
  if (variable.escaped && variable.place !== undefined) return 'heap (escaped variable)';
  if (reading !== undefined && reading.from.length > 0) return reading.from.join(', ');
  switch (variable.provenance) {
    case 'register':
      return 'register';
    case 'heap':
      return 'heap (escaped variable)';
    case 'constant':
      return 'constant of the compiler';
    case 'mixed':
      return 'registers and stack';
    case 'stack':
    case 'memory':
      return variable.fixed ? 'its own stack slot' : 'stack slot by location list';
    default:
      return undefined;
  }
}
