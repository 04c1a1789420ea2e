import { attempt } from '../base/errors.ts';
import type { GoRuntime } from './go-runtime.ts';
import type { Goroutine } from './goroutine.ts';

/** One runtime._panic. `typeWord` and `dataWord` are the two words of the interface value. */
export interface PanicRecord {
  readonly address: number;
  readonly typeWord: number;
  readonly dataWord: number;
  /** Address of the interface value itself, for reading it as a variable. */
  readonly argAddress: number;
  readonly recovered: boolean;
  /** Go 1.25+: the value of a recovered panic was panicked with again. */
  readonly repanicked: boolean;
  readonly goexit: boolean;
}

/** Longest chain believed. */
const MOST_PANICS = 1000;

/** The panics of a goroutine, the newest first. A chain that leads nowhere ends early. */
export function readPanics(runtime: GoRuntime, goroutine: Goroutine): PanicRecord[] {
  const { memory } = runtime.program;
  const { layout } = runtime;
  const panics: PanicRecord[] = [];
  const seen = new Set<number>();
  const flag = (address: number, field: string): boolean => {
    const offset = layout.find('_panic', field);
    return offset !== undefined && memory.u8(address + offset) !== 0;
  };
  for (let at = goroutine.panic; at !== 0 && !seen.has(at) && panics.length < MOST_PANICS;) {
    seen.add(at);
    const record = attempt(() => {
      const argAddress = at + layout.get('_panic', 'arg');
      return {
        address: at,
        argAddress,
        typeWord: memory.u64(argAddress),
        dataWord: memory.u64(argAddress + 8),
        recovered: flag(at, 'recovered'),
        repanicked: flag(at, 'repanicked'),
        goexit: flag(at, 'goexit'),
      };
    });
    if (record === undefined) break;
    panics.push(record);
    at = attempt(() => memory.u64(record.address + layout.get('_panic', 'link'))) ?? 0;
  }
  return panics;
}
