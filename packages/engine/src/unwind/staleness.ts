import type { Unit } from '../dwarf/unit.ts';

/** True unless the unit was compiled without optimisation (`-gcflags=-N`, which the producer records). */
export function isOptimised(unit: Unit): boolean {
  const { producer } = unit;
  return producer === undefined || !/(^|[ ;])-N\b/.test(producer);
}
