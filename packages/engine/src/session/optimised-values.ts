import { attempt } from '../base/errors.ts';
import { FunctionLines } from '../pclntab/function-lines.ts';
import type { GoFunc } from '../pclntab/pclntab.ts';
import type { Program } from '../program/program.ts';
import type { GoType } from '../types/go-type.ts';
import type { Call } from '../unwind/call-stack.ts';
import { FrameValues } from '../unwind/flow/frame-values.ts';
import { usesOf } from '../unwind/flow/leaves.ts';
import { low, type ValueNumber } from '../unwind/flow/value-number.ts';
import { Flows } from '../unwind/flow/function-flow.ts';
import { readAtEntry, readByFlow, type FlowReading } from '../unwind/flow/read-variable.ts';
import type { ShapeOf } from '../unwind/flow/variable-pieces.ts';
import type { LocatedVariable } from '../unwind/variables.ts';
import { functionSource, type FunctionSource } from './source-code/function-source.ts';
import { doubtAbout } from './currency.ts';
import type { SourceProvider } from './source-lines.ts';

/** A value of optimised code, and why it may be another than the source means; `stale` is undefined where it is certain. */
export interface OptimisedValue {
  readonly reading: FlowReading;
  readonly stale: string | undefined;
}

const UNPROVEN = 'the optimiser may have kept a newer value in a register that is lost';
const NO_SOURCE =
  'the source is not at hand to tell whether an assignment before or after this place is the one that is shown';
const AS_PASSED = 'as it was passed; the source is not at hand to tell whether it was assigned to since';

/** Kinds whose parts are elsewhere in memory. */
const REFERENCES: ReadonlySet<string> = new Set([
  'pointer',
  'slice',
  'map',
  'chan',
  'func',
  'interface',
  'unsafe.Pointer',
]);

/** Reads variables of optimised functions by the flow of values, and judges by the source whether they are what they should be. */
export class OptimisedValues {
  private readonly program: Program;
  private readonly sources: SourceProvider;
  private readonly flows: Flows;
  private readonly lines = new WeakMap<GoFunc, FunctionLines>();
  private readonly found = new WeakMap<Call, { readonly source: FunctionSource | undefined }>();
  /** Of each call, the lines with arithmetic ahead of offsets. */
  private readonly ahead = new WeakMap<Call, Map<number, ReadonlySet<number>>>();

  constructor(program: Program, sources: SourceProvider, shapeOf: ShapeOf) {
    this.program = program;
    this.sources = sources;
    this.flows = new Flows(program, shapeOf);
  }

  /** `pc` is link-time. Undefined where the flow knows nothing of the variable. */
  read(call: Call, variable: LocatedVariable, pc: number, size: number): FlowReading | undefined {
    const values = FrameValues.of(this.flows, call.frame, call.chain);
    if (values === undefined || size === 0) return undefined;
    const { frame } = call;
    const { expression } = variable.entry.locationAt(pc);
    const behind = frame.interrupted ? undefined : variable.entry.locationAt(pc + frame.pc - frame.lookupPc).expression;
    return readByFlow(values, variable.entry, expression, behind, size);
  }

  /** What an argument was when the call was made; undefined if that is not known any more. */
  atEntry(call: Call, { entry }: LocatedVariable, size: number): Uint8Array | undefined {
    const values = this.valuesOf(call);
    // At the entry of a function that was inlined, its arguments are in no certain place.
    return values === undefined || call.inlined ? undefined : readAtEntry(values, entry, size);
  }

  /** Where a text lies that the call's code uses. */
  addressOfText(call: Call, text: Uint8Array): number | undefined {
    const { memory } = this.program;
    return this.valuesOf(call)
      ?.flow.addressesUsed()
      .find((address) => {
        const there = attempt(() => memory.read(address, text.length));
        return there?.every((byte, i) => byte === text[i]) === true;
      });
  }

  /** The flow of values in a call's frame; undefined where its code is not understood. */
  valuesOf(call: Call): FrameValues | undefined {
    return FrameValues.of(this.flows, call.frame, call.chain);
  }

  /** What the flow says of a variable where the location list says something else, if by the source it is what it should be. */
  settled(call: Call, variable: LocatedVariable, type: GoType, reading: FlowReading): FlowReading {
    const { byFlow } = reading;
    return byFlow !== undefined && this.doubt(call, variable, type, byFlow) === undefined ? byFlow : reading;
  }

  /** Why a value that was read may be another than the variable has by the source; undefined if it is certain. */
  staleness(call: Call, variable: LocatedVariable, type: GoType, reading: FlowReading): string | undefined {
    const values = FrameValues.of(this.flows, call.frame, call.chain);
    if (values === undefined || reading.state === 'unproven') return UNPROVEN;
    if (reading.resident && !call.frame.interrupted) return undefined;
    if (reading.state === 'older') {
      const line = reading.newer === undefined || reading.newer < 0 ? undefined : this.lineAt(call, reading.newer - 1);
      return line === undefined ? UNPROVEN : `value before ${baseName(call.file)}:${line}`;
    }
    // The compiler captures by value what is never assigned to again, be it in the function or in the closure.
    if ((variable.entry.goClosureOffset ?? 0) !== 0) return undefined;
    if (this.sourceOf(call) !== undefined) return this.doubt(call, variable, type, reading);
    if (this.hasNoRoom(call, variable, values)) return undefined;
    return reading.origins.length > 0 && reading.origins.every(({ isAtEntry }) => isAtEntry) ? AS_PASSED : NO_SOURCE;
  }

  /** Why by the source a value may be another than the variable has; undefined if it is certain. */
  private doubt(call: Call, variable: LocatedVariable, type: GoType, reading: FlowReading): string | undefined {
    const source = this.sourceOf(call);
    const values = this.valuesOf(call);
    if (source === undefined || values === undefined) return NO_SOURCE;
    return doubtAbout({
      name: variable.name,
      declLine: variable.entry.declLine ?? 0,
      isArgument: variable.entry.isArgument && !variable.entry.isResult,
      isResult: variable.entry.isResult,
      isReference: REFERENCES.has(type.kind),
      isWhole: /^(?:u?int|bool)/.test(type.kind),
      line: call.line,
      reading,
      source,
      at: values.at,
      lineAt: (offset) => this.lineAt(call, offset),
      linesBetween: (since, until) => this.linesBetween(call, values, since, until),
      linesUsing: (value) => new Set(usesOf(values.flow.analysis, value).flatMap((at) => this.lineAt(call, at) ?? [])),
      isPassedAs: (name, value) => isPassedAs(values, name, value),
      computesAhead: (line, offset) => this.linesAhead(call, values, offset).has(line),
      file: baseName(call.file),
    });
  }

  /** Without the source: true if no line lies between the declaration and execution, and no loop around, where an assignment might be. */
  private hasNoRoom(call: Call, { entry }: LocatedVariable, values: FrameValues): boolean {
    const { declLine, isResult } = entry;
    const isNear = declLine !== undefined && call.line >= declLine && call.line <= declLine + 1;
    return isNear && !isResult && !values.flow.analysis.hasLoops;
  }

  /** The source of a call's function, if it is as it was built. */
  sourceOf(call: Call): FunctionSource | undefined {
    let found = this.found.get(call);
    if (found === undefined) this.found.set(call, (found = { source: this.findSource(call) }));
    return found.source;
  }

  private findSource(call: Call): FunctionSource | undefined {
    const frames = this.program.sourceFrames(call.frame.lookupPc);
    const known = frames[call.inlineDepth]?.startLine ?? 0;
    return functionSource(this.sources, call.file, known > 0 ? known : this.startBefore(call));
  }

  /** Before Go 1.20 the table does not tell where functions start: the nearest `func` at the start of a line does. */
  private startBefore({ file, line }: Call): number {
    const lines = this.sources.read(file);
    for (let at = line; lines !== undefined && at > 0; at--) if (/^func\b/.test(lines[at - 1] ?? '')) return at;
    return 0;
  }

  private lineAt({ frame, name, file }: Call, offset: number): number | undefined {
    if (frame.found === undefined) return undefined;
    const { func, pclntab } = frame.found;
    let lines = this.lines.get(func);
    if (lines === undefined) this.lines.set(func, (lines = new FunctionLines(pclntab, func)));
    return lines.lineIn(name, file, offset);
  }

  /** Lines of the call's function that execution may have passed between two instructions, as the line table has them. */
  private linesBetween(call: Call, values: FrameValues, since: number, until: number): ReadonlySet<number> | undefined {
    const passed = values.flow.analysis.passedBetween(since, until);
    return passed && new Set(passed.flatMap((at) => this.lineAt(call, at) ?? []));
  }

  /** Lines of the call's function of which arithmetic is still ahead of an offset. */
  private linesAhead(call: Call, values: FrameValues, offset: number): ReadonlySet<number> {
    let known = this.ahead.get(call);
    if (known === undefined) this.ahead.set(call, (known = new Map<number, ReadonlySet<number>>()));
    let lines = known.get(offset);
    if (lines === undefined) {
      const ahead = values.flow.analysis.computedAhead(offset).filter((at) => at > offset || offset === values.at);
      lines = new Set(ahead.flatMap((at) => this.lineAt(call, at) ?? []));
      known.set(offset, lines);
    }
    return lines;
  }
}

/** True if a value is what was passed for the argument of that name, which has one word. */
function isPassedAs({ flow }: FrameValues, name: string, value: ValueNumber): boolean {
  const named = [...flow.table.placesAtEntry].filter(([entry]) => entry.name === name);
  const [piece, another] = named.length === 1 ? (named[0]?.[1] ?? []) : [];
  return piece !== undefined && another === undefined && low(flow.numbers.entry(piece.location), piece.size) === value;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
