import type { SourceToken, Words } from './statements.ts';

/** What a statement gives to one name. */
export interface Assigned {
  readonly name: SourceToken;
  /** Its place among the names of the statement. */
  readonly position: number;
  /** `whole`: the variable gets a value; `part`: a field or element does, or what it points to. */
  readonly extent: 'whole' | 'part';
  readonly declares: boolean;
  /** What the name gets, as Go text; undefined where that is no expression of its own. `''` for the zero of the type. */
  readonly expression: string | undefined;
  /** The type that is written at the declaration. */
  readonly type: string | undefined;
}

const OPERATORS: ReadonlySet<string> = new Set([
  '=',
  ':=',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '|=',
  '^=',
  '<<=',
  '>>=',
  '&^=',
]);
const STEPS: ReadonlySet<string> = new Set(['++', '--']);
/** Statements that begin with these assign nothing. */
const WITHOUT: ReadonlySet<string> = new Set(['go', 'defer', 'return', 'func', 'break', 'continue', 'fallthrough']);

/** The names that a statement gives values to, in its order; those in function literals are not among them. */
export function assignedBy({ tokens }: Words): Assigned[] {
  const [first] = tokens;
  if (first === undefined || (first.kind === 'name' && WITHOUT.has(first.text))) return [];
  if (first.kind === 'name' && ['var', 'const', 'type'].includes(first.text)) return declared(tokens);
  const at = topLevel(tokens).find((index) => isOperator(tokens[index], OPERATORS));
  const last = tokens.at(-1);
  if (at === undefined) {
    if (!isOperator(last, STEPS) || last === undefined) return [];
    return targets(tokens.slice(0, -1), false, (text) => `${text} ${last.text.slice(1)} 1`);
  }
  const operator = tokens[at]?.text ?? '';
  const left = tokens.slice(0, at);
  const right = tokens.slice(at + 1);
  if (operator !== '=' && operator !== ':=')
    return targets(left, false, (text) => `${text} ${operator.slice(0, -1)} (${textOf(right)})`);
  const values = right[0]?.text === 'range' && right[0].kind === 'name' ? [] : split(right, ',');
  const isPaired = values.length === split(left, ',').length;
  return targets(left, operator === ':=', (_, index) => (isPaired ? textOf(values[index] ?? []) : undefined));
}

/**
 * Names that function literals among some tokens may assign to, as a whole or, as in `x.y = 1`, only to what they lead to or have as a
 * part; some may be names of their own.
 */
export function assignedWithin(
  tokens: readonly SourceToken[],
): (readonly [name: string, extent: Assigned['extent']])[] {
  const from = tokens.findIndex(({ kind, text }) => kind === 'name' && text === 'func');
  if (from < 0) return [];
  const names: (readonly [string, Assigned['extent']])[] = [];
  let segment: SourceToken[] = [];
  for (const token of tokens.slice(from)) {
    if (token.kind === 'operator' && ';{}'.includes(token.text)) segment = [];
    else if (isOperator(token, OPERATORS) || isOperator(token, STEPS))
      names.push(
        ...segment.flatMap(({ kind, text }, i) => {
          const isPart =
            isOperator(segment[i - 1], DOT) || isOperator(segment[i + 1], PARTS) || isOperator(segment[i - 1], STAR);
          return kind === 'name' ? [[text, isPart ? 'part' : 'whole'] as const] : [];
        }),
      );
    else segment.push(token);
  }
  return names;
}

/** How a variable may change otherwise than by assignment: by a pointer to it, by a method that takes one, as an array that was sliced. */
export type Reach = 'address' | 'method' | 'slice';

/** The names in some tokens that something may get hold of. */
export function reachedBy(tokens: readonly SourceToken[]): (readonly [name: string, reach: Reach])[] {
  return tokens.flatMap((token, index) => {
    if (token.kind !== 'name' || isOperator(tokens[index - 1], DOT)) return [];
    let before = index - 1;
    while (isOperator(tokens[before], OPEN)) before--;
    if (isOperator(tokens[before], AMPERSAND) && !isOperand(tokens[before - 1]))
      return [[token.text, 'address'] as const];
    const reach = reachOfChain(tokens, index + 1);
    return reach === undefined ? [] : [[token.text, reach] as const];
  });
}

const DOT: ReadonlySet<string> = new Set(['.']);
const OPEN: ReadonlySet<string> = new Set(['(']);
const PARTS: ReadonlySet<string> = new Set(['.', '[']);
const STAR: ReadonlySet<string> = new Set(['*']);
const AMPERSAND: ReadonlySet<string> = new Set(['&']);
const CLOSING: ReadonlySet<string> = new Set([')', ']', '}']);

/** True for the end of an operand, behind which `&` is an operation on two. */
function isOperand(token: SourceToken | undefined): boolean {
  if (token === undefined || token.kind === 'operator') return isOperator(token, CLOSING);
  return !['return', 'case', 'range', 'go', 'defer', 'else', 'switch', 'if', 'for'].includes(token.text);
}

/** What the fields, elements and calls behind a name lead to. */
function reachOfChain(tokens: readonly SourceToken[], from: number): Reach | undefined {
  for (let at = from; ;) {
    if (isOperator(tokens[at], DOT) && tokens[at + 1]?.kind === 'name') {
      if (isOperator(tokens[at + 2], OPEN)) return 'method';
      at += 2;
    } else if (tokens[at]?.kind === 'operator' && tokens[at]?.text === '[') {
      let depth = 0;
      for (; at < tokens.length; at++) {
        const text = tokens[at]?.kind === 'operator' ? tokens[at]?.text : '';
        depth +=
          text === '[' || text === '(' || text === '{' ? 1 : text === ']' || text === ')' || text === '}' ? -1 : 0;
        if (depth === 1 && text === ':') return 'slice';
        if (depth === 0) break;
      }
      at++;
    } else return undefined;
  }
}

function targets(
  tokens: readonly SourceToken[],
  declares: boolean,
  expressionOf: (text: string, index: number) => string | undefined,
): Assigned[] {
  return split(tokens, ',').flatMap((target, index) => {
    const name = target.find(({ kind }) => kind === 'name');
    if (name === undefined || name.text === '_') return [];
    const isWhole = target.length === 1;
    const expression = isWhole ? expressionOf(name.text, index) : undefined;
    const extent = isWhole ? 'whole' : 'part';
    return [{ name, position: index, extent, declares, expression, type: undefined } as const];
  });
}

/** `var x, y T = …`, of which there may be several in parentheses; constants and types hide variables as well. */
function declared([keyword, ...rest]: readonly SourceToken[]): Assigned[] {
  const isGroup = rest[0]?.text === '(' && rest[0].kind === 'operator';
  const specs = isGroup ? split(rest.slice(1, -1), ';') : [rest];
  return specs.flatMap((spec) => {
    const names: SourceToken[] = [];
    let at = 0;
    for (; spec[at]?.kind === 'name'; at += 2) {
      names.push(spec[at] as SourceToken);
      if (spec[at + 1]?.text !== ',') break;
    }
    const after = spec.slice(at + 1);
    const equals = topLevel(after).find((index) => after[index]?.text === '=');
    const values = equals === undefined ? [] : split(after.slice(equals + 1), ',');
    const type = textOf(after.slice(0, equals ?? after.length));
    const isVariable = keyword?.text === 'var';
    return names.flatMap((name, index) => {
      const value =
        values.length === names.length ? textOf(values[index] ?? []) : equals === undefined ? '' : undefined;
      const expression = isVariable ? value : undefined;
      return name.text === '_'
        ? []
        : [
            {
              name,
              position: index,
              extent: 'whole',
              declares: true,
              expression,
              type: type === '' ? undefined : type,
            } as const,
          ];
    });
  });
}

function isOperator(token: SourceToken | undefined, operators: ReadonlySet<string>): boolean {
  return token?.kind === 'operator' && operators.has(token.text);
}

/** Indices of the tokens that are in no brackets. */
function topLevel(tokens: readonly SourceToken[]): number[] {
  const found: number[] = [];
  let depth = 0;
  tokens.forEach(({ kind, text }, index) => {
    if (kind === 'operator' && ')]}'.includes(text)) depth--;
    if (depth === 0) found.push(index);
    if (kind === 'operator' && '([{'.includes(text)) depth++;
  });
  return found;
}

/** The stretches between separators that are in no brackets; empty ones are left out. */
export function split(tokens: readonly SourceToken[], separator: string): SourceToken[][] {
  const parts: SourceToken[][] = [[]];
  const outside = new Set(topLevel(tokens));
  tokens.forEach((token, index) => {
    if (outside.has(index) && token.kind === 'operator' && token.text === separator) parts.push([]);
    else parts.at(-1)?.push(token);
  });
  return parts.filter((part) => part.length > 0);
}

/** Tokens as text that means the same. */
function textOf(tokens: readonly SourceToken[]): string {
  let text = '';
  let end = 0;
  for (const token of tokens) {
    text += (text !== '' && token.at > end ? ' ' : '') + token.text;
    end = token.at + token.text.length;
  }
  return text;
}
