import { attempt } from '../../base/errors.ts';
import type { FoundFunc, Program } from '../../program/program.ts';

/** A call of a lock's method in the code of a function, inlined or not. */
export interface LockCall {
  readonly type: 'mutex' | 'rwmutex';
  readonly method: 'Lock' | 'Unlock' | 'RLock' | 'RUnlock';
  /** The function that calls it, as source shows it, and where. */
  readonly caller: string;
  readonly file: string;
  readonly line: number;
}

/** Longer functions are not searched. */
const MOST_CODE = 1 << 20;
const METHOD = /^sync\.\(\*(Mutex|RWMutex)\)\.(Lock|Unlock|RLock|RUnlock)$/;
/** What the inlined methods call where they have to wait, or to wake others. */
const OF_SYNC = /^(internal\/)?sync\./;
/** amd64: CALL rel32. arm64: BL with 26 bits of distance in words. */
const CALL = 0xe8;
const BL = 0x94000000;

/** Finds where functions lock and unlock, from their machine code: the calls of package sync, and what was inlined around them. */
export class LockCode {
  private readonly program: Program;
  private readonly known = new Map<number, readonly LockCall[]>();
  private readonly names = new Map<number, string | undefined>();

  constructor(program: Program) {
    this.program = program;
  }

  /** The calls of locks' methods in a function, in the order of its code. */
  callsIn({ func }: FoundFunc): readonly LockCall[] {
    let calls = this.known.get(func.entry);
    if (calls === undefined) {
      calls = attempt(() => this.search(func.entry, func.end)) ?? [];
      this.known.set(func.entry, calls);
    }
    return calls;
  }

  /** True if the code of a function refers to an address relative to itself, as amd64 code does to package variables. */
  mentions({ func }: FoundFunc, address: number): boolean {
    if (this.program.target.arch.name !== 'amd64' || func.end - func.entry > MOST_CODE) return false;
    const bytes = attempt(() => this.program.memory.read(func.entry, func.end - func.entry));
    if (bytes === undefined) return false;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i + 4 <= bytes.length; i++)
      if (func.entry + i + 4 + view.getInt32(i, true) === address) return true;
    return false;
  }

  private search(entry: number, end: number): LockCall[] {
    if (end <= entry || end - entry > MOST_CODE) return [];
    const bytes = this.program.memory.read(entry, end - entry);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const calls: LockCall[] = [];
    const add = (offset: number, target: number): void => {
      const name = this.syncFunction(target);
      const call = name === undefined ? undefined : this.describe(name, entry + offset);
      if (call !== undefined) calls.push(call);
    };
    if (this.program.target.arch.name === 'arm64') {
      for (let i = 0; i + 4 <= bytes.length; i += 4) {
        const word = view.getUint32(i, true);
        if ((word & 0xfc000000) >>> 0 === BL) add(i, entry + i + ((word << 6) >> 4));
      }
    } else {
      for (let i = 0; i + 5 <= bytes.length; i++)
        if (bytes[i] === CALL) add(i, entry + i + 5 + view.getInt32(i + 1, true));
    }
    return calls;
  }

  /** The name of the function of package sync that begins there. */
  private syncFunction(target: number): string | undefined {
    if (!this.names.has(target)) {
      const found = attempt(() => this.program.findFunc(target));
      const name = found?.func.entry === target && OF_SYNC.test(found.func.name) ? found.func.name : undefined;
      this.names.set(target, name);
    }
    return this.names.get(target);
  }

  private describe(target: string, pc: number): LockCall | undefined {
    const frames = this.program.sourceFrames(pc);
    const names = [target, ...frames.map(({ name }) => name)];
    const index = names.findLastIndex((name) => METHOD.test(name));
    const caller = frames[index];
    const match = METHOD.exec(names[index] ?? '');
    if (match === null || caller === undefined) return undefined;
    return {
      type: match[1] === 'Mutex' ? 'mutex' : 'rwmutex',
      method: match[2] as LockCall['method'],
      caller: caller.name,
      file: caller.file,
      line: caller.line,
    };
  }
}
