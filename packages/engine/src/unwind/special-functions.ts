/** Go functions whose caller was interrupted rather than called from. */
const INJECTED: ReadonlySet<string> = new Set([
  'runtime.sigpanic',
  'runtime.sigpanic0',
  'runtime.asyncPreempt',
  'runtime.debugCall32',
]);

/** True for functions whose caller was interrupted by a signal, and did not call them. */
export function isInjected(name: string): boolean {
  return INJECTED.has(name);
}

/** Functions that run on the system stack on behalf of the goroutine, whose registers are then in g.sched. */
export const SWITCHES: ReadonlySet<string> = new Set([
  'runtime.systemstack',
  'runtime.mcall',
  'runtime.morestack',
  'runtime.mstart',
]);
