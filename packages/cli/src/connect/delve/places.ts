import type { DeferredResult, FrameResult, LocationResult, VariableResult } from '@inquest/engine';
import { FLAG, treeOfDelve, type DelveFrame, type DelveLocation, type DelveVariable } from '@inquest/servers';
import { hex } from './server.ts';

/** Shown where Delve names no function. */
const NO_FUNCTION = '?';

export function locationOf({ pc, file, line, function: func }: DelveLocation): LocationResult {
  return { pc: hex(pc), function: func?.name ?? NO_FUNCTION, file, line };
}

/** A place, where there is one. */
export function placeOf(location: DelveLocation | undefined): LocationResult | undefined {
  return location === undefined || location.pc === 0 ? undefined : locationOf(location);
}

/** What is shown of a frame besides its place. */
export interface FrameExtras {
  readonly full?: boolean;
  readonly offsets?: boolean;
  readonly defers?: boolean;
}

/** A frame; what Delve does not tell of it is not shown. */
export function frameOf(frame: DelveFrame, index: number, { full, offsets, defers }: FrameExtras = {}): FrameResult {
  return {
    ...locationOf(frame),
    index,
    inlined: false,
    offset: frame.pc - (frame.function?.value ?? frame.pc),
    module: undefined,
    stack: 'goroutine',
    interrupted: false,
    cfa: undefined,
    plumbing: false,
    arguments: full === true ? variablesOf(frame.Arguments) : undefined,
    locals: full === true ? variablesOf(frame.Locals) : undefined,
    ...(offsets === true ? { offsets: { frame: frame.FrameOffset, framePointer: frame.FramePointerOffset } } : {}),
    ...(defers === true ? { deferred: deferredOf(frame) } : {}),
  };
}

function deferredOf(frame: DelveFrame): DeferredResult[] {
  return (frame.Defers ?? []).map(({ DeferredLoc, DeferLoc, Unreadable }, i) => ({
    ...locationOf(DeferredLoc),
    ...(Unreadable === '' ? {} : { function: `(unreadable: ${Unreadable})` }),
    number: i + 1,
    deferredBy: frame.function?.name ?? NO_FUNCTION,
    deferredAt: placeOf(DeferLoc),
    running: false,
    openCoded: false,
    closure: '0x0',
  }));
}

export function variablesOf(variables: readonly DelveVariable[] | null): VariableResult[] {
  return (variables ?? []).map(variableOf);
}

export function variableOf(variable: DelveVariable): VariableResult {
  const { name, type, flags, unreadable, LocationExpr, DeclLine } = variable;
  const known = unreadable === '';
  return {
    name,
    type,
    class: (flags & FLAG.argument) !== 0 ? 'argument' : (flags & FLAG.result) !== 0 ? 'result' : 'local',
    value: known ? treeOfDelve(variable) : undefined,
    absent: known ? undefined : unreadable,
    stale: undefined,
    from: LocationExpr === '' ? undefined : LocationExpr,
    shadowed: (flags & FLAG.shadowed) !== 0,
    line: DeclLine > 0 ? DeclLine : undefined,
  };
}
