import { attempt } from '../base/errors.ts';
import { decodeUtf8 } from '../base/text.ts';
import type { Program } from '../program/program.ts';

/** More labels than anyone sets, and longer: bounds against garbage. */
const MOST_LABELS = 1000;
const LONGEST_LABEL = 1 << 16;

/**
 * pprof labels of a goroutine from g.labels. Go 1.24+ points at a slice of {key, value} string pairs
 * (runtime/pprof/label.go); before, at a map[string]string, which is not read here.
 */
export function readLabels(program: Program, address: number): Readonly<Record<string, string>> | undefined {
  if (address === 0 || program.minor < 24) return undefined;
  const { memory } = program;
  return attempt(() => {
    const array = memory.u64(address);
    const length = memory.u64(address + 8);
    if (length === 0 || length > MOST_LABELS) return undefined;
    const text = (at: number): string => {
      const size = memory.u64(at + 8);
      return size === 0 || size > LONGEST_LABEL ? '' : decodeUtf8(memory.read(memory.u64(at), size));
    };
    const labels: Record<string, string> = {};
    for (let i = 0; i < length; i++) labels[text(array + i * 32)] = text(array + i * 32 + 16);
    return labels;
  });
}
