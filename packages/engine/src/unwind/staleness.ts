import type { Unit } from '../dwarf/unit.ts';

/** DW_LANG_Go (DWARF 5, 7.12). */
const DW_LANG_GO = 0x16;

/**
 * True for what Go's compiler optimised: not with `-gcflags=-N`, which the producer records. C compilers name the place of
 * a variable only as long as it holds it, so their code needs no second look.
 */
export function isOptimised(unit: Unit): boolean {
  const { producer, language } = unit;
  if (language !== undefined && language !== DW_LANG_GO) return false;
  return producer === undefined || !/(^|[ ;])-N\b/.test(producer);
}
