import { RSP } from '../../arch/amd64/instruction.ts';
import { attempt } from '../../base/errors.ts';
import { escapeRegex } from '../../base/text.ts';
import type { Program } from '../../program/program.ts';
import type { GoType } from '../../types/go-type.ts';
import type { Call } from '../../unwind/call-stack.ts';
import { slotLocation, variableLocation, type FlowState } from '../../unwind/flow/flow-state.ts';
import type { FrameValues } from '../../unwind/flow/frame-values.ts';
import type { ValueNumber } from '../../unwind/flow/value-number.ts';
import { partsOf } from '../../unwind/flow/variable-pieces.ts';
import { locateVariables, scopeOf, type LocatedVariable } from '../../unwind/variables.ts';
import { describeGlobal, findGlobal } from '../global-variable.ts';
import type { TypeCatalog } from '../type-catalog.ts';
import { partAt, type NamedValue } from './type-parts.ts';

/** Loads through which an expression is followed. */
const DEEPEST = 6;

/** Where names are found: a session is one. */
export interface NamingScope {
  readonly program: Program;
  readonly types: TypeCatalog;
}

interface KnownVariable {
  readonly located: LocatedVariable;
  readonly name: string;
  /** Of an escaped variable: the pointer to it. */
  readonly type: GoType;
}

/**
 * Finds expressions for the values of a frame: by the variables that hold them, and by the loads that brought them from fields,
 * elements and package variables. What it says is what the code did; it never guesses.
 */
export class ValueNames {
  readonly values: FrameValues;
  private readonly scope: NamingScope;
  private readonly variables: readonly KnownVariable[];
  /** Text of the source where the frame stopped: of several names for a value those that stand in it are preferred. */
  private readonly line: string;

  constructor(scope: NamingScope, calls: readonly Call[], values: FrameValues, line: string) {
    this.scope = scope;
    this.values = values;
    this.line = line;
    this.variables = calls.flatMap((call) => variablesOf(scope, call));
  }

  /** The expressions for a value as it is before the instruction at `at`: the first is the one that the source has. */
  namesOf(value: ValueNumber, at: number = this.values.at, depth = 0): readonly NamedValue[] {
    if (depth > DEEPEST) return [];
    const state = at === this.values.at ? this.values.state : this.values.flow.analysis.before(at);
    if (state === undefined) return [];
    const held = this.variables.flatMap((variable) => this.heldBy(variable, value, state));
    if (held.length > 0) return this.sorted(held);
    const loaded = this.loaded(value, depth);
    return loaded === undefined ? [] : [loaded];
  }

  private sorted(names: readonly NamedValue[]): readonly NamedValue[] {
    const rank = ({ text }: NamedValue): number => (mentions(this.line, text) ? 0 : 1);
    return [...names].reverse().sort((a, b) => rank(a) - rank(b));
  }

  private heldBy({ located, name, type }: KnownVariable, value: ValueNumber, state: FlowState): NamedValue[] {
    const { flow } = this.values;
    const { entry } = located;
    const pieces = flow.piecesOf(entry).map(({ index, start }) => ({ location: variableLocation(index), start }));
    const fixed = fixedSlots(located, type).map(({ slot, start }) => ({ location: slotLocation(slot), start }));
    for (const { location, start } of [...pieces, ...fixed]) {
      if (state.get(location)?.value !== value) continue;
      const part = partAt(name, type, start);
      if (part !== undefined) return [part];
    }
    return [];
  }

  /** The expression for a value that an instruction loaded from memory. */
  private loaded({ what }: ValueNumber, depth: number): NamedValue | undefined {
    if (what.kind !== 'site' || what.site < 0) return undefined;
    const { analysis, transfer, found } = this.values.flow;
    const instruction = analysis.instructionAt(what.site);
    const state = analysis.before(what.site);
    if (instruction?.at !== what.site || state === undefined) return undefined;
    const { memory, operation, destination, source, sourceSize } = instruction;
    const isLoad = operation === 'move' && source?.kind === 'memory' && sourceSize === 8;
    if (!isLoad || destination?.kind !== 'register' || destination.number !== what.location) return undefined;
    if (memory === undefined || memory.unknown) return undefined;
    if (memory.ripRelative)
      return this.global(found.func.entry + instruction.at + instruction.length + memory.displacement);
    const slot = transfer.slotOf(state, instruction);
    if (slot !== undefined) return this.inSlot(slot, instruction.at);
    const base = memory.base < 0 || memory.base === RSP ? undefined : state.get(memory.base)?.value;
    if (base === undefined) return undefined;
    const index = memory.index < 0 ? undefined : state.get(memory.index)?.value;
    if (memory.index >= 0 && index === undefined) return undefined;
    for (const name of this.namesOf(base, instruction.at, depth + 1)) {
      const element =
        index === undefined
          ? behind(name, memory.displacement)
          : this.element(name, index, memory.scale, memory.displacement, instruction.at, depth);
      if (element !== undefined) return element;
    }
    if (index === undefined && memory.displacement === 0) {
      const element = this.elementAt(base, instruction.at, depth);
      if (element !== undefined) return element;
    }
    return base.what.kind === 'constant' ? this.global(Number(base.what.value) + memory.displacement) : undefined;
  }

  /** `items[i]`, of which the code computed the address. */
  private elementAt({ what }: ValueNumber, at: number, depth: number): NamedValue | undefined {
    if (what.kind !== 'operation' || what.name !== 'add') return undefined;
    const [base, index] = what.of;
    if (base === undefined || index === undefined) return undefined;
    for (const name of this.namesOf(base, at, depth + 1)) {
      const element = this.element(name, index, 1, 0, at, depth);
      if (element !== undefined) return element;
    }
    return undefined;
  }

  /** `items[i]`, where the index register counts elements. */
  private element(
    { text, type, part }: NamedValue,
    index: ValueNumber,
    scale: number,
    displacement: number,
    at: number,
    depth: number,
  ): NamedValue | undefined {
    const isSlice = type.kind === 'slice' && part === 0;
    const { of, times } = multiple(index);
    if (!isSlice || type.elem === undefined || type.elem.size !== scale * times) return undefined;
    const [name] = this.namesOf(of, at, depth + 1);
    return partAt(`${text}[${name?.text ?? '…'}]`, type.elem, displacement);
  }

  /** The variable that is in a slot of the frame all the time. */
  private inSlot(slot: number, at: number): NamedValue | undefined {
    const { found } = this.values.flow;
    const link = found.func.entry + at - (this.scope.program.imageAt(found.func.entry)?.bias ?? 0);
    for (const { located, name, type } of [...this.variables].reverse()) {
      const expression = attempt(() => located.entry.locationAt(link).expression);
      const parts = expression === undefined ? [] : (attempt(() => partsOf(expression, type.size)) ?? []);
      const part = parts.find((each) => each.slot === slot);
      const named = part === undefined ? undefined : partAt(name, type, part.start);
      if (named !== undefined) return named;
    }
    return undefined;
  }

  /** The variable that lies at an offset of the frame, where execution stopped. */
  variableAt(slot: number): NamedValue | undefined {
    return this.inSlot(slot, this.values.at);
  }

  /** The package variable at an address. */
  global(address: number): NamedValue | undefined {
    const { program, types } = this.scope;
    const symbol = attempt(() => program.imageAt(address)?.dataSymbols([address]).get(address));
    const found = symbol === undefined ? undefined : attempt(() => findGlobal(program, symbol.name));
    if (symbol === undefined || found === undefined) return undefined;
    const { value } = describeGlobal(types, symbol.name, found);
    if (value?.place.kind !== 'memory') return undefined;
    return partAt(symbol.name.replace(/^main\./, ''), value.type, address - value.place.address);
  }
}

/** A value as a multiple of another: by what it was multiplied. */
function multiple(value: ValueNumber): { readonly of: ValueNumber; readonly times: number } {
  const { what } = value;
  const [a, b] = what.kind === 'operation' ? what.of : [];
  if (what.kind !== 'operation' || a === undefined || b === undefined) return { of: value, times: 1 };
  const [left, right] = [multiple(a), multiple(b)];
  const factor = b.what.kind === 'constant' ? Number(b.what.value) : undefined;
  if (what.name === 'imul' && factor !== undefined) return { of: left.of, times: left.times * factor };
  if (what.name === 'shl' && factor !== undefined) return { of: left.of, times: left.times * 2 ** factor };
  const isSum = what.name === 'add' && left.of === right.of;
  return isSum ? { of: left.of, times: left.times + right.times } : { of: value, times: 1 };
}

/** What lies `offset` bytes behind where a value points to. */
export function behind({ text, type, part }: NamedValue, offset: number): NamedValue | undefined {
  if (part !== 0 || type.elem === undefined || offset < 0) return undefined;
  if (type.kind === 'slice') {
    const { elem } = type;
    if (elem.size === 0) return undefined;
    return partAt(`${text}[${Math.floor(offset / elem.size)}]`, elem, offset % elem.size);
  }
  if (type.kind !== 'pointer') return undefined;
  const target = type.elem;
  if (text.startsWith('&')) return partAt(text.slice(1), target, offset);
  return partAt(target.kind === 'struct' || target.kind === 'array' ? text : `*${text}`, target, offset);
}

/** True if a line of source has an expression, with no other name around it. */
export function mentions(line: string, text: string): boolean {
  return new RegExp(`(?<![\\w.])${escapeRegex(text)}(?!\\w)`).test(line);
}

function variablesOf({ program, types }: NamingScope, call: Call): KnownVariable[] {
  const scope = scopeOf(program, call);
  const own = scope && types.of(scope.image);
  if (own === undefined) return [];
  return (attempt(() => locateVariables(program, call)) ?? []).flatMap((located): KnownVariable[] => {
    const { name, entry, escaped } = located;
    const type = attempt(() => own.at(entry.typeOffset));
    if (type === undefined || !/^\w+$/.test(name) || name === '_') return [];
    if (escaped && type.kind !== 'pointer') return [];
    return [{ located, name: escaped ? `&${name}` : name, type }];
  });
}

/** The words of a variable that lives in the same slots all the time. */
function fixedSlots({ entry }: LocatedVariable, type: GoType): { readonly slot: number; readonly start: number }[] {
  const { fixedLocation } = entry;
  if (fixedLocation === undefined) return [];
  const parts = attempt(() => partsOf(fixedLocation, type.size)) ?? [];
  return parts.flatMap(({ slot, start }) => (slot === undefined ? [] : [{ slot, start }]));
}
