import { GOROUTINES } from './goroutines.ts';
import { HEAP } from './heap.ts';
import type { LayoutTable } from './layout.ts';
import { PANICS } from './panics.ts';
import { SCHEDULER } from './scheduler.ts';
import { WAITS } from './waits.ts';

/**
 * Field offsets and sizes in bytes of the runtime's structs, on 64-bit Linux, by the Go minor version from which they hold;
 * undefined: from that version on there is no such field. Read off the DWARF of each release's runtime, Go 1.15 to 1.27.
 */
export const LAYOUTS: LayoutTable = { ...GOROUTINES, ...SCHEDULER, ...PANICS, ...WAITS, ...HEAP };
