import type { BuildInfo } from '../pclntab/build-info.ts';
import { packageOf } from '../pclntab/function-name.ts';
import { packageOwner, type PackageOwner } from '../runtime/packages.ts';
import type { Call } from '../unwind/call-stack.ts';
import { isPlumbing, isUserNative } from './calls.ts';
import type { PanicResult } from './results.ts';

/** Functions by which the runtime reports a fatal error of its own. */
const REPORTS: ReadonlySet<string> = new Set(['runtime.throw', 'runtime.fatal', 'runtime.fatalthrow']);

/**
 * Index of the frame where the user's own code failed: behind the panic that began it, behind the handler of the signal that
 * did, else the first user frame. Where there is none it is what the runtime did when the signal came, or reported an error.
 * @param signalPc where a signal that ended the program found it
 */
export function findUserFrame(
  info: BuildInfo | undefined,
  panics: readonly PanicResult[],
  calls: readonly Call[],
  signalPc?: number,
): number | undefined {
  const start = panics.length > 0 ? behindPanics(panics, calls) : behindHandler(calls, signalPc);
  const owners = calls.map((call) => ownerOf(call, info));
  for (const wanted of [['own'], ['own', 'dependency'], ['standard']]) {
    const index = owners.findIndex((owner, i) => i >= start && wanted.includes(owner));
    if (index >= 0) return index;
  }
  const failed = calls.findLastIndex(({ name }) => REPORTS.has(name)) + 1;
  return calls.length > Math.max(start, failed) ? Math.max(start, failed) : undefined;
}

function ownerOf(call: Call, info: BuildInfo | undefined): PackageOwner {
  if (isUserNative(call)) return 'own';
  if (call.frame.found === undefined || call.wrapper || isPlumbing(call)) return 'runtime';
  return packageOwner(packageOf(call.name), info);
}

function behindHandler(calls: readonly Call[], signalPc: number | undefined): number {
  if (signalPc === undefined) return 0;
  return Math.max(
    0,
    calls.findIndex(({ frame }) => frame.interrupted && frame.pc === signalPc),
  );
}

/** Where to begin: behind the panic that began it. */
function behindPanics(panics: readonly PanicResult[], calls: readonly Call[]): number {
  const gopanics = calls.filter((call) => call.name === 'runtime.gopanic');
  return (gopanics[originOf(panics, gopanics.length)]?.index ?? -1) + 1;
}

/**
 * Which of the calls of gopanic on a stack, from the innermost, began it all: a value that was recovered and panicked with again points
 * at the first panic.
 */
export function originOf(
  panics: readonly Pick<PanicResult, 'text' | 'recovered' | 'repanicked'>[],
  gopanics: number,
): number {
  const newestFirst = [...panics].reverse();
  const [newest] = newestFirst;
  let origin = 0;
  for (let i = 1; i < newestFirst.length && i < gopanics; i++) {
    const older = newestFirst[i];
    // Errors are replaced by their texts before the process dies, so the same value is the same text.
    if (older?.repanicked === true || (older?.recovered === true && older.text === newest?.text)) origin = i;
  }
  return origin;
}
