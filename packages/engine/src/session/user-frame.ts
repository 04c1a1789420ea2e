import type { BuildInfo } from '../pclntab/build-info.ts';
import { packageOf } from '../pclntab/function-name.ts';
import { packageOwner, type PackageOwner } from '../runtime/packages.ts';
import type { Call } from '../unwind/call-stack.ts';
import { isPlumbing, isUserNative } from './calls.ts';
import type { PanicResult } from './results.ts';

/** Index of the frame where the user's own code failed: behind the panic that began it, else the first user frame. */
export function findUserFrame(
  info: BuildInfo | undefined,
  panics: readonly PanicResult[],
  calls: readonly Call[],
): number | undefined {
  const start = behindPanics(panics, calls);
  const owners = calls.map((call) => ownerOf(call, info));
  for (const wanted of [['own'], ['own', 'dependency'], ['standard']]) {
    const index = owners.findIndex((owner, i) => i >= start && wanted.includes(owner));
    if (index >= 0) return index;
  }
  return calls.length > start ? start : undefined;
}

function ownerOf(call: Call, info: BuildInfo | undefined): PackageOwner {
  if (isUserNative(call)) return 'own';
  if (call.frame.found === undefined || call.wrapper || isPlumbing(call)) return 'runtime';
  return packageOwner(packageOf(call.name), info);
}

/** Where to begin: a value that was recovered and panicked with again points at the first panic. */
function behindPanics(panics: readonly PanicResult[], calls: readonly Call[]): number {
  const gopanics = calls.filter((call) => call.name === 'runtime.gopanic');
  const newestFirst = [...panics].reverse();
  const [newest] = newestFirst;
  if (newest === undefined || gopanics.length === 0) return 0;
  let origin = 0;
  for (let i = 1; i < newestFirst.length && i < gopanics.length; i++) {
    const older = newestFirst[i];
    // Errors are replaced by their texts before the process dies, so the same value is the same text.
    if (older?.repanicked === true || (older?.recovered === true && older.text === newest.text)) origin = i;
  }
  return (gopanics[origin]?.index ?? -1) + 1;
}
