import { attempt, DebugError } from '../base/errors.ts';
import type { Goroutine } from '../runtime/goroutine.ts';
import { pcLocation } from './calls.ts';
import type { AncestorResult, LocationResult } from './results.ts';
import type { Session } from './session.ts';

/** The runtime keeps at most so many frames of an ancestor, and as many ancestors as GODEBUG says. */
const MOST_FRAMES = 1000;
const MOST_ANCESTORS = 10_000;

/**
 * The stacks of the goroutines that a goroutine descends from, as they were at their `go` statements, the nearest first
 * (runtime/proc.go saveAncestors). Throws `not-found` where the program did not record them.
 */
export function ancestorsOf(session: Session, goroutine: Goroutine, count: number, depth: number): AncestorResult[] {
  const { program, runtime } = session;
  const { memory } = program;
  const { layout } = runtime;
  if (goroutine.ancestors === 0)
    throw new DebugError(`no ancestors of goroutine ${goroutine.id} are recorded`, {
      code: 'not-found',
      hint: 'run the program with GODEBUG=tracebackancestors=N; the first goroutine has none',
    });
  const array = memory.u64(goroutine.ancestors);
  const length = Math.min(memory.u64(goroutine.ancestors + 8), MOST_ANCESTORS, count);
  const ancestors: AncestorResult[] = [];
  for (let i = 0; i < length; i++) {
    const at = array + i * layout.get('ancestorInfo', 'size');
    const pcs = at + layout.get('ancestorInfo', 'pcs');
    const id = memory.u64(at + layout.get('ancestorInfo', 'goid'));
    const goPc = memory.u64(at + layout.get('ancestorInfo', 'gopc'));
    const frames = framesOf(session, memory.u64(pcs), memory.u64(pcs + 8));
    const createdBy = goPc === 0 ? undefined : attempt(() => pcLocation(program, goPc, goPc - 1));
    ancestors.push({ goroutine: id, frames: frames.slice(0, depth), truncated: frames.length > depth, createdBy });
  }
  return ancestors;
}

/** The calls at return addresses, with those that were inlined. */
function framesOf(session: Session, array: number, length: number): LocationResult[] {
  const { program } = session;
  const frames: LocationResult[] = [];
  for (let i = 0; i < Math.min(length, MOST_FRAMES); i++) {
    const pc = program.memory.u64(array + i * 8);
    const own = pcLocation(program, pc, pc - 1);
    const sources = attempt(() => program.sourceFrames(pc - 1)) ?? [];
    if (own === undefined) frames.push({ pc: `0x${pc.toString(16)}`, function: '?', file: '', line: 0 });
    else frames.push(own, ...sources.slice(1).map(({ name, file, line }) => ({ ...own, function: name, file, line })));
  }
  return frames;
}
