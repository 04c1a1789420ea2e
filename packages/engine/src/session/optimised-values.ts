import { attempt } from '../base/errors.ts';
import { FunctionLines } from '../pclntab/function-lines.ts';
import type { GoFunc } from '../pclntab/pclntab.ts';
import type { Program } from '../program/program.ts';
import type { GoType } from '../types/go-type.ts';
import type { Call } from '../unwind/call-stack.ts';
import { FrameValues } from '../unwind/flow/frame-values.ts';
import { Flows } from '../unwind/flow/function-flow.ts';
import { readAtEntry, readByFlow, type FlowReading } from '../unwind/flow/read-variable.ts';
import type { ShapeOf } from '../unwind/flow/variable-pieces.ts';
import type { LocatedVariable } from '../unwind/variables.ts';
import { assignmentsTo, functionSource, usesGoto, type FunctionSource } from './assignments.ts';
import { doubtAbout, type LineRange } from './currency.ts';
import { constantInSource } from './source-constant.ts';
import type { SourceProvider } from './source-lines.ts';

/** A value of optimised code, and why it may be another than the source means; `stale` is undefined where it is certain. */
export interface OptimisedValue {
  readonly reading: FlowReading;
  readonly stale: string | undefined;
}

const UNPROVEN = 'the optimiser may have kept a newer value in a register that is lost';
const NO_SOURCE = 'an assignment before or after this place may be the one that is shown';

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
  private readonly ahead = new WeakMap<Call, ReadonlySet<number>>();
  private readonly lines = new WeakMap<GoFunc, FunctionLines>();
  private readonly found = new WeakMap<Call, { readonly source: FunctionSource | undefined }>();
  private readonly loops = new Map<string, LineRange | undefined>();

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

  /** What the flow says of a variable where the location list says something else, if the source never assigns to it. */
  settled(call: Call, variable: LocatedVariable, type: GoType, reading: FlowReading): FlowReading {
    const source = reading.byFlow === undefined ? undefined : this.sourceOf(call);
    if (source === undefined || reading.byFlow === undefined || usesGoto(source)) return reading;
    const all = assignmentsTo(source, variable.name, variable.entry.declLine ?? 0, REFERENCES.has(type.kind));
    return all.length === 0 && !variable.entry.isResult ? reading.byFlow : reading;
  }

  /** Why a value that was read may be another than the variable has by the source; undefined if it is certain. */
  staleness(call: Call, variable: LocatedVariable, type: GoType, reading: FlowReading): string | undefined {
    const values = FrameValues.of(this.flows, call.frame, call.chain);
    if (values === undefined || reading.state === 'unproven') return UNPROVEN;
    if (reading.resident && !call.frame.interrupted) return undefined;
    if (reading.state === 'older') {
      const line = reading.newer === undefined || reading.newer < 0 ? undefined : this.lineBefore(call, reading.newer);
      return line === undefined ? UNPROVEN : `value before ${baseName(call.file)}:${line}`;
    }
    // The compiler captures by value what is never assigned to again, be it in the function or in the closure.
    if ((variable.entry.goClosureOffset ?? 0) !== 0) return undefined;
    const source = this.sourceOf(call);
    if (source === undefined) return this.hasNoRoom(call, variable, values) ? undefined : NO_SOURCE;
    return doubtAbout({
      name: variable.name,
      declLine: variable.entry.declLine ?? 0,
      isArgument: variable.entry.isArgument && !variable.entry.isResult,
      isResult: variable.entry.isResult,
      isReference: REFERENCES.has(type.kind),
      line: call.line,
      reading,
      source,
      at: values.at,
      lineOf: (offset) => (isJoin(reading, offset) ? this.lineAt(call, offset) : this.lineBefore(call, offset)),
      loopAt: (offset) => this.loopAt(call, values, offset, source),
      repeatsWithout: (offset) => values.flow.analysis.repeatsWithout(values.at, offset),
      computesAhead: (line) => this.linesAhead(call, values).has(line),
      linesSince: (offset) => this.linesSince(call, values, offset),
      file: baseName(call.file),
    });
  }

  /** Without the source: true if no line lies between the declaration and execution, and no loop around, where an assignment might be. */
  private hasNoRoom(call: Call, { entry }: LocatedVariable, values: FrameValues): boolean {
    const { declLine, isResult } = entry;
    const isNear = declLine !== undefined && call.line >= declLine && call.line <= declLine + 1;
    return isNear && !isResult && !values.flow.analysis.hasLoops;
  }

  /** A variable that the compiler dropped, of which the source says that it holds the same constant all the time. */
  constant(call: Call, { entry, name, fixed, place }: LocatedVariable, type: GoType): Uint8Array | undefined {
    const { declLine, isArgument } = entry;
    const isAbove = declLine !== undefined && declLine < call.line;
    if (isArgument || !isAbove || place !== undefined || (fixed && entry.fixedLocation?.length !== 0)) return undefined;
    const source = this.sourceOf(call);
    return source && constantInSource(source, name, declLine, type);
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

  /** The call's line for the instruction that ends at an offset. */
  private lineBefore(call: Call, offset: number): number | undefined {
    return this.lineAt(call, offset - 1);
  }

  private lineAt({ frame, name, file }: Call, offset: number): number | undefined {
    if (frame.found === undefined) return undefined;
    const { func, pclntab } = frame.found;
    let lines = this.lines.get(func);
    if (lines === undefined) this.lines.set(func, (lines = new FunctionLines(pclntab, func)));
    return lines.lineIn(name, file, offset);
  }

  /** Lines of the call's function that execution may have passed since the instruction at an offset, as the line table has them. */
  private linesSince(call: Call, values: FrameValues, offset: number): ReadonlySet<number> | undefined {
    const passed = values.flow.analysis.passedBetween(offset, values.at);
    return passed && new Set(passed.flatMap((at) => this.lineAt(call, at) ?? []));
  }

  /** Lines of the call's function of which arithmetic is still ahead of the place that execution is at. */
  private linesAhead(call: Call, values: FrameValues): ReadonlySet<number> {
    let lines = this.ahead.get(call);
    if (lines === undefined) {
      lines = new Set(values.flow.analysis.computedAhead(values.at).flatMap((at) => this.lineAt(call, at) ?? []));
      this.ahead.set(call, lines);
    }
    return lines;
  }

  /** Lines of the loop around an offset: also of one that it was left from, by a panic for instance, if its lines go around. */
  private loopAt(call: Call, values: FrameValues, offset: number, source: FunctionSource): LineRange | undefined {
    const { analysis } = values.flow;
    for (const loop of analysis.loopsNear(offset)) {
      const range = this.linesOf(call, values, loop, source);
      const here = this.lineAt(call, offset) ?? call.line;
      if (range !== undefined && (analysis.isInLoop(offset) || (here >= range.low && here <= range.high))) return range;
    }
    return undefined;
  }

  private linesOf(call: Call, values: FrameValues, loop: number, source: FunctionSource): LineRange | undefined {
    const key = `${call.name} ${call.file} ${values.flow.found.func.entry} ${loop}`;
    if (this.loops.has(key)) return this.loops.get(key);
    let range: LineRange | undefined;
    for (const { at } of values.flow.analysis.instructionsOf(loop)) {
      const line = this.lineAt(call, at);
      if (line === undefined || line < source.start || line > source.end) continue;
      range = { low: Math.min(line, range?.low ?? line), high: Math.max(line, range?.high ?? line) };
    }
    this.loops.set(key, range);
    return range;
  }
}

function isJoin({ origins }: FlowReading, offset: number): boolean {
  return origins.some(({ since, kind }) => since === offset && kind === 'joined');
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
