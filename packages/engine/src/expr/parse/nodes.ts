/** Operators with two operands, in Go's five classes of precedence. */
export const BINARY_PRECEDENCE: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '+': 4,
  '-': 4,
  '|': 4,
  '^': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  '<<': 5,
  '>>': 5,
  '&': 5,
  '&^': 5,
};

export type UnaryOperator = '+' | '-' | '!' | '^' | '*' | '&' | '<-';

/** A field of a struct type, or a parameter; `name` is undefined for embedded fields and unnamed parameters. */
export interface FieldNode {
  readonly name: string | undefined;
  readonly type: Node;
}

/** An element of a composite literal: `key: value`, or a value alone. */
export interface ElementNode {
  readonly key: Node | undefined;
  readonly value: Node;
}

interface At {
  /** Offset in the text of what errors about the node point at. */
  readonly at: number;
}

/** A parsed expression or type. */
export type Node = At &
  (
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'integer' | 'float' | 'imaginary' | 'rune' | 'string'; readonly text: string }
    | { readonly kind: 'paren'; readonly operand: Node }
    | { readonly kind: 'select'; readonly operand: Node; readonly name: string; readonly nameAt: number }
    | { readonly kind: 'index'; readonly operand: Node; readonly indices: readonly Node[] }
    | {
        readonly kind: 'slice';
        readonly operand: Node;
        readonly low: Node | undefined;
        readonly high: Node | undefined;
        readonly max: Node | undefined;
      }
    | { readonly kind: 'call'; readonly operand: Node; readonly args: readonly Node[] }
    /** `x.(T)`; without a type `x.(data)`. */
    | { readonly kind: 'assert'; readonly operand: Node; readonly type: Node | undefined }
    | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Node }
    | { readonly kind: 'binary'; readonly operator: string; readonly left: Node; readonly right: Node }
    /** Without a type inside another composite literal. */
    | { readonly kind: 'composite'; readonly type: Node | undefined; readonly elements: readonly ElementNode[] }
    /** `[]T`, `[N]T` and `[...]T`. */
    | { readonly kind: 'array-type'; readonly length: Node | 'slice' | 'count'; readonly elem: Node }
    | { readonly kind: 'map-type'; readonly key: Node; readonly elem: Node }
    | { readonly kind: 'chan-type'; readonly direction: 'both' | 'send' | 'receive'; readonly elem: Node }
    | {
        readonly kind: 'func-type';
        readonly params: readonly FieldNode[];
        readonly results: readonly FieldNode[];
        readonly variadic: boolean;
      }
    | { readonly kind: 'struct-type'; readonly fields: readonly FieldNode[] }
    | { readonly kind: 'interface-type'; readonly methods: readonly string[] }
  );

/** Without parentheses. */
export function unwrapped(node: Node): Node {
  return node.kind === 'paren' ? unwrapped(node.operand) : node;
}
