import type { ShapeDifference } from './shapes.ts';

/** Why a field differs from Delve's. All patterns that are given must match. */
export interface ShapeReason {
  readonly kind: string;
  readonly field?: RegExp;
  readonly place?: RegExp;
  readonly inquest?: RegExp;
  readonly delve?: RegExp;
  readonly reason: string;
}

const CALL_LOOKUP =
  'variables are looked up at the call that is under way; Delve looks at the return address, where their registers are lost';
const GENERATED =
  'lines of what was inlined into a function that the compiler made; Delve gives all of it the line of the function';
const NOT_IN_HEAP =
  'pointers to what is not in the heap lie behind an interface, not in it (cmd/compile IsDirectIface); Delve takes their place for their value';
const START = 'a goroutine starts in the function of its go statement, not in the wrapper around it';

/** The first that fits a difference counts. */
export const SHAPE_REASONS: readonly ShapeReason[] = [
  {
    kind: 'goroutine',
    field: /^waitReason$/,
    inquest: /^0$/,
    reason: 'a running goroutine waits for nothing; Delve shows what it waited for once',
  },
  {
    kind: 'goroutine',
    field: /^line$/,
    reason: 'a parked goroutine is at the line of its call, as Go prints it; a start is in another function',
  },
  { kind: 'goroutine', field: /^(pc|file|value)$/, reason: START },
  { kind: 'goroutine', field: /^name$/, delve: /\.gowrap\d+$/, reason: START },
  { kind: 'frame', field: /^line$/, reason: 'the line of the call that is under way, as Go prints it' },
  {
    kind: 'frame',
    field: /^listed$/,
    place: /^runtime\.raise$/,
    reason: 'Delve gives the frame that a signal interrupted the frame address of the call below',
  },
  { kind: 'unreadable', inquest: /^false$/, delve: /^true$/, reason: 'a value that Delve does not have' },
  {
    kind: 'unreadable',
    inquest: /^true$/,
    delve: /^false$/,
    reason: 'a value that may be stale, or is not there any more, and that is said',
  },
  {
    kind: 'variable',
    place: /^runtime\.sigtrampgo:|^main\.callIt:/,
    field: /^(addr|flags|LocationExpr)$/,
    reason: CALL_LOOKUP,
  },
  {
    kind: 'variable',
    field: /^value$/,
    delve: /\(\d+\)$/,
    reason: 'constants are named by those of the package of their type, the shortest name first',
  },
  { kind: 'variable', field: /^value$/, inquest: /^-0$/, delve: /^0$/, reason: 'the sign of zero' },
  {
    kind: 'variable',
    field: /^value$/,
    delve: /^\(.* \+ .*i\)$/,
    reason: 'all digits; clients write complex numbers from their parts',
  },
  { kind: 'variable', field: /^(addr|value|len|children)$/, place: /^:runtime\.pdEface\.data/, reason: NOT_IN_HEAP },
  {
    kind: 'variable',
    field: /^children$/,
    inquest: /^1$/,
    delve: /^4$/,
    reason: 'of a list whose memory is missing that is said once',
  },
  {
    kind: 'variable',
    field: /^listed$/,
    place: /:\.autotmp_\d+$/,
    reason: 'variables that the compiler made are left out',
  },
  {
    kind: 'location',
    field: /^(line|name)$/,
    reason: 'a function that was only inlined has its own name and line; Delve says where the first call of it is',
  },
  {
    kind: 'location',
    field: /^item$/,
    inquest: /^undefined$/,
    reason: 'a function with code of its own is where that is; Delve adds the places where it was inlined',
  },
  { kind: 'instruction', field: /^name$/, reason: 'an inlined function is called by its own name' },
  { kind: 'instruction', field: /^(file|line)$/, reason: GENERATED },
  {
    kind: 'instruction',
    field: /^Text$/,
    reason: 'see Machine code in docs/differences-from-delve.md: compared by text in disassembly.oracle.test.ts',
  },
  { kind: 'type', field: /^Type$/, inquest: /unsafe\.Pointer/, delve: /\*void/, reason: "unsafe.Pointer by Go's name" },
  { kind: 'type', field: /^Kind$/, delve: /^0$/, reason: 'maps, channels and interfaces have a kind' },
  { kind: 'type', field: /^Methods$/, delve: /^null$/, reason: 'methods of interfaces and of generic types' },
  { kind: 'type', field: /^Name$/, reason: 'methods in the order of their names' },
];

/** The first reason that covers a difference. */
export function reasonOf(difference: ShapeDifference): ShapeReason | undefined {
  return SHAPE_REASONS.find(
    (each) =>
      each.kind === difference.kind &&
      (['field', 'place', 'inquest', 'delve'] as const).every(
        (part) => each[part]?.test(String(difference[part])) ?? true,
      ),
  );
}
