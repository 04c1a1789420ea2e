import { attempt, notFound } from '../base/errors.ts';
import { assignConstant, defaultValue, isNilable, textOf } from '../expr/conversion.ts';
import type { Environment } from '../expr/environment.ts';
import { evaluateAny } from '../expr/evaluator.ts';
import { parseExpression } from '../expr/parse/parser.ts';
import { BASIC_TYPES, type GoType } from '../types/go-type.ts';
import { sameType } from '../values/equality.ts';
import { bytesOf, wordOf, type Value } from '../values/handle.ts';
import { bytesPlace } from '../values/place.ts';
import { isScratch, Scratch } from '../values/scratch.ts';
import type { FunctionSource } from './source-code/function-source.ts';
import { isPassedAsItIs, type CallMade } from './passed-on.ts';
import { isPure, isScalar } from './pure-expression.ts';
import { callsOf, type WrittenCall } from './source-code/call-arguments.ts';
import { Definitions, type Definition, type SourceVariable } from './source-code/definitions.ts';
import { AT_ENTRY, isLastOf, isUnchangedSince, reachingAt, type Reaching } from './source-code/reaching.ts';
import type { If, Jump, Simple, SourceToken } from './source-code/statements.ts';
import type { Part } from './source-code/walk.ts';
import type { TypeCatalog } from './type-catalog.ts';

/** What the source says that a variable holds, and where that was found. */
export interface DeclaredValue {
  readonly value: Value;
  readonly from: string;
}

/** A variable that DWARF lists, as far as it is known: `stale` is why its value may be an older one. */
export interface KnownVariable {
  readonly name: string;
  readonly class: 'argument' | 'result' | 'local';
  readonly type: GoType;
  readonly value: Value | undefined;
  readonly stale: string | undefined;
  /** The line of its declaration. */
  readonly line: number | undefined;
}

/** The frame that is asked about: its source, the line that execution is at, and the variables that are known of it. */
export interface DeclaredFrame {
  readonly source: FunctionSource;
  readonly line: number;
  /** Package of the function. */
  readonly packageName: string;
  /** True if names in its signature may be type parameters. */
  readonly isGeneric: boolean;
  /** False where the line may be that of an instruction moved by the compiler (no call). */
  readonly atCall: boolean;
  readonly variables: readonly KnownVariable[];
  /** What an argument was when the function was called, if that is still known. */
  atEntry?(name: string): Value | undefined;
  /** The call that the frame is in, and what its arguments were; undefined if it is none of the source's. */
  callMade?(): CallMade | undefined;
  /** Where the function's code has a text, among the addresses that it uses. */
  addressOfText?(text: Uint8Array): number | undefined;
}

type Executed = Simple | If | Jump;

/** Variables that one is computed from, which are computed themselves, and so on. */
const DEEPEST = 8;
/** Largest value that is copied, in bytes. */
const LARGEST = 64 << 10;
/** Types of which no method can change a variable. */
const UNCHANGED_BY_METHODS: ReadonlySet<string> = new Set(['pointer', 'interface', 'map', 'chan', 'func']);

/** Predeclared values: looking for types of these names would cost a pass over all of DWARF. */
const NO_TYPES: ReadonlySet<string> = new Set(['nil', 'true', 'false', 'iota']);

/**
 * Values that the compiler did not keep, computed as the unchanged source computed them: from the only assignment that can have been
 * the last, if it gives the value of an expression of variables that are certain and have not changed since, or of which the same
 * is known for the time of that assignment.
 */
export class DeclaredValues {
  private readonly types: TypeCatalog;
  private readonly frame: DeclaredFrame;
  private readonly scratch: Scratch;
  private readonly definitions: Definitions | undefined;
  private parts: readonly Part[] | undefined;
  private readonly decided = new Map<If, boolean | undefined>();
  private made:
    { readonly call: (CallMade & { readonly part: Part; readonly written: WrittenCall }) | undefined } | undefined;

  constructor(types: TypeCatalog, frame: DeclaredFrame) {
    this.types = types;
    this.frame = frame;
    this.scratch = new Scratch(types.context);
    const isInside = frame.line > frame.source.start && frame.line <= frame.source.end;
    this.definitions = isInside ? Definitions.of(frame.source) : undefined;
  }

  /** The value of a variable that DWARF knows; undefined where the source does not prove one. */
  of({ name, type, class: kind, line }: KnownVariable): DeclaredValue | undefined {
    const { definitions } = this;
    const variable = definitions?.variable(name, kind === 'local' ? line : undefined);
    if (definitions === undefined || variable === undefined || (kind === 'local' && line === undefined))
      return undefined;
    // A result without a name has no value until the function returns.
    if (kind === 'result' && name.startsWith('~')) return undefined;
    const last = this.lastOf(variable, kind === 'result', type);
    if (last !== AT_ENTRY) return (last && this.valueOf(last, type, 0)) ?? this.passedOn(variable, type);
    if (kind === 'result') return { value: zeroOf(type), from: 'nothing was assigned to it yet' };
    const value = kind === 'argument' ? this.frame.atEntry?.(name) : undefined;
    return value === undefined
      ? this.passedOn(variable, type)
      : { value, from: 'nothing was assigned to it since the call' };
  }

  /** What a variable was passed as to the call that the frame is in. */
  private passedOn(variable: SourceVariable, type: GoType | undefined): DeclaredValue | undefined {
    const { definitions, frame } = this;
    if (definitions === undefined || !frame.atCall) return undefined;
    const call = this.callMade();
    if (call === undefined) return undefined;
    const { part, written, name } = call;
    const isIt = (tokens: readonly SourceToken[]): boolean =>
      tokens.length === 1 && tokens[0]?.text === variable.name && definitions.named(variable.name, part) === variable;
    const received = written.before !== undefined && isIt([written.before]);
    const argument = written.arguments.findIndex(isIt);
    if (!received && argument < 0) return undefined;
    const passed = call.passed();
    const receivers = written.hasDot ? passed.length - written.arguments.length : 0;
    if (passed.length !== written.arguments.length + receivers || receivers > 1) return undefined;
    const index = received && receivers === 1 ? 0 : argument < 0 ? -1 : argument + receivers;
    const value = passed[index];
    if (value === undefined || !isPassedAsItIs(value.type, type, index === passed.length - 1)) return undefined;
    if (!this.isFollowed(variable, value.type)) return undefined;
    return { value, from: `passed to ${name}` };
  }

  private isDeferred(name: string): boolean {
    const { source } = this.frame;
    for (let line = source.start; line <= source.end; line++) {
      const text = source.text(line);
      if (/\bdefer\b/.test(text) && text.includes(name)) return true;
    }
    return false;
  }

  /** The call that the frame is in, as the source writes it, if that is certain. */
  private callMade(): (CallMade & { readonly part: Part; readonly written: WrittenCall }) | undefined {
    if (this.made !== undefined) return this.made.call;
    this.made = { call: undefined };
    const call = this.frame.callMade?.();
    // A deferred function may have been called where another statement ends.
    if (call !== undefined && this.isDeferred(call.name)) return undefined;
    const places = call === undefined ? [] : this.places;
    const written = places.flatMap((part) => {
      if (call === undefined || !('tokens' in part)) return [];
      const calls = callsOf(call.name, part.tokens);
      // Two, neither of which is the one: a literal may call anything.
      return calls === undefined ? [undefined, undefined] : calls.map((each) => ({ part, written: each }));
    });
    const [only] = written;
    if (call !== undefined && only !== undefined && written.length === 1) this.made = { call: { ...call, ...only } };
    return this.made.call;
  }

  /** The parts of the source that execution is in. */
  private get places(): readonly Part[] {
    return (this.parts ??= this.definitions?.partsAt(this.frame.line) ?? []);
  }

  /** The line that declares what a name means where execution is, if it is a variable within the function. */
  declarationOf(name: string): number | undefined {
    const [line, another] = new Set(this.places.map((place) => this.definitions?.named(name, place).line));
    return another === undefined ? line : undefined;
  }

  /** Variables of which DWARF says nothing at all, in the order of their declarations; of one name, if that is given. */
  unlisted(wanted?: string): (DeclaredValue & { readonly name: string; readonly line: number })[] {
    const { definitions, frame } = this;
    if (definitions === undefined) return [];
    const { places } = this;
    return definitions.all.flatMap((variable) => {
      const { name, line } = variable;
      if (wanted !== undefined && name !== wanted) return [];
      const isSeen = places.length > 0 && places.every((place) => definitions.named(name, place) === variable);
      if (line === undefined || !isSeen || frame.variables.some((each) => each.name === name && each.line === line))
        return [];
      const last = this.lastOf(variable, false, undefined);
      const found =
        (last === undefined || last === AT_ENTRY ? undefined : this.valueOf(last, undefined, 0)) ??
        this.passedOn(variable, undefined);
      return found === undefined ? [] : [{ ...found, name, line }];
    });
  }

  /** The only assignment that can have been the last before execution came to its place. */
  private lastOf(variable: SourceVariable, isResult: boolean, type: GoType | undefined): Reaching | undefined {
    if (!this.isFollowed(variable, type)) return undefined;
    const decide = (statement: If): boolean | undefined => this.wayOf(statement);
    return this.reaching(variable, this.frame.line, isResult, this.frame.atCall ? decide : undefined);
  }

  private reaching(
    variable: SourceVariable,
    place: number | Part,
    isResult: boolean,
    decide: ((statement: If) => boolean | undefined) | undefined,
  ): Reaching | undefined {
    const { definitions } = this;
    const aspect = { isReference: false, isResult, ...(decide === undefined ? {} : { decide }) };
    const found = definitions && reachingAt(definitions, variable, place, aspect);
    const [only, another] = found ?? [];
    return another === undefined ? only : undefined;
  }

  /** False for a variable that may change otherwise than by the assignments that the source shows. */
  private isFollowed(variable: SourceVariable, type: GoType | undefined): boolean {
    const { reached, definitions, line, assignedWithin } = variable;
    const isArray = type === undefined || type.kind === 'array' || type.kind === 'struct';
    const hasMethods = type === undefined || !UNCHANGED_BY_METHODS.has(type.kind);
    if (assignedWithin !== undefined || reached.has('address') || (reached.has('slice') && isArray)) return false;
    if (reached.has('method') && hasMethods) return false;
    // An instruction that was moved may be before or behind an assignment.
    return this.frame.atCall || definitions.length <= (line === undefined ? 0 : 1);
  }

  /** Which way an `if` went that was executed once at most. */
  private wayOf(statement: If): boolean | undefined {
    if (!this.decided.has(statement)) {
      this.decided.set(statement, undefined);
      const value = attempt(() => this.evaluate(statement.condition.text, statement, undefined, undefined, 0));
      this.decided.set(
        statement,
        value?.type.kind === 'bool' ? bytesOf(this.scratch.context, value)[0] === 1 : undefined,
      );
    }
    return this.decided.get(statement);
  }

  private valueOf(definition: Definition, type: GoType | undefined, depth: number): DeclaredValue | undefined {
    const { expression, extent, statement, declares, type: written } = definition;
    if (expression === undefined || extent === 'part' || statement.kind !== 'simple') return undefined;
    if (expression === '') {
      const known = type ?? BASIC_TYPES.get(written ?? '');
      return known && { value: zeroOf(known), from: 'its declaration in the source' };
    }
    const value = attempt(() => this.evaluate(expression, statement, type, written, depth));
    const what = declares ? 'its declaration' : `line ${statement.line}`;
    return value && { value, from: `computed from ${what}: ${expression}` };
  }

  /** The value of an expression at the time when a statement was executed last; of the type of what it is assigned to. */
  private evaluate(
    text: string,
    statement: Executed,
    known: GoType | undefined,
    written: string | undefined,
    depth: number,
  ): Value | undefined {
    const operands = new Map<string, Value | undefined>();
    const operand = (name: string): Value | undefined => {
      if (!operands.has(name)) operands.set(name, this.operand(name, statement, depth));
      return operands.get(name);
    };
    const node = parseExpression(text);
    if (node.kind === 'name' && node.name === 'nil' && !this.isVariable('nil'))
      return known !== undefined && isNilable(known) ? zeroOf(known) : undefined;
    const typeOf = (name: string): GoType | undefined => {
      const type = operand(name)?.type;
      if (type === undefined && this.isVariable(name)) throw notFound(`a certain value of ${name}`);
      return type;
    };
    if (!isPure(node, typeOf)) return undefined;
    const result = evaluateAny(text, this.environment(operand));
    const type = known ?? BASIC_TYPES.get(written ?? '');
    if (result.kind === 'type' || (written !== undefined && type === undefined)) return undefined;
    if (result.kind === 'constant') {
      return this.kept(
        type === undefined
          ? defaultValue(this.scratch, result.constant)
          : assignConstant(this.scratch, result.constant, type),
      );
    }
    const { value } = result;
    if (type !== undefined && !sameType(value.type, type)) return undefined;
    return node.kind === 'name' && operand(node.name) === value ? this.copied(value) : this.kept(value);
  }

  /** True if a name is one of the function's own, whatever it is that is declared there. */
  private isVariable(name: string): boolean {
    return this.frame.variables.some((variable) => variable.name === name) || this.definitions?.declares(name) === true;
  }

  /** A value that means something without the memory that the evaluation made; undefined for others. */
  private kept(value: Value): Value | undefined {
    const { type } = value;
    const { context } = this.scratch;
    const parts =
      type.kind === 'struct' ? type.fields.map((field) => field.type) : type.kind === 'array' ? [type.elem] : [];
    if (type.kind === 'string') return isScratch(wordOf(context, value)) ? this.inCode(value) : this.copied(value);
    const isOwn = parts.length > 0 ? parts.every((part) => isScalar(part) && part?.kind !== 'string') : isScalar(type);
    return isOwn ? this.copied(value) : undefined;
  }

  /** A text that the evaluation made, where the program has the same: there the variable points to. */
  private inCode(value: Value): Value | undefined {
    const text = textOf(this.scratch, value);
    const address = text.length === 0 ? 0 : this.frame.addressOfText?.(text);
    if (address === undefined) return undefined;
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, BigInt(address), true);
    view.setBigUint64(8, BigInt(text.length), true);
    return { type: value.type, place: bytesPlace(bytes) };
  }

  private copied(value: Value): Value | undefined {
    const { type } = value;
    return type.size > LARGEST ? undefined : { type, place: bytesPlace(bytesOf(this.scratch.context, value)) };
  }

  /** What a name in a statement's expression stood for when the statement was executed last; undefined where that is not certain. */
  private operand(name: string, statement: Executed, depth: number): Value | undefined {
    const { definitions, frame } = this;
    if (definitions === undefined || depth >= DEEPEST) return undefined;
    const variable = definitions.named(name, statement);
    const known = this.known(variable);
    if (known === 'unclear' || !this.isFollowed(variable, known?.type)) return undefined;
    const value = known && certain(known);
    if (value !== undefined && isUnchangedSince(definitions, statement, variable, frame.line)) return value;
    const last = this.reaching(variable, statement, false, undefined);
    if (last === AT_ENTRY) return known?.class === 'argument' ? frame.atEntry?.(name) : undefined;
    if (last === undefined || known?.class === 'result') return undefined;
    // What the assignment gave must be what the statement saw, not what a later round of a loop gave.
    if (!isLastOf(definitions, statement, last.statement, frame.line)) return undefined;
    return this.valueOf(last, known?.type, depth + 1)?.value;
  }

  /** What DWARF says of a variable of the source; undefined if nothing. */
  private known({ name, line }: SourceVariable): KnownVariable | 'unclear' | undefined {
    const found = this.frame.variables.filter(
      (each) => each.name === name && (line === undefined ? each.class !== 'local' : each.class === 'local'),
    );
    const own = line === undefined ? found : found.filter((each) => each.line === line);
    return own.length > 1 ? 'unclear' : own[0];
  }

  private environment(operand: (name: string) => Value | undefined): Environment {
    const { packageName, isGeneric } = this.frame;
    const signature = isGeneric ? this.definitions?.function.signature : undefined;
    const typeOf = (name: string): GoType | undefined =>
      this.definitions?.declares(name) === true || NO_TYPES.has(name) || signature?.has(name) === true
        ? undefined
        : this.types.named(`${packageName}.${name}`);
    return {
      scratch: this.scratch,
      context: this.scratch.context,
      variable: operand,
      local: (name) => {
        const type = typeOf(name);
        return type && { kind: 'type', type };
      },
      member: () => undefined,
      hasPackage: () => false,
      typeNamed: (name) => BASIC_TYPES.get(name) ?? this.types.named(name),
      described: () => undefined,
      hasMethod: () => false,
      method: () => undefined,
      special: () => undefined,
      frameVariable: () => undefined,
      register: () => undefined,
      nameless: undefined,
      suggest: () => undefined,
    };
  }
}

function zeroOf(type: GoType): Value {
  return { type, place: bytesPlace(new Uint8Array(type.size)) };
}

/** The value of a variable that is whole and in no doubt. */
function certain({ value, stale }: KnownVariable): Value | undefined {
  if (value === undefined || stale !== undefined) return undefined;
  return value.place.kind === 'bytes' && value.place.absent.length > 0 ? undefined : value;
}
