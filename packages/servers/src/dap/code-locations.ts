import type { DebugProtocol } from '@vscode/debugprotocol';
import { attempt, DebugError, hex, type Session } from '@inquest/engine';
import type { CoreView } from './core-view.ts';

/** True if it is likely to be known where the function at an address is written. */
export function isWritten({ program }: Session, pc: number): boolean {
  return attempt(() => program.findFunc(pc)) !== undefined;
}

/** Answers `locations`: where the function is written that a value leads to. */
export function codeLocation(
  view: CoreView,
  { locationReference }: DebugProtocol.LocationsArguments,
): NonNullable<DebugProtocol.LocationsResponse['body']> {
  const pc = view.functions.get(locationReference);
  if (pc === undefined) throw new DebugError(`there is no location ${locationReference}`, { code: 'not-found' });
  const frame = attempt(() => view.session.program.sourceFrames(pc))?.at(-1);
  const source = frame === undefined ? undefined : view.sources.of(frame.file);
  if (frame === undefined || source === undefined)
    throw new DebugError(`it is not known where the code at ${hex(pc)} is written`, { code: 'not-found' });
  return { source, line: frame.line + view.client.lineOffset };
}
