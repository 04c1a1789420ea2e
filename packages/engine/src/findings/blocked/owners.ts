import { attempt } from '../../base/errors.ts';
import { LongWork } from '../../base/long-work.ts';
import type { FoundFunc } from '../../program/program.ts';
import type { Goroutine } from '../../runtime/goroutine.ts';
import type { Call } from '../../unwind/call-stack.ts';
import type { LockCall, LockCode } from './lock-code.ts';
import type { WaitedObject } from './objects.ts';
import type { Standing } from './standings.ts';
import type { Surroundings } from './surroundings.ts';

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

/** What a stack shows to be held. */
interface Holding extends Owner {
  readonly type: 'mutex' | 'rwmutex';
  /** The lock is the one inside of a Once. */
  readonly isOnce: boolean;
}

/** Goroutines looked at, of those whose stacks could hold something. */
const MOST_CANDIDATES = 5000;
/** Frames of a stack that are looked at. */
const MOST_FRAMES = 64;
const UNLOCK = /^sync\.\(\*(Mutex|RWMutex)\)\.(R?)Unlock$/;
const COND_WAIT = 'sync.(*Cond).Wait';
const ONCE = 'sync.(*Once).doSlow';

/**
 * Who holds which lock, as stacks show it. Proven: a call of the goroutine has yet to run its deferred Unlock of this very lock, and
 * unlocks it nowhere before where it stands. Likely: it has locked it above the line where it stands, by name, and not unlocked it
 * since. Nothing less is told. The stacks are looked at once for all locks.
 */
export class Owners {
  /** How many goroutines were looked at, if there were too many to look at all. */
  cutAt: number | undefined;
  private readonly surroundings: Surroundings;
  private readonly code: LockCode;
  private readonly goroutines: () => Iterable<Standing>;
  private readonly mayHold = new Map<readonly string[], boolean>();
  private byAddress: Map<number, Holding[]> | undefined;
  /** Deferred by a wrapper that captures nothing: the lock is a package's, and its address in the wrapper's code. */
  private readonly byCode = new Map<number, { readonly wrapper: FoundFunc; readonly holdings: Holding[] }>();

  constructor(surroundings: Surroundings, code: LockCode, goroutines: () => Iterable<Standing>) {
    this.surroundings = surroundings;
    this.code = code;
    this.goroutines = goroutines;
  }

  /** Those who hold a lock of which its own words say that it is held: one, or the readers of an RWMutex. */
  of({ kind, address, state }: WaitedObject): Owner[] {
    if (state?.kind !== 'mutex' && state?.kind !== 'once' && state?.kind !== 'rwmutex') return [];
    if (!state.locked && !(state.kind === 'rwmutex' && state.readers > 0)) return [];
    // sync.Once is {done, m Mutex}: who runs its function has the lock, and unlocks it by a deferred call.
    const isOnce = kind === 'once';
    const claims = this.holdings(isOnce ? address + 4 : address).filter(
      (each) => each.isOnce === isOnce && (each.type === 'rwmutex') === (kind === 'rwmutex'),
    );
    const isReader = state.kind === 'rwmutex' && !state.locked;
    const fitting = claims.filter(({ mode }) => isReader === (mode === 'reader'));
    const proven = fitting.filter(({ certainty }) => certainty === 'proven');
    if (isReader) return fitting.length <= state.readers ? fitting : proven.length <= state.readers ? proven : [];
    // A lock has one owner: where two could be it, neither is named.
    if (proven.length === 1) return proven;
    return proven.length === 0 && fitting.length === 1 ? fitting : [];
  }

  /** What the stacks show of one lock: of each goroutine the innermost call that holds it. */
  private holdings(address: number): Holding[] {
    this.byAddress ??= this.find();
    const inCode = [...this.byCode.values()].filter(({ wrapper }) => this.code.mentions(wrapper, address));
    const found = new Map<number, Holding>();
    for (const holding of [...(this.byAddress.get(address) ?? []), ...inCode.flatMap(({ holdings }) => holdings)])
      if (!found.has(holding.goroutine.address)) found.set(holding.goroutine.address, holding);
    return [...found.values()];
  }

  private find(): Map<number, Holding[]> {
    const found = new Map<number, Holding[]>();
    const work = new LongWork('looking for who holds locks', 'goroutines', undefined, 1 << 6);
    let count = 0;
    for (const { g, functions } of this.goroutines()) {
      if (!this.isCandidate(g, functions)) continue;
      work.at(count);
      if (++count > MOST_CANDIDATES) {
        this.cutAt = MOST_CANDIDATES;
        break;
      }
      this.look(this.surroundings.runtime.readGoroutine(g), (address, holding) => {
        const same = found.get(address);
        if (same === undefined) found.set(address, [holding]);
        else same.push(holding);
      });
    }
    return found;
  }

  /** By the code of its calls alone, so once for all goroutines with the same stack. */
  private isCandidate(g: number, functions: readonly string[]): boolean {
    let may = this.mayHold.get(functions);
    if (may === undefined) {
      const calls = this.surroundings.stack(this.surroundings.runtime.readGoroutine(g)).first(MOST_FRAMES);
      // Whoever waits on a condition has given up its lock meanwhile, and has it still in its deferred calls.
      may =
        !calls.some(({ name }) => name === COND_WAIT) &&
        calls.some((call) => this.mayDefer(call) || this.heldBefore(call).length > 0);
      this.mayHold.set(functions, may);
    }
    return may;
  }

  private look(goroutine: Goroutine, add: (address: number, holding: Holding) => void): void {
    const calls = this.surroundings.stack(goroutine).first(MOST_FRAMES);
    for (const [i, call] of calls.entries()) {
      const isOnce = call.name === ONCE && !call.inlined;
      if (!isOnce && /^(internal\/)?sync\./.test(call.name)) continue;
      this.byDefer(goroutine, call, (address, holding, wrapper) => {
        // Of a Once, the call that runs is its function, which is the one inside.
        const shown: Holding = isOnce
          ? { ...holding, isOnce, call: calls[i - 1] ?? call, reason: 'it runs the function of the Once' }
          : holding;
        if (address !== undefined) add(address, shown);
        if (wrapper !== undefined) this.addByCode(wrapper, shown);
      });
      if (!isOnce) this.byLines(goroutine, call, add);
    }
  }

  private addByCode(wrapper: FoundFunc, holding: Holding): void {
    const same = this.byCode.get(wrapper.func.entry);
    if (same === undefined) this.byCode.set(wrapper.func.entry, { wrapper, holdings: [holding] });
    else same.holdings.push(holding);
  }

  private calls(call: Call): readonly LockCall[] {
    return call.frame.found === undefined ? [] : this.code.callsIn(call.frame.found);
  }

  private ownCalls(call: Call): readonly LockCall[] {
    return this.calls(call).filter(({ caller }) => caller === call.name);
  }

  /** Deferred calls are looked for in functions that lock something and defer something: reading them takes time. */
  private mayDefer(call: Call): boolean {
    const { found } = call.frame;
    if (call.inlined || found === undefined || found.func.deferReturn === 0) return false;
    return this.calls(call).some(({ method }) => method.endsWith('Lock'));
  }

  private byDefer(
    goroutine: Goroutine,
    call: Call,
    add: (address: number | undefined, holding: Holding, wrapper: FoundFunc | undefined) => void,
  ): void {
    if (!this.mayDefer(call)) return;
    for (const { name, receivers, code } of this.surroundings.deferred(goroutine, call)) {
      const match = UNLOCK.exec(name);
      if (match === null) continue;
      const unlocks = this.ownCalls(call).some(({ method, line }) => method.endsWith('Unlock') && line <= call.line);
      const reason = `${call.name} has yet to run its deferred ${match[2] ?? ''}Unlock of it`;
      const holding: Holding = {
        goroutine,
        certainty: unlocks ? 'likely' : 'proven',
        mode: match[2] === 'R' ? 'reader' : 'owner',
        call,
        reason: unlocks ? `${reason}, though it may have unlocked it for a while` : reason,
        type: match[1] === 'Mutex' ? 'mutex' : 'rwmutex',
        isOnce: false,
      };
      for (const address of receivers) add(address, holding, undefined);
      if (code !== undefined) add(undefined, holding, code);
    }
  }

  /** What a call has locked above the line where it stands, and not unlocked since. */
  private heldBefore(call: Call): LockCall[] {
    if (call.frame.found === undefined || /^(internal\/)?sync\./.test(call.name)) return [];
    const own = this.ownCalls(call);
    return own.filter(
      (lock) =>
        (lock.method === 'Lock' || lock.method === 'RLock') &&
        lock.line < call.line &&
        !own.some(
          ({ type, method, line }) =>
            type === lock.type && method.endsWith('Unlock') && line > lock.line && line <= call.line,
        ),
    );
  }

  private byLines(goroutine: Goroutine, call: Call, add: (address: number, holding: Holding) => void): void {
    for (const { type, method, file, line } of this.heldBefore(call)) {
      const expression = lockedIn(this.surroundings.sourceLine(file, line), method);
      const address = expression && attempt(() => this.surroundings.lockAt(goroutine, call, expression, type));
      if (address === undefined || address === '') continue;
      const reason = `${call.name} locked it on line ${line} and is on line ${call.line} without having unlocked it`;
      const mode = method === 'RLock' ? 'reader' : 'owner';
      add(address, { goroutine, certainty: 'likely', mode, call, reason, type, isOnce: false });
    }
  }
}

/** The expression of a line whose Lock it calls; undefined where there is none, or several. */
export function lockedIn(source: string | undefined, method: string): string | undefined {
  const found = [...(source ?? '').matchAll(/(?<![\w.)\]])([\p{L}_][\w.]*(?:\[\w+\])?)\.(R?Lock)\(\)/gu)];
  const [only, ...more] = found.filter((match) => match[2] === method);
  return more.length === 0 ? only?.[1] : undefined;
}
