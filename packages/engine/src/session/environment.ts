import { attempt, DebugError } from '../base/errors.ts';
import type { Environment } from '../expr/environment.ts';
import { packageOf } from '../pclntab/function-name.ts';
import type { Call } from '../unwind/call-stack.ts';
import type { Value } from '../values/handle.ts';
import { integerValue, basicType, wordValue } from '../values/make.ts';
import { pointerTo } from '../types/go-type.ts';
import { Scratch } from '../values/scratch.ts';
import { globalNames } from './global-variable.ts';
import { nearest } from './nearest.ts';
import { registerBytes } from './register-values.ts';
import type { Session } from './session.ts';

/** The names that an expression sees in the selected frame, and whether a doubtful value was among those it used. */
export interface SessionEnvironment extends Environment {
  /** Why a value that was used may be stale; undefined if none was. */
  staleUsed(): string | undefined;
}

/** Names compared to find what could have been meant. */
const MOST_NAMES = 5000;

export function sessionEnvironment(session: Session): SessionEnvironment {
  const call = attempt(() => session.call());
  const scratch = new Scratch(session.types.context);
  const { members } = session;
  const own = call && packageOf(call.name);
  let stale: string | undefined;
  const variableOf = (of: Call, name: string): Value | undefined => {
    const local = session.variables.named(of, name);
    if (local === undefined) return undefined;
    if (local.value === undefined) {
      throw new DebugError(`${name} is not available: ${local.absent ?? 'no value is known'}`, { code: 'not-found' });
    }
    stale ??= local.stale;
    return local.value;
  };
  return {
    scratch,
    context: scratch.context,
    variable: (name) => call && variableOf(call, name),
    // What C declares is in no package; a name of Go comes first.
    local: (name) => (own === undefined ? undefined : (members.find(own, name) ?? members.find('C', name))),
    member: (packageName, name) => members.find(packageName, name),
    hasPackage: (packageName) => members.paths(packageName).length > 0,
    typeNamed: (name) => session.types.named(name),
    described: (type) => members.described(type),
    hasMethod: (type, name) => members.hasMethod(type, name),
    method: (type, name) => members.method(type, name),
    special: (name) => specialValue(session, name),
    frameVariable: (index, name) => variableOf(session.call(index), name),
    register: (name) => registerBytes(session, call, name),
    nameless:
      session.program.main?.hasDwarf === true ? undefined : 'the executable has no DWARF, so it names no variables',
    suggest: (name) => nearest(name, knownNames(session, call)),
    staleUsed: () => stale,
  };
}

function knownNames(session: Session, call: Call | undefined): string[] {
  if (call === undefined) return [];
  const names = (session.variables.of(call) ?? []).map(({ name }) => name);
  const prefix = `${packageOf(call.name)}.`;
  for (const name of globalNames(session.program)) {
    if (names.length >= MOST_NAMES) break;
    if (name.startsWith(prefix)) names.push(name.slice(prefix.length));
  }
  return names;
}

/** Delve's names for what is no variable. */
function specialValue(session: Session, name: string): Value | undefined {
  switch (name) {
    case 'curg': {
      const type = session.types.named('runtime.g');
      if (type === undefined)
        throw new DebugError('the type runtime.g is not known: there is no DWARF', { code: 'not-found' });
      return wordValue(pointerTo(type), session.requireGoroutine().address);
    }
    case 'frameoff':
      return int(frameOffset(session, session.call()));
    case 'threadid': {
      const tid = session.selection.goroutine?.tid ?? session.selection.thread?.tid;
      if (tid === undefined) throw new DebugError('the goroutine is on no thread', { code: 'not-found' });
      return int(tid);
    }
    case 'rangeParentOffset':
      return int(rangeParentOffset(session));
    default:
      return undefined;
  }
}

function int(number: number): Value {
  return integerValue(basicType('int'), BigInt(number));
}

/** Where a frame is, counted from the high end of its stack, in bytes. */
function frameOffset(session: Session, call: Call): number {
  const { stack } = session.requireGoroutine();
  const { cfa } = call.frame;
  if (cfa === undefined) throw new DebugError('where the frame lies is not known', { code: 'not-found' });
  return cfa - stack.high;
}

/** For the body of a loop over a function: the frame of the function that the loop is in. 0 elsewhere. */
function rangeParentOffset(session: Session): number {
  const call = session.call();
  const parent = /^(.*)-range\d+$/.exec(call.name)?.[1];
  if (parent === undefined) return 0;
  const outer = session.stack.first(call.index + 1000).find(({ index, name }) => index > call.index && name === parent);
  return outer === undefined ? 0 : frameOffset(session, outer);
}
