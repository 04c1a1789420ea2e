import { attempt, DebugError, hex } from '../base/errors.ts';
import type { PanicRecord } from '../runtime/panics.ts';
import { GoType } from '../types/go-type.ts';
import type { ValueContext } from '../values/context.ts';
import { formatValue, rawString } from '../values/format.ts';
import { loadValue } from '../values/load.ts';
import { memoryPlace } from '../values/place.ts';
import { DEFAULT_LIMITS, type ValueTree } from '../values/tree.ts';
import { dynamicValue, fieldOf, type Value } from '../values/value.ts';
import type { PanicResult } from './results.ts';
import type { TypeCatalog } from './type-catalog.ts';

/** A panic value is shown whole up to this many bytes. */
const LONGEST_TEXT = 8192;

const EMPTY_INTERFACE: GoType = new GoType({ name: 'interface {}', kind: 'interface', size: 16 }, () => ({
  empty: true,
}));

/** The panics of a chain in the words that the runtime would print, the oldest first. */
export function panicResults(types: TypeCatalog, chain: readonly PanicRecord[]): readonly PanicResult[] {
  const panics: PanicResult[] = [];
  for (const record of [...chain].reverse()) {
    const panic = panicResult(types, record);
    const older = panics.at(-1);
    // Go 1.25 has the text of a value that was panicked with again in the oldest panic alone.
    panics.push(older?.repanicked === true ? { ...panic, text: older.text } : panic);
  }
  return panics;
}

function panicResult(types: TypeCatalog, record: PanicRecord): PanicResult {
  const { recovered, repanicked, goexit } = record;
  const marks = { recovered, repanicked, goexit };
  if (goexit) return { text: undefined, value: undefined, ...marks };
  const { context } = types;
  const value: Value = { type: EMPTY_INTERFACE, place: memoryPlace(record.argAddress) };
  const tree = loadValue(context, value, { ...DEFAULT_LIMITS, maxStringLen: LONGEST_TEXT, maxVariableRecurse: 2 });
  return { text: panicText(types, value, tree), value: tree, ...marks };
}

function panicText(types: TypeCatalog, value: Value, tree: ValueTree): string {
  try {
    const dynamic = dynamicValue(types.context, value);
    if (dynamic === undefined) return 'nil';
    return runtimeErrorText(types, dynamic) ?? plainText(dynamic, tree.children[0]?.tree);
  } catch (error) {
    if (!(error instanceof DebugError)) throw error;
    return `(the panic value cannot be read: ${error.message})`;
  }
}

/** As runtime.printpanicval prints a value that is neither an error nor a Stringer (those are replaced by their text). */
function plainText(dynamic: Value, tree: ValueTree | undefined): string {
  const { type, place } = dynamic;
  if (tree === undefined) return type.name;
  if (type.kind === 'string') return type.name === 'string' ? rawString(tree) : `${type.name}(${formatValue(tree)})`;
  const simple =
    tree.value !== undefined && ['bool', 'int', 'uint', 'float', 'complex'].some((kind) => type.kind.startsWith(kind));
  if (simple) return type.name === type.kind ? (tree.value ?? '') : `${type.name}(${tree.value ?? ''})`;
  const at = place.kind === 'memory' ? ` ${hex(place.address)}` : '';
  return `${formatValue(tree)}${tree.unreadable === undefined ? '' : at}`;
}

function stringField(types: TypeCatalog, value: Value, name: string): string | undefined {
  const field = fieldOf(types.context, value, name);
  return field && printedText(types.context, field);
}

/** A string as it is printed, up to the bytes that are shown of a panic; undefined for what cannot be read. */
export function printedText(context: ValueContext, value: Value): string | undefined {
  const tree = loadValue(context, value, { ...DEFAULT_LIMITS, maxStringLen: LONGEST_TEXT });
  return tree.value === undefined ? undefined : rawString(tree);
}

/** Texts of the runtime's own errors, which Error() would make (runtime/error.go). */
function runtimeErrorText(types: TypeCatalog, value: Value): string | undefined {
  const { name } = value.type;
  const text = (): string | undefined => attempt(() => printedText(types.context, value));
  switch (name) {
    case 'runtime.errorString':
      return `runtime error: ${text() ?? ''}`;
    case 'runtime.plainError':
      return text();
    case 'runtime.errorAddressString':
      return `runtime error: ${stringField(types, value, 'msg') ?? ''}`;
    case 'runtime.boundsError':
      return boundsText(types, value);
    case '*runtime.PanicNilError':
      return types.context.minor >= 27
        ? 'runtime error: panic called with nil argument (use GODEBUG=panicnil=1 to disable)'
        : 'panic called with nil argument (use GODEBUG=panicnil=1 to disable)';
    case '*errors.errorString':
      return stringField(types, value, 's');
    case '*fmt.wrapError':
    case '*fmt.wrapErrors':
      return stringField(types, value, 'msg');
    default:
      return undefined;
  }
}

/** runtime.boundsError: {x int64, y int, signed bool, code uint8}; the texts by code (runtime/error.go boundsErrorFmts). */
const BOUNDS: readonly string[] = [
  'index out of range [%x] with length %y',
  'slice bounds out of range [:%x] with length %y',
  'slice bounds out of range [:%x] with capacity %y',
  'slice bounds out of range [%x:%y]',
  'slice bounds out of range [::%x] with length %y',
  'slice bounds out of range [::%x] with capacity %y',
  'slice bounds out of range [:%x:%y]',
  'slice bounds out of range [%x:%y:]',
  'cannot convert slice with length %x to array or pointer to array with length %y',
];
const NEGATIVE_BOUNDS: readonly string[] = [
  'index out of range [%x]',
  'slice bounds out of range [:%x]',
  'slice bounds out of range [:%x]',
  'slice bounds out of range [%x:]',
  'slice bounds out of range [::%x]',
  'slice bounds out of range [::%x]',
  'slice bounds out of range [:%x:]',
  'slice bounds out of range [%x::]',
];

function boundsText(types: TypeCatalog, value: Value): string | undefined {
  const number = (name: string): bigint | undefined => {
    const text = stringField(types, value, name);
    return text === undefined || text === 'true' || text === 'false' ? undefined : BigInt(text);
  };
  const [x, y, code] = [number('x'), number('y'), number('code')];
  if (x === undefined || y === undefined || code === undefined) return undefined;
  const signed = stringField(types, value, 'signed') === 'true';
  const formats = signed && x < 0n ? NEGATIVE_BOUNDS : BOUNDS;
  const format = formats[Number(code)];
  if (format === undefined) return undefined;
  const shown = signed ? x : BigInt.asUintN(64, x);
  return `runtime error: ${format.replace('%x', shown.toString()).replace('%y', y.toString())}`;
}
