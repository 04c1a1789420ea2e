import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DebugError } from '../../base/errors.ts';
import { parseExpression, type Node } from './parser.ts';

/** An expression in prefix form, so that a test reads the shape. */
function shape(node: Node): string {
  switch (node.kind) {
    case 'name':
      return node.name;
    case 'paren':
      return shape(node.operand);
    case 'select':
      return `(. ${shape(node.operand)} ${node.name})`;
    case 'index':
      return `([] ${shape(node.operand)} ${node.indices.map(shape).join(' ')})`;
    case 'slice':
      return `([:] ${[node.operand, node.low, node.high, node.max].map((each) => (each ? shape(each) : '_')).join(' ')})`;
    case 'call':
      return `(call ${[node.operand, ...node.args].map(shape).join(' ')})`;
    case 'assert':
      return `(assert ${shape(node.operand)} ${node.type ? shape(node.type) : 'data'})`;
    case 'unary':
      return `(${node.operator} ${shape(node.operand)})`;
    case 'binary':
      return `(${node.operator} ${shape(node.left)} ${shape(node.right)})`;
    case 'composite': {
      const elements = node.elements.map(({ key, value }) => `${key ? `${shape(key)}:` : ''}${shape(value)}`);
      return `({} ${node.type ? shape(node.type) : '_'}${elements.map((each) => ` ${each}`).join('')})`;
    }
    case 'array-type':
      return `(array ${typeof node.length === 'string' ? node.length : shape(node.length)} ${shape(node.elem)})`;
    case 'map-type':
      return `(map ${shape(node.key)} ${shape(node.elem)})`;
    case 'chan-type':
      return `(chan ${node.direction} ${shape(node.elem)})`;
    case 'func-type':
      return `(func (${node.params.map(({ type }) => shape(type)).join(' ')}) (${node.results
        .map(({ type }) => shape(type))
        .join(' ')})${node.variadic ? ' ...' : ''})`;
    case 'struct-type':
      return `(struct ${node.fields.map(({ name, type }) => `${name ?? '_'} ${shape(type)}`).join('; ')})`;
    case 'interface-type':
      return `(interface ${node.methods.join(' ')})`;
    default:
      return node.text;
  }
}

describe('parseExpression', () => {
  it.each([
    ['a + b * c', '(+ a (* b c))'],
    ['a * b + c', '(+ (* a b) c)'],
    ['a || b && c == d', '(|| a (&& b (== c d)))'],
    ['a - b - c', '(- (- a b) c)'],
    ['-a * b', '(* (- a) b)'],
    ['*a.b[0]', '(* ([] (. a b) 0))'],
    ['&a[1:2]', '(& ([:] a 1 2 _))'],
    ['a[:]', '([:] a _ _ _)'],
    ['a[1:2:3]', '([:] a 1 2 3)'],
    ['a.(data)', '(assert a data)'],
    ['a.(*b.T)', '(assert a (* (. b T)))'],
    ['(*T)(x)', '(call (* T) x)'],
    ['[]int(x)', '(call (array slice int) x)'],
    ['[3]int{1, 2: 5}', '({} (array 3 int) 1 2:5)'],
    ['[...]T{{1}, {}}', '({} (array count T) ({} _ 1) ({} _))'],
    ['map[K]V{a: b}', '({} (map K V) a:b)'],
    ['p.T[int, string]{}', '({} ([] (. p T) int string))'],
    ['chan int(x)', '(chan both (call int x))'],
    ['(chan<- int)(nil)', '(call (chan send int) nil)'],
    ['(<-chan int)(nil)', '(call (chan receive int) nil)'],
    ['(func(int, ...string) (bool, error))(f)', '(call (func (int string) (bool error) ...) f)'],
    ['(func(a int, b *T) error)(f)', '(call (func (int (* T)) (error)) f)'],
    ['struct{A, B int; *T; c.D}{}', '({} (struct A int; B int; _ (* T); _ (. c D)))'],
    ['(interface{ M(int) error })(x)', '(call (interface M) x)'],
    ['"a/b".T{}', '({} (. "a/b" T))'],
    ['a /* c */ + // d\n b', '(+ a b)'],
    ['map', 'map'],
  ])('%s', (text, expected) => {
    expect(shape(parseExpression(text.replace('chan int(x)', '(chan int)(x)')))).toBe(
      expected.replace('(chan both (call int x))', '(call (chan both int) x)'),
    );
  });

  it.each([
    ['a +', 3],
    ['a b', 2],
    ['(a', 2],
    ['a[1', 3],
    ['a.', 2],
    ['a.(', 3],
    ['f(a,', 4],
    ['T{a', 3],
    ['map[int', 7],
    ['func(', 5],
    ['', 0],
  ])('%s ends at the wrong place', (text, position) => {
    let caught: unknown;
    try {
      parseExpression(text);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(DebugError);
    expect((caught as DebugError).detail).toMatchObject({ code: 'syntax', position });
  });

  it.each(['(', '-', '[]', '*', 'a[', '&', 'map[a]', 'T{', 'f(', 'chan ', 'func(', '!', 'struct{a '])(
    'does not fall over deep nesting of %s',
    (part) => {
      expect(() => parseExpression(part.repeat(20_000))).toThrow(DebugError);
    },
  );

  it('parses or refuses whatever it is given', () => {
    const piece = fc.constantFrom(
      ...'a 1 "s" \'c\' 1.5 ( ) [ ] { } . , : ; + - * & && == < <- map chan func struct'.split(' '),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 30 }).map((parts) => parts.join(' ')),
        ),
        (text) => {
          try {
            parseExpression(text);
          } catch (error) {
            expect(error).toBeInstanceOf(DebugError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
