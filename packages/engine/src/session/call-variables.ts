import type { VariableEntry } from '../dwarf/variables.ts';
import type { GoType } from '../types/go-type.ts';
import type { LocatedVariable } from '../unwind/variables.ts';
import type { Value } from '../values/value.ts';
import type { DeclaredValues, KnownVariable } from './declared-values.ts';

/** A variable of a call with its type: a value, or why there is none. */
export interface FrameVariable {
  readonly name: string;
  readonly class: 'argument' | 'result' | 'local';
  readonly type: GoType;
  readonly value: Value | undefined;
  readonly absent: string | undefined;
  readonly stale: string | undefined;
  readonly from: string | undefined;
  readonly shadowed: boolean;
  readonly line: number | undefined;
  /** What DWARF says of it; undefined for those that only the source tells of. */
  readonly described?: DescribedVariable;
}

/** A variable as DWARF describes it. `pc` is link-time. */
export interface DescribedVariable {
  readonly entry: VariableEntry;
  readonly pc: number;
  /** The place holds a pointer to it. */
  readonly escaped: boolean;
}

/** A variable that DWARF lists for a call: what it holds is found out when that is first asked for. */
export class ListedVariable implements KnownVariable {
  readonly located: LocatedVariable;
  readonly name: string;
  readonly class: FrameVariable['class'];
  readonly line: number | undefined;
  private readonly describe: () => FrameVariable;
  private known: FrameVariable | undefined;

  constructor(located: LocatedVariable, describe: () => FrameVariable) {
    this.located = located;
    this.name = located.name;
    this.class = classOf(located.entry);
    this.line = located.entry.declLine;
    this.describe = describe;
  }

  /** As machine code and location list have it. */
  get described(): FrameVariable {
    this.known ??= this.describe();
    return this.known;
  }

  get type(): GoType {
    return this.described.type;
  }

  get value(): Value | undefined {
    return this.described.value;
  }

  get stale(): string | undefined {
    return this.described.stale;
  }
}

export function classOf({ isResult, isArgument }: VariableEntry): FrameVariable['class'] {
  return isResult ? 'result' : isArgument ? 'argument' : 'local';
}

/** The variables of one call. Where one is not certain, the source may say what it holds. */
export class CallVariables {
  private readonly listed: readonly ListedVariable[];
  private readonly findDeclared: () => DeclaredValues | undefined;
  private readonly doubted: (variable: FrameVariable) => FrameVariable;
  private readonly mayDeclare: (name: string, lines: readonly (number | undefined)[]) => boolean;
  private source: { readonly declared: DeclaredValues | undefined } | undefined;
  private readonly completed = new Map<ListedVariable, FrameVariable>();
  private known: readonly FrameVariable[] | undefined;

  /**
   * @param findDeclared reads the source: called when that is needed for the first time
   * @param doubted says of a variable so if what it leads to may not be there any more
   * @param mayDeclare tells, without taking the source apart, whether other lines than those given may declare a name
   */
  constructor(
    listed: readonly ListedVariable[],
    findDeclared: () => DeclaredValues | undefined,
    doubted: (variable: FrameVariable) => FrameVariable,
    mayDeclare: (name: string, lines: readonly (number | undefined)[]) => boolean,
  ) {
    this.listed = listed;
    this.findDeclared = findDeclared;
    this.doubted = doubted;
    this.mayDeclare = mayDeclare;
  }

  private get declared(): DeclaredValues | undefined {
    this.source ??= { declared: this.findDeclared() };
    return this.source.declared;
  }

  /** All of them, arguments first, in the order of their declaration. */
  all(): readonly FrameVariable[] {
    this.known ??= markShadowed(this.find());
    return this.known;
  }

  /** The innermost of that name. The others of the call are looked at only as far as its value depends on them. */
  named(name: string): FrameVariable | undefined {
    return this.known === undefined ? this.find(name).at(-1) : this.known.findLast((each) => each.name === name);
  }

  private find(name?: string): FrameVariable[] {
    const listed = this.listed.filter((each) => name === undefined || each.name === name);
    const unlisted = this.unlisted(listed, name);
    const known = listed.map((variable) => this.complete(variable));
    return sortVariables([
      ...known.map((each) => this.notHidden(each, [...known, ...unlisted], name === undefined)),
      ...unlisted,
    ]);
  }

  /** Says so of an argument if its name means another variable at this place, of which nothing is known. */
  private notHidden(variable: FrameVariable, known: readonly FrameVariable[], isParsed: boolean): FrameVariable {
    const { name, stale, value, line } = variable;
    if (variable.class === 'local' || value === undefined || stale !== undefined) return variable;
    if (known.some((each) => each !== variable && each.name === name)) return variable;
    if (!isParsed && !this.mayDeclare(name, [line])) return variable;
    const declared = this.declared?.declarationOf(name);
    return declared === undefined
      ? variable
      : { ...variable, stale: `another ${name}, of line ${declared}, is meant here, and is not recorded` };
  }

  private unlisted(listed: readonly ListedVariable[], name: string | undefined): FrameVariable[] {
    const lines = listed.map((variable) => variable.line);
    if (name !== undefined && lines.length > 0 && !this.mayDeclare(name, lines)) return [];
    const rest = { absent: undefined, stale: undefined, shadowed: false };
    const found = this.declared?.unlisted(name) ?? [];
    return found.map((each) => this.doubted({ ...rest, ...each, class: 'local', type: each.value.type }));
  }

  /** A variable with what the compiler did not keep but the source says for certain. */
  private complete(variable: ListedVariable): FrameVariable {
    let found = this.completed.get(variable);
    if (found === undefined) {
      const { described, located } = variable;
      const isOwn = !located.escaped && (located.entry.goClosureOffset ?? 0) === 0;
      const declared = isOwn && !isCertain(described) ? this.declared?.of(variable) : undefined;
      found =
        declared === undefined
          ? described
          : this.doubted({ ...described, ...declared, absent: undefined, stale: undefined });
      this.completed.set(variable, found);
    }
    return found;
  }
}

/** True for a place of which nothing is missing. */
export function isWhole(place: LocatedVariable['place']): boolean {
  return place !== undefined && (place.kind === 'memory' || place.absent.length === 0);
}

/** True if a variable is shown without a doubt, as a whole. */
export function isCertain({ value, stale }: FrameVariable): boolean {
  return value !== undefined && stale === undefined && isWhole(value.place);
}

function sortVariables(variables: readonly FrameVariable[]): FrameVariable[] {
  const rank = { argument: 0, result: 1, local: 2 } as const;
  return variables
    .map((variable, order) => ({ variable, order }))
    .sort((a, b) => rank[a.variable.class] - rank[b.variable.class] || a.order - b.order)
    .map(({ variable }) => variable);
}

/** The last variable of a name is the innermost; the ones before are hidden by it. */
function markShadowed(variables: readonly FrameVariable[]): FrameVariable[] {
  return variables.map((variable, i) => {
    const hidden = variables.slice(i + 1).some((other) => other.name === variable.name);
    return hidden ? { ...variable, shadowed: true } : variable;
  });
}
