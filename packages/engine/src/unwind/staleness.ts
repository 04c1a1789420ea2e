import { DW_LANG_GO } from '../dwarf/attributes.ts';
import type { Unit } from '../dwarf/unit.ts';

/**
 * True for what Go's compiler optimised: not with `-gcflags=-N`, which the producer records. C compilers name the place of
 * a variable only as long as it holds it, so their code needs no second look.
 */
export function isOptimised(unit: Unit): boolean {
  const { producer, language } = unit;
  if (language !== undefined && language !== DW_LANG_GO) return false;
  return producer === undefined || !/(^|[ ;])-N\b/.test(producer);
}
