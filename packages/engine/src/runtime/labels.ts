import { attempt } from '../base/errors.ts';
import { decodeUtf8 } from '../base/text.ts';
import type { Program } from '../program/program.ts';
import { BASIC_TYPES, GoType } from '../types/go-type.ts';
import { classicEntries } from '../values/maps/classic.ts';

/** More labels than anyone sets, and longer: bounds against garbage. */
const MOST_LABELS = 1000;
const LONGEST_LABEL = 1 << 16;

const STRING = BASIC_TYPES.get('string');
const LABEL_MAP: GoType = new GoType({ name: 'map[string]string', kind: 'map', size: 8 }, () =>
  STRING === undefined ? {} : { key: STRING, elem: STRING },
);

/**
 * pprof labels of a goroutine from g.labels, by key. Go 1.24+ points at a slice of {key, value} string pairs
 * (runtime/pprof/label.go); before, at a variable that holds a map[string]string. Undefined for none, and where they
 * cannot be read.
 */
export function readLabels(program: Program, address: number): Readonly<Record<string, string>> | undefined {
  if (address === 0) return undefined;
  const pairs = attempt(() => [...(program.minor < 24 ? mapPairs(program, address) : slicePairs(program, address))]);
  if (pairs === undefined || pairs.length === 0) return undefined;
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

type Pair = readonly [key: string, value: string];

function* slicePairs(program: Program, address: number): Generator<Pair, void, undefined> {
  const { memory } = program;
  const array = memory.u64(address);
  const length = memory.u64(address + 8);
  if (length > MOST_LABELS) return;
  for (let i = 0; i < length; i++) yield [textAt(program, array + i * 32), textAt(program, array + i * 32 + 16)];
}

function* mapPairs(program: Program, address: number): Generator<Pair, void, undefined> {
  const header = program.memory.u64(address);
  if (header === 0) return;
  let count = 0;
  for (const { key, elem } of classicEntries(program, LABEL_MAP, header).entries()) {
    if (++count > MOST_LABELS) return;
    yield [textAt(program, key), textAt(program, elem)];
  }
}

/** The string whose header is at `at`. */
function textAt({ memory }: Program, at: number): string {
  const size = memory.u64(at + 8);
  return size === 0 || size > LONGEST_LABEL ? '' : decodeUtf8(memory.read(memory.u64(at), size));
}
