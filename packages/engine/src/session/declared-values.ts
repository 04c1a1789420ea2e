import { attempt, notFound } from '../base/errors.ts';
import { assignConstant, defaultValue } from '../expr/conversion.ts';
import type { Environment } from '../expr/environment.ts';
import { evaluateAny } from '../expr/evaluator.ts';
import { parseExpression } from '../expr/parse/parser.ts';
import { BASIC_TYPES, type GoType } from '../types/go-type.ts';
import { sameType } from '../values/equality.ts';
import { bytesOf, wordOf, type Value } from '../values/handle.ts';
import { bytesPlace } from '../values/place.ts';
import { isScratch, Scratch } from '../values/scratch.ts';
import { assignmentsTo, type FunctionSource } from './assignments.ts';
import { isPure, isScalar } from './pure-expression.ts';
import {
  codeAt,
  declarationsOf,
  executedBefore,
  hasFunctionLiterals,
  isPlainSource,
  mayBeReached,
  type ExecutedStatement,
  type PlainStatement,
} from './source-blocks.ts';
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
  /** False where the line may be that of an instruction moved by the compiler (no call). */
  readonly atCall: boolean;
  readonly variables: readonly KnownVariable[];
}

/** Variables that one is computed from, which are computed themselves, and so on. */
const DEEPEST = 8;
/** Largest value that is copied, in bytes. */
const LARGEST = 64 << 10;
const WRAPPED = /^\s*return\b/;

/**
 * Values that the compiler did not keep, computed as the unchanged source computed them: from the last assignment that certainly has
 * been executed, if it gives the value of an expression of variables that are certain and have not changed since.
 */
export class DeclaredValues {
  private readonly types: TypeCatalog;
  private readonly frame: DeclaredFrame;
  private readonly scratch: Scratch;
  private readonly isUsable: boolean;
  private readonly hasLiterals: boolean;
  private readonly executed = new Map<number, readonly ExecutedStatement[]>();

  constructor(types: TypeCatalog, frame: DeclaredFrame) {
    this.types = types;
    this.frame = frame;
    this.scratch = new Scratch(types.context);
    this.isUsable = frame.line > frame.source.start && frame.line <= frame.source.end && isPlainSource(frame.source);
    this.hasLiterals = hasFunctionLiterals(frame.source);
  }

  /** The value of a variable that DWARF knows; undefined where the source does not prove one. */
  of({ name, type, class: kind, line }: KnownVariable): DeclaredValue | undefined {
    if (!this.isUsable) return undefined;
    const last = this.lastOf(name, this.frame.line);
    const declarations = declarationsOf(this.frame.source, name);
    // Deferred functions may run at the end of the function, when results have been assigned to.
    if (kind === 'result' && (this.mayReturn() || this.frame.line === this.frame.source.end)) return undefined;
    // A result without a name has no value until the function returns.
    const isNamed = kind === 'result' && !name.startsWith('~');
    if (last === undefined) return isNamed && declarations.length === 0 ? this.untouched(name, type) : undefined;
    const { statement } = last;
    const isOwn = kind === 'local' ? statement.line === line || onlyIs(declarations, line) : declarations.length === 0;
    return isOwn && (kind === 'local' || !statement.declares) ? this.valueOf(last, name, type, 0) : undefined;
  }

  /** Variables of which DWARF says nothing at all, in the order of their declarations. */
  unlisted(): (DeclaredValue & { readonly name: string; readonly line: number })[] {
    if (!this.isUsable) return [];
    return this.before(this.frame.line).flatMap(({ statement }) =>
      !statement.declares
        ? []
        : statement.names.flatMap((name) => {
            const found = this.isUnlisted(name, statement) ? this.computed(name, this.frame.line, 0) : undefined;
            return found === undefined ? [] : [{ ...found, name, line: statement.line }];
          }),
    );
  }

  private isUnlisted(name: string, { line }: PlainStatement): boolean {
    if (name === '_' || !onlyIs(declarationsOf(this.frame.source, name), line)) return false;
    return this.frame.variables.every((variable) => variable.name !== name);
  }

  /** The statements that have been executed when execution is at a line. */
  private before(line: number): readonly ExecutedStatement[] {
    let found = this.executed.get(line);
    if (found === undefined) this.executed.set(line, (found = executedBefore(this.frame.source, line)));
    return found;
  }

  private lastOf(name: string, line: number): ExecutedStatement | undefined {
    return this.before(line).findLast(({ statement }) => statement.names.includes(name));
  }

  /** A variable that DWARF does not list, by its only declaration, as it is at a line. */
  private computed(name: string, line: number, depth: number): DeclaredValue | undefined {
    const last = this.lastOf(name, line);
    return last?.statement.declares === true ? this.valueOf(last, name, undefined, depth) : undefined;
  }

  private valueOf(
    last: ExecutedStatement,
    name: string,
    type: GoType | undefined,
    depth: number,
  ): DeclaredValue | undefined {
    const { statement, end } = last;
    const { source, atCall } = this.frame;
    const others = this.assignments(name, statement.line).filter((line) => line !== statement.line);
    if (others.some((line) => line > statement.line && line <= end)) return undefined;
    // Functions within may assign whenever they are called; an instruction that was moved may be before or behind an assignment.
    if (others.length > 0 && ((this.hasLiterals && !statement.declares) || !atCall)) return undefined;
    if (mayBeReached(source, name)) return undefined;
    if (statement.expressions.length === 0) return this.zeroOf(statement, type);
    const text = statement.expressions[statement.names.indexOf(name)] ?? '';
    const value = attempt(() => this.evaluate(text, statement, type, depth));
    const what = statement.declares ? 'its declaration' : `line ${statement.line}`;
    return value && { value, from: `computed from ${what}: ${text}` };
  }

  private zeroOf(statement: PlainStatement, known: GoType | undefined): DeclaredValue | undefined {
    const type = known ?? BASIC_TYPES.get(statement.type ?? '');
    return (
      type && { value: { type, place: bytesPlace(new Uint8Array(type.size)) }, from: 'its declaration in the source' }
    );
  }

  /** A named result that nothing was assigned to yet. */
  private untouched(name: string, type: GoType): DeclaredValue | undefined {
    const { source, line } = this.frame;
    const assigned = assignmentsTo(source, name, source.start, false).map((each) => each.line);
    if (assigned.some((each) => each <= this.endOfLoops()) || (this.hasLiterals && assigned.length > 0))
      return undefined;
    if (mayBeReached(source, name) || line <= source.start) return undefined;
    return { value: { type, place: bytesPlace(new Uint8Array(type.size)) }, from: 'nothing was assigned to it yet' };
  }

  /** The last line that may have been executed before: loops around the place reach down to their ends. */
  private endOfLoops(): number {
    const { source, line } = this.frame;
    for (let at = source.start; at <= source.end; at++)
      if (/\bfor\b/.test(codeAt(source, at)) && at <= line) return source.end;
    return line;
  }

  /** True if the line may belong to a statement that returns: results have been assigned to then. */
  private mayReturn(): boolean {
    const { source, line } = this.frame;
    for (let at = line; at > source.start; at--) {
      const code = codeAt(source, at);
      if (WRAPPED.test(code)) return true;
      if (/\breturn\b/.test(code) && at === line) return true;
      const above = codeAt(source, at - 1).trimEnd();
      if (/(?:[\w)\]}"]|\+\+|--|\s\{)$/.test(above) || above === '') return false;
    }
    return false;
  }

  private assignments(name: string, declaredAt: number): number[] {
    return assignmentsTo(this.frame.source, name, declaredAt, false).map(({ line }) => line);
  }

  private evaluate(
    text: string,
    statement: PlainStatement,
    known: GoType | undefined,
    depth: number,
  ): Value | undefined {
    const operands = new Map<string, Value | undefined>();
    const operand = (name: string): Value | undefined => {
      if (!operands.has(name)) operands.set(name, this.operand(name, statement, depth));
      return operands.get(name);
    };
    const node = parseExpression(text);
    const typeOf = (name: string): GoType | undefined => {
      const type = operand(name)?.type;
      if (type === undefined && this.isVariable(name)) throw notFound(`a certain value of ${name}`);
      return type;
    };
    if (!isPure(node, typeOf)) return undefined;
    const result = evaluateAny(text, this.environment(operand));
    const type = known ?? BASIC_TYPES.get(statement.type ?? '');
    if (result.kind === 'type' || (statement.type !== undefined && type === undefined)) return undefined;
    if (result.kind === 'constant') {
      if (result.constant.kind === 'nil') return undefined;
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
    const { source, variables } = this.frame;
    return variables.some((variable) => variable.name === name) || declarationsOf(source, name).length > 0;
  }

  /** A value that means something without the memory that the evaluation made; undefined for others. */
  private kept(value: Value): Value | undefined {
    const { type } = value;
    const { context } = this.scratch;
    const parts =
      type.kind === 'struct' ? type.fields.map((field) => field.type) : type.kind === 'array' ? [type.elem] : [];
    if (type.kind === 'string' && isScratch(wordOf(context, value))) return undefined;
    if (parts.some((part) => !isScalar(part) || part?.kind === 'string')) return undefined;
    return this.copied(value);
  }

  private copied(value: Value): Value | undefined {
    const { type } = value;
    return type.size > LARGEST ? undefined : { type, place: bytesPlace(bytesOf(this.scratch.context, value)) };
  }

  /** What a name stands for in the expression of a statement, if it is certain and still holds what it held then. */
  private operand(name: string, statement: PlainStatement, depth: number): Value | undefined {
    const { source, variables, line } = this.frame;
    const { line: at } = statement;
    const listed = variables.filter((variable) => variable.name === name);
    const declarations = declarationsOf(source, name);
    const [variable] = listed;
    if (depth >= DEEPEST || listed.length > 1 || mayBeReached(source, name)) return undefined;
    if (variable !== undefined && variable.class !== 'local' ? declarations.length > 0 : declarations.length !== 1)
      return undefined;
    const [declared] = declarations;
    if (declared !== undefined && (declared >= at || !this.isInScope(name, declared, at))) return undefined;
    if (variable?.line !== undefined && declared !== undefined && variable.line !== declared) return undefined;
    if (variable?.class === 'result') return undefined;
    const end = this.before(line).find((each) => each.statement === statement || each.statement.line === at)?.end;
    const changes = this.assignments(name, declared ?? 0);
    if (end === undefined || changes.some((each) => each >= at && each <= end)) return undefined;
    if (changes.length > 0 && !this.frame.atCall) return undefined;
    if (changes.some((each) => each !== declared) && this.hasLiterals) return undefined;
    if (variable === undefined) return this.computed(name, at, depth + 1)?.value;
    return certain(variable) ?? (variable.class === 'local' ? this.listedAt(variable, at, depth) : undefined);
  }

  /** A variable that DWARF lists without a value, as it was computed before a line. */
  private listedAt({ name, type }: KnownVariable, at: number, depth: number): Value | undefined {
    const last = this.lastOf(name, at);
    return last?.statement.declares === true ? this.valueOf(last, name, type, depth + 1)?.value : undefined;
  }

  /** True if a name that is declared on a line is seen on another. */
  private isInScope(name: string, declared: number, at: number): boolean {
    if (this.before(at).some(({ statement }) => statement.line === declared && statement.names.includes(name)))
      return true;
    return isInBlockOf(this.frame.source, declared, at);
  }

  private environment(operand: (name: string) => Value | undefined): Environment {
    const { source, packageName } = this.frame;
    const typeOf = (name: string): GoType | undefined =>
      declarationsOf(source, name).length > 0 ? undefined : this.types.named(`${packageName}.${name}`);
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

function onlyIs(lines: readonly number[], line: number | undefined): boolean {
  return lines.length === 1 && lines[0] === line;
}

/** The value of a variable that is whole and in no doubt. */
function certain({ value, stale }: KnownVariable): Value | undefined {
  if (value === undefined || stale !== undefined) return undefined;
  return value.place.kind === 'bytes' && value.place.absent.length > 0 ? undefined : value;
}

/** True if a line begins a block, by a statement that declares for it, and another line is in that block. */
function isInBlockOf(source: FunctionSource, header: number, at: number): boolean {
  let open = 0;
  for (const character of codeAt(source, header)) open += character === '{' ? 1 : character === '}' ? -1 : 0;
  if (open !== 1 || !/^\s*(?:\w+:\s*)?(?:for|if|switch)\b/.test(codeAt(source, header))) return false;
  for (let line = header + 1; line <= at; line++) {
    for (const character of codeAt(source, line)) {
      open += character === '{' ? 1 : character === '}' ? -1 : 0;
      if (open === 0) return false;
    }
  }
  return true;
}
