/** Bit of g.atomicstatus while the garbage collector scans the stack. */
export const G_SCAN = 0x1000;
export const G_IDLE = 0;
export const G_RUNNABLE = 1;
export const G_RUNNING = 2;
export const G_SYSCALL = 3;
export const G_WAITING = 4;
export const G_DEAD = 6;
export const G_COPYSTACK = 8;
export const G_PREEMPTED = 9;
/** Go 1.26+: found unreachable by a goroutine-leak collection. */
export const G_LEAKED = 10;
/** Go 1.26+: belongs to a thread of C code that is not in Go now. */
export const G_DEADEXTRA = 11;

const NAMES: Readonly<Record<number, string>> = {
  0: 'idle',
  1: 'runnable',
  2: 'running',
  3: 'syscall',
  4: 'waiting',
  6: 'dead',
  8: 'copystack',
  9: 'preempted',
  10: 'leaked',
  11: 'waiting for cgo callback',
};

/** The runtime's word for a status without the scan bit (runtime/traceback.go gStatusStrings). */
export function statusName(status: number): string {
  return NAMES[status] ?? '???';
}
