import type { FunctionSource } from './function-source.ts';
import { assignedBy, assignedWithin, reachedBy, type Assigned, type Reach } from './assignment.ts';
import { parseFunction, type ParsedFunction } from './parse-function.ts';
import type { For, If, Jump, Simple, SourceToken, Statement, Switch, Words } from './statements.ts';
import { isAtLine, type Part } from './walk.ts';

/** A variable that a function's source names. */
export interface SourceVariable {
  readonly name: string;
  /** Line of its declaration; undefined for what the function does not declare itself: parameters, and what is around it. */
  readonly line: number | undefined;
  /** What gives it a value, in the order of the source. */
  readonly definitions: Definition[];
  /** What function literals may assign to: all of it, a part or what it leads to, or nothing. */
  assignedWithin: 'whole' | 'part' | undefined;
  /** How it may change otherwise than by assignment. */
  readonly reached: Set<Reach>;
}

/** A place that gives a variable a value. */
export interface Definition extends Assigned {
  readonly statement: Simple | Jump;
  /** `init` and `post` are in a loop's head, `range` is that of a loop over something. */
  readonly role: 'plain' | 'init' | 'post' | 'range';
}

/** Names that are seen somewhere, the innermost first, and where blocks begin. */
interface Scope {
  readonly what: SourceVariable | 'block' | 'function';
  readonly around: Scope | undefined;
}

/** Which names of a function stand for which variables, and where those get values. */
export class Definitions {
  readonly function: ParsedFunction;
  /** Of each statement, what it gives values to. */
  private readonly ofStatement = new Map<Simple, Map<SourceVariable, Definition[]>>();
  private readonly scopes = new Map<Part, Scope>();
  private readonly returns = new Map<Jump, readonly Definition[]>();
  private readonly declared: SourceVariable[] = [];
  private readonly outer = new Map<string, SourceVariable>();

  private constructor(parsed: ParsedFunction) {
    this.function = parsed;
    this.statements(parsed.body.body, { what: 'function', around: undefined });
  }

  /** Of a function; undefined where its source is not understood. */
  static of(source: FunctionSource): Definitions | undefined {
    if (!KNOWN.has(source)) {
      const parsed = parseFunction(source);
      KNOWN.set(source, parsed && new Definitions(parsed));
    }
    return KNOWN.get(source);
  }

  /** The variable of a name that is declared on a line; without a line, a parameter or what is around the function. */
  variable(name: string, line: number | undefined): SourceVariable | undefined {
    if (line === undefined) return this.outerVariable(name);
    const found = this.declared.filter((each) => each.name === name && each.line === line);
    return found.length === 1 ? found[0] : undefined;
  }

  /**
   * The variable that DWARF means by a name, a kind and a line: what a closure captures has the line of its declaration outside, or
   * of its first use.
   */
  described(name: string, isLocal: boolean, line: number | undefined): SourceVariable | undefined {
    const found = this.variable(name, isLocal ? line : undefined);
    if (found !== undefined || !isLocal || this.declared.some((each) => each.name === name)) return found;
    return this.outerVariable(name);
  }

  /** The variable that a name stands for in a statement. */
  named(name: string, at: Part): SourceVariable {
    return lookUp(this.scopes.get(at), name) ?? this.outerVariable(name);
  }

  /** What a statement gives to a variable. */
  in(statement: Simple, variable: SourceVariable): readonly Definition[] {
    return this.ofStatement.get(statement)?.get(variable) ?? [];
  }

  /** What a `return` with values gives to a result. */
  returned(statement: Jump, { name }: SourceVariable): Definition {
    const known = this.returns.get(statement)?.find((each) => each.name.text === name);
    if (known !== undefined) return known;
    const token = { ...(statement.tokens[0] as SourceToken), text: name };
    const rest = {
      position: 0,
      extent: 'whole',
      declares: false,
      expression: undefined,
      type: undefined,
      role: 'plain',
    } as const;
    const definition: Definition = { ...rest, name: token, statement };
    this.returns.set(statement, [...(this.returns.get(statement) ?? []), definition]);
    return definition;
  }

  /** The parts of statements that a line lies in. */
  partsAt(line: number): Part[] {
    return [...this.scopes.keys()].filter((part) => isAtLine(part, line));
  }

  /** Variables that the function declares. */
  get all(): readonly SourceVariable[] {
    return this.declared;
  }

  /** True if the function declares a variable of that name anywhere. */
  declares(name: string): boolean {
    return this.declared.some((each) => each.name === name);
  }

  private outerVariable(name: string): SourceVariable {
    let found = this.outer.get(name);
    if (found === undefined) this.outer.set(name, (found = newVariable(name, undefined)));
    return found;
  }

  private block(statements: readonly Statement[], scope: Scope): void {
    this.statements(statements, { what: 'block', around: scope });
  }

  private statements(statements: readonly Statement[], scope: Scope): void {
    statements.reduce((seen, statement) => this.statement(statement, seen), scope);
  }

  /** What is seen behind a statement. */
  private statement(statement: Statement, scope: Scope): Scope {
    switch (statement.kind) {
      case 'simple':
        return this.simple(statement, scope, 'plain');
      case 'block':
        this.block(statement.body, scope);
        break;
      case 'if':
        this.if(statement, { what: 'block', around: scope });
        break;
      case 'for':
        this.for(statement, { what: 'block', around: scope });
        break;
      case 'switch':
      case 'select':
        this.switch(statement, { what: 'block', around: scope });
        break;
      default:
        this.words(statement, scope);
    }
    return scope;
  }

  private if(statement: If, scope: Scope): void {
    const inner = this.simple(statement.init, scope, 'plain');
    this.words(statement.condition, inner);
    this.scopes.set(statement, inner);
    this.block(statement.body.body, inner);
    if (statement.otherwise !== undefined) this.statement(statement.otherwise, inner);
  }

  private for(statement: For, scope: Scope): void {
    const { init, condition, post, range, body } = statement;
    const inner = this.simple(range, this.simple(init, scope, 'init'), 'range');
    this.scopes.set(statement, inner);
    if (condition !== undefined) this.words(condition, inner);
    this.simple(post, inner, 'post');
    this.block(body.body, inner);
  }

  private switch(statement: Switch, scope: Scope): void {
    const { init, tag, cases } = statement;
    const begun = this.simple(init, scope, 'plain');
    // switch x := y.(type) declares another x in each case.
    const [own] = tag === undefined ? [] : assignedBy(tag);
    if (tag !== undefined) this.words(tag, begun);
    this.scopes.set(statement, begun);
    for (const each of cases) {
      const block: Scope = { what: 'block', around: begun };
      const seen = own === undefined ? block : this.declare(own.name.text, each.values?.end ?? each.line, block);
      if (each.values !== undefined) this.words(each.values, seen);
      this.statements(each.body, this.simple(each.communication, seen, 'plain'));
    }
  }

  private words(words: Words, scope: Scope): void {
    this.scopes.set(words, scope);
    const named = (name: string): SourceVariable => lookUp(scope, name) ?? this.outerVariable(name);
    for (const [name, extent] of assignedWithin(words.tokens)) {
      const variable = named(name);
      if (variable.assignedWithin !== 'whole') variable.assignedWithin = extent;
    }
    for (const [name, reach] of reachedBy(words.tokens)) named(name).reached.add(reach);
  }

  private simple(statement: Simple | undefined, scope: Scope, role: Definition['role']): Scope {
    if (statement === undefined) return scope;
    this.words(statement, scope);
    let seen = scope;
    for (const assigned of assignedBy(statement)) {
      const name = assigned.name.text;
      const isNew = assigned.declares && !this.isDeclaredIn(name, scope);
      if (isNew) seen = this.declare(name, assigned.name.line, seen);
      const variable = lookUp(isNew ? seen : scope, name) ?? this.outerVariable(name);
      const definition: Definition = { ...assigned, declares: isNew, statement, role };
      variable.definitions.push(definition);
      this.note(statement, variable, definition);
    }
    return seen;
  }

  private note(statement: Simple, variable: SourceVariable, definition: Definition): void {
    let own = this.ofStatement.get(statement);
    if (own === undefined) this.ofStatement.set(statement, (own = new Map<SourceVariable, Definition[]>()));
    own.set(variable, [...(own.get(variable) ?? []), definition]);
  }

  private declare(name: string, line: number, around: Scope): Scope {
    const variable = newVariable(name, line);
    this.declared.push(variable);
    return { what: variable, around };
  }

  /** True if `:=` gives a variable of the same block another value: parameters belong to the block of the function. */
  private isDeclaredIn(name: string, scope: Scope): boolean {
    for (let at: Scope | undefined = scope; at !== undefined; at = at.around) {
      if (at.what === 'function') return this.function.signature.has(name);
      if (at.what === 'block') return false;
      if (at.what.name === name) return true;
    }
    return false;
  }
}

/**
 * True if nothing gives a variable another value than the one it begins with. `isReference` tells that a field or element assigned
 * through the name is not part of the variable itself (pointers, slices, maps).
 */
export function keepsFirstValue(variable: SourceVariable, isReference: boolean): boolean {
  const own = variable.definitions.filter(({ extent }) => extent === 'whole' || !isReference);
  return own.every((each) => each.declares && each.role === 'plain') && !isChangedWithin(variable, isReference);
}

/** True if a function literal may give a variable another value: what a reference leads to is not part of it. */
export function isChangedWithin({ assignedWithin: extent }: SourceVariable, isReference: boolean): boolean {
  return extent === 'whole' || (extent === 'part' && !isReference);
}

function newVariable(name: string, line: number | undefined): SourceVariable {
  return { name, line, definitions: [], assignedWithin: undefined, reached: new Set() };
}

function lookUp(scope: Scope | undefined, name: string): SourceVariable | undefined {
  for (let at = scope; at !== undefined; at = at.around)
    if (typeof at.what === 'object' && at.what.name === name) return at.what;
  return undefined;
}

const KNOWN = new WeakMap<FunctionSource, Definitions | undefined>();
