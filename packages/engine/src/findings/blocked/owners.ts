import { attempt } from '../../base/errors.ts';
import type { Goroutine } from '../../runtime/goroutine.ts';
import type { Call } from '../../unwind/call-stack.ts';
import type { LockCall, LockCode } from './lock-code.ts';
import { nameOf } from './names.ts';
import type { Surroundings } from './surroundings.ts';
import type { ObjectKind } from './wait.ts';

/** A goroutine that holds a lock, and what shows it. */
export interface Owner {
  readonly goroutine: Goroutine;
  readonly certainty: 'proven' | 'likely';
  /** As a reader of an RWMutex, or alone. */
  readonly mode: 'reader' | 'owner';
  /** The call that took it. */
  readonly call: Call;
  readonly reason: string;
}

/** Frames of a stack that are looked at for one that holds a lock. */
const MOST_FRAMES = 64;
const UNLOCK = /^sync\.\(\*(Mutex|RWMutex)\)\.(R?)Unlock$/;
const COND_WAIT = 'sync.(*Cond).Wait';

/**
 * Whether the stack of a goroutine shows that it holds the lock at `address`, which the lock's own words say is held. Proven: a call
 * of it has yet to run its deferred Unlock of this very lock, and unlocks it nowhere before where it stands. Likely: it has locked it
 * above the line where it stands, by name, and not unlocked it since. Undefined for anything less.
 */
export function ownership(
  surroundings: Surroundings,
  code: LockCode,
  goroutine: Goroutine,
  lock: { readonly kind: ObjectKind; readonly address: number },
): Owner | undefined {
  const calls = surroundings.stack(goroutine).first(MOST_FRAMES);
  // Whoever waits on a condition has given up its lock meanwhile, and has it still in its deferred calls.
  if (calls.some(({ name }) => name === COND_WAIT)) return undefined;
  if (lock.kind === 'once') return onceOwner(surroundings, code, goroutine, calls, lock.address);
  for (const call of calls) {
    if (call.frame.found === undefined || /^(internal\/)?sync\./.test(call.name)) continue;
    const owner =
      byDefer(surroundings, code, goroutine, call, lock) ?? byLines(surroundings, code, goroutine, call, lock);
    if (owner !== undefined) return owner;
  }
  return undefined;
}

/** sync.Once is {done, m Mutex}: who runs its function has the lock, and unlocks it by a deferred call. */
function onceOwner(
  surroundings: Surroundings,
  code: LockCode,
  goroutine: Goroutine,
  calls: readonly Call[],
  address: number,
): Owner | undefined {
  const at = calls.findIndex(({ name, inlined }) => name === 'sync.(*Once).doSlow' && !inlined);
  const call = calls[at];
  const owner = call && byDefer(surroundings, code, goroutine, call, { kind: 'mutex', address: address + 4 });
  return owner && { ...owner, call: calls[at - 1] ?? call, reason: 'it runs the function of the Once' };
}

function ownCalls(code: LockCode, call: Call): readonly LockCall[] {
  return call.frame.found === undefined
    ? []
    : code.callsIn(call.frame.found).filter(({ caller }) => caller === call.name);
}

function byDefer(
  surroundings: Surroundings,
  code: LockCode,
  goroutine: Goroutine,
  call: Call,
  { kind, address }: { readonly kind: ObjectKind; readonly address: number },
): Owner | undefined {
  if (call.inlined || !mayDefer(code, call)) return undefined;
  for (const { name, receivers, code: wrapper } of surroundings.deferred(goroutine, call)) {
    const match = UNLOCK.exec(name);
    if (match === null) continue;
    // The wrapper of a package's lock captures nothing: its code has the address.
    if (!receivers.includes(address) && !(wrapper && code.mentions(wrapper, address))) continue;
    if ((match[1] === 'Mutex') !== (kind === 'mutex')) continue;
    const unlocks = ownCalls(code, call).some(({ method, line }) => method.endsWith('Unlock') && line <= call.line);
    const reason = `${call.name} has yet to run its deferred ${match[2] ?? ''}Unlock of it`;
    return {
      goroutine,
      certainty: unlocks ? 'likely' : 'proven',
      mode: match[2] === 'R' ? 'reader' : 'owner',
      call,
      reason: unlocks ? `${reason}, though it may have unlocked it for a while` : reason,
    };
  }
  return undefined;
}

/** Deferred calls are looked for in functions that lock something: reading them takes time. */
function mayDefer(code: LockCode, call: Call): boolean {
  return call.frame.found !== undefined && code.callsIn(call.frame.found).some(({ method }) => method.endsWith('Lock'));
}

function byLines(
  surroundings: Surroundings,
  code: LockCode,
  goroutine: Goroutine,
  call: Call,
  { kind, address }: { readonly kind: ObjectKind; readonly address: number },
): Owner | undefined {
  const own = ownCalls(code, call).filter(({ type }) => type === kind);
  const held = own.filter(
    (lock) =>
      (lock.method === 'Lock' || lock.method === 'RLock') &&
      lock.line < call.line &&
      !own.some(({ method, line }) => method.endsWith('Unlock') && line > lock.line && line <= call.line),
  );
  if (held.length === 0) return undefined;
  const { context } = surroundings;
  const name =
    nameOf(context, surroundings.variables(call), kind, address) ??
    attempt(() => nameOf(context, surroundings.globals(), kind, address));
  if (name === undefined) return undefined;
  for (const { method, file, line } of held) {
    if (!locksByName(surroundings.sourceLine(file, line), name, call.name, method)) continue;
    const reason = `${call.name} locked it on line ${line} and is on line ${call.line} without having unlocked it`;
    return { goroutine, certainty: 'likely', mode: method === 'RLock' ? 'reader' : 'owner', call, reason };
  }
  return undefined;
}

/** True if the source says `name.Lock()`: names of the same package, and of embedded locks, are written shorter. */
function locksByName(source: string | undefined, name: string, caller: string, method: string): boolean {
  if (source === undefined) return false;
  const path = caller.slice(0, caller.indexOf('.', caller.lastIndexOf('/') + 1) + 1);
  const short = name.startsWith(path) ? name.slice(path.length) : name;
  const spellings = [short, short.replace(/\.(RW)?Mutex$/, ''), name];
  return spellings.some((spelling) => {
    const at = source.indexOf(`${spelling}.${method}()`);
    return at >= 0 && !/[\w.)\]]/.test(source[at - 1] ?? ' ');
  });
}
