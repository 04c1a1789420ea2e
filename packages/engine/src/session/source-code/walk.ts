import type { Block, For, If, Jump, Simple, Statement, Switch, Words } from './statements.ts';

/** What may be true at a place, by the way that execution came; undefined where it cannot come. */
export type State<T> = ReadonlySet<T> | undefined;

/** A part of a function that execution is in or before. */
export type Part = Simple | Jump | If | For | Switch | Words;

/** True if a line lies in a part, of compound statements in their head. */
export function isAtLine(part: Part, line: number): boolean {
  return part.line <= line && line <= ('head' in part ? part.head : part.end);
}

/** A question about what statements did before a place. */
export interface Question<T> {
  readonly start: ReadonlySet<T>;
  /** What is true behind a statement, for `if` behind its condition. */
  readonly after: (statement: Simple | Jump | If, before: ReadonlySet<T>) => ReadonlySet<T>;
  /** True for the parts that execution is in. */
  readonly isPlace: (part: Part) => boolean;
  /** Which way an `if` went that is in no loop; undefined if that is not known. */
  readonly decide?: (statement: If) => boolean | undefined;
}

/** A statement that `break` and `continue` lead out of. */
interface Target<T> {
  readonly label: string | undefined;
  readonly isLoop: boolean;
  breaks: State<T>;
  continues: State<T>;
}

/** What may be true where execution is in a function, on all the ways by which it may have come; undefined if it cannot be there. */
export function stateAt<T>(body: Block, question: Question<T>): State<T> {
  return new Walk(question).of(body);
}

class Walk<T> {
  private readonly question: Question<T>;
  private readonly targets: Target<T>[] = [];
  private found: State<T>;
  private returned: State<T>;
  private isInReturn = false;
  private hasDefers = false;
  /** What `fallthrough` at the end of a case leads on with. */
  private falling: State<T>;

  constructor(question: Question<T>) {
    this.question = question;
  }

  of(body: Block): State<T> {
    const end = this.list(body.body, this.question.start);
    // Deferred functions run when values have been returned, and which return led to them is not known.
    return this.isInReturn && this.hasDefers ? union(this.found, union(this.returned, end)) : this.found;
  }

  private note(part: Part, state: State<T>): void {
    if (state !== undefined && this.question.isPlace(part)) this.found = union(this.found, state);
  }

  private list(statements: readonly Statement[], state: State<T>): State<T> {
    return statements.reduce((before, statement) => this.statement(statement, before), state);
  }

  private statement(statement: Statement, state: State<T>): State<T> {
    switch (statement.kind) {
      case 'simple':
        return this.simple(statement, state);
      case 'block':
        return this.list(statement.body, state);
      case 'if':
        return this.if(statement, state);
      case 'for':
        return this.for(statement, state);
      case 'switch':
      case 'select':
        return this.switch(statement, state);
      default:
        return this.jump(statement, state);
    }
  }

  private simple(statement: Simple | undefined, state: State<T>): State<T> {
    if (statement === undefined || state === undefined) return state;
    if (statement.tokens[0]?.text === 'defer') this.hasDefers = true;
    this.note(statement, state);
    return this.question.after(statement, state);
  }

  private if(statement: If, state: State<T>): State<T> {
    this.note(statement, state);
    const begun = this.simple(statement.init, state);
    this.note(statement, begun);
    const tested = begun && this.question.after(statement, begun);
    const isLoop = this.targets.some((target) => target.isLoop);
    const way = isLoop || tested === undefined ? undefined : this.question.decide?.(statement);
    const { body, otherwise } = statement;
    const yes = this.list(body.body, way === false ? undefined : tested);
    const no = way === true ? undefined : tested;
    return union(yes, otherwise === undefined ? no : this.statement(otherwise, no));
  }

  private for(statement: For, state: State<T>): State<T> {
    const { init, condition, range, post, body, label } = statement;
    this.note(statement, state);
    let head = this.simple(init, state);
    // What may be true only grows, so the rounds end.
    for (;;) {
      this.note(statement, head);
      const target: Target<T> = { label, isLoop: true, breaks: undefined, continues: undefined };
      this.targets.push(target);
      const out = this.list(body.body, this.simple(range, head));
      this.targets.pop();
      const back = this.simple(post, union(out, target.continues));
      const next = union(head, back);
      const exit = condition === undefined && range === undefined ? undefined : next;
      if (next?.size === head?.size) return union(exit, target.breaks);
      head = next;
    }
  }

  private switch(statement: Switch, state: State<T>): State<T> {
    this.note(statement, state);
    const chosen = this.simple(statement.tag, this.simple(statement.init, state));
    this.note(statement, chosen);
    const target: Target<T> = { label: statement.label, isLoop: false, breaks: undefined, continues: undefined };
    this.targets.push(target);
    let [after, falling]: [State<T>, State<T>] = [undefined, undefined];
    let isComplete = statement.kind === 'select' && statement.cases.length > 0;
    for (const each of statement.cases) {
      if (each.values !== undefined) this.note(each.values, chosen);
      else if (each.communication === undefined) isComplete = true;
      this.falling = undefined;
      const out = this.list(each.body, union(this.simple(each.communication, chosen), falling));
      falling = this.falling;
      after = union(after, out);
    }
    this.falling = undefined;
    this.targets.pop();
    return union(union(after, target.breaks), isComplete ? undefined : chosen);
  }

  private jump(statement: Jump, state: State<T>): undefined {
    if (state === undefined) return;
    const { kind, label } = statement;
    this.note(statement, state);
    if (kind === 'return') {
      this.isInReturn ||= this.question.isPlace(statement);
      this.returned = union(this.returned, this.question.after(statement, state));
    } else if (kind === 'fallthrough') this.falling = union(this.falling, state);
    else {
      const isMeant = (target: Target<T>): boolean =>
        label === undefined ? kind === 'break' || target.isLoop : target.label === label;
      const target = this.targets.findLast(isMeant);
      if (kind === 'break' && target !== undefined) target.breaks = union(target.breaks, state);
      else if (target !== undefined) target.continues = union(target.continues, state);
    }
  }
}

function union<T>(a: State<T>, b: State<T>): State<T> {
  if (a === undefined || b === undefined) return a ?? b;
  return new Set([...a, ...b]);
}
