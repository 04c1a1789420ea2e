import { attempt, hex, notFound } from '../base/errors.ts';
import { RegisterSet } from '../arch/registers.ts';
import { readDefers, type DeferRecord } from '../runtime/defers.ts';
import { CallStack, type Call, type FrameSource } from '../unwind/call-stack.ts';
import type { Frame } from '../unwind/frame.ts';
import { openDefers } from '../unwind/open-defers.ts';
import { followWrapper } from '../unwind/wrapper-call.ts';
import { pcLocation } from './calls.ts';
import type { DeferredResult } from './results.ts';
import type { Session } from './session.ts';

/** A call that a frame deferred and that has not run, or runs now. */
export interface DeferredCall {
  /** Entry of the function that was deferred; of the code itself, where no wrapper is in between. */
  readonly entry: number;
  /** Address of the function value: code, and what it captured. 0 for a nil function. */
  readonly closure: number;
  /** The runtime's record; undefined for calls that the compiler keeps in the frame. */
  readonly record: DeferRecord | undefined;
  /** Address of the first argument, before Go 1.17; undefined if it has none. */
  readonly firstArgument: number | undefined;
  /** What is known of the registers when the function is entered. */
  readonly registers: RegisterSet;
}

type RecordsBySp = ReadonlyMap<number, readonly DeferRecord[]>;

/** Of each session: those of the goroutine that was asked about last. */
const lastRecords = new WeakMap<Session, { readonly goroutine: number; readonly bySp: RecordsBySp }>();

/** The records of the selected goroutine by stack pointer of the function that deferred. */
function recordsOf(session: Session): RecordsBySp {
  const { goroutine } = session.selection;
  if (goroutine === undefined) return new Map();
  const last = lastRecords.get(session);
  if (last?.goroutine === goroutine.address) return last.bySp;
  const bySp = new Map<number, DeferRecord[]>();
  for (const record of readDefers(session.runtime, goroutine)) {
    const others = bySp.get(record.sp);
    if (others === undefined) bySp.set(record.sp, [record]);
    else others.push(record);
  }
  lastRecords.set(session, { goroutine: goroutine.address, bySp });
  return bySp;
}

/** The deferred calls of a call, the next to run first. Inlined calls defer nothing: their function does. */
export function deferredCalls(session: Session, call: Call): DeferredCall[] {
  if (call.inlined || call.frame.found === undefined) return [];
  const open = openDefers(session.program, call.frame).map(({ closure, firstArgument }) =>
    describe(session, closure, undefined, firstArgument),
  );
  const listed = (recordsOf(session).get(call.frame.sp) ?? []).map((record) =>
    describe(session, record.closure, record, record.argumentsSize >= 8 ? record.argumentsAt : undefined),
  );
  return [...open, ...listed];
}

function describe(
  session: Session,
  closure: number,
  record: DeferRecord | undefined,
  firstArgument: number | undefined,
): DeferredCall {
  const { program } = session;
  const { arch } = program.target;
  const code = closure === 0 ? 0 : (attempt(() => program.memory.u64(closure)) ?? 0);
  const direct = new RegisterSet();
  direct.set(arch.closureContext, BigInt(closure));
  const found = code === 0 ? undefined : program.findFunc(code);
  const whole = { entry: code, closure, record, firstArgument, registers: direct };
  if (found === undefined) return whole;
  const { pclntab, func } = found;
  const wanted = attempt(() => pclntab.wrappedFunction(func));
  const isWrapper = wanted !== undefined || /·dwrap·\d+$/.test(func.name);
  const followed = isWrapper ? attempt(() => followWrapper(program, found, closure, wanted)) : undefined;
  if (followed !== undefined) return { ...whole, ...followed };
  return wanted === undefined ? whole : { ...whole, entry: wanted, registers: new RegisterSet() };
}

/** As results: `number` counts from 1, as in Delve. */
export function deferredResults(session: Session, call: Call): DeferredResult[] {
  const { program } = session;
  return deferredCalls(session, call).map(({ entry, closure, record }, i) => {
    const location = pcLocation(program, entry);
    const pc = record?.pc ?? 0;
    return {
      number: i + 1,
      pc: hex(entry),
      function: location?.function ?? (closure === 0 ? 'nil' : '?'),
      file: location?.file ?? '',
      line: location?.line ?? 0,
      deferredBy: call.name,
      deferredAt: pcLocation(program, pc, pc - 1),
      running: record?.started === true,
      openCoded: record === undefined,
      closure: hex(closure),
    };
  });
}

/** A stack of one frame: a deferred call of the selected frame as it will be entered. Throws `not-found` for a number too high. */
export function deferredStack(session: Session, number: number): CallStack {
  const call = physicalCall(session);
  const calls = deferredCalls(session, call);
  const deferred = calls[number - 1];
  if (deferred === undefined) {
    const count = calls.length === 1 ? '1 deferred call' : `${calls.length} deferred calls`;
    throw notFound(`frame ${session.selectedFrame} has ${count}: bt -defer lists them`);
  }
  return new CallStack(session.program, fixedFrames([entryFrame(session, deferred, call.frame)]));
}

/** The call whose function defers: that of the selected frame, around calls that were inlined into it. */
function physicalCall(session: Session): Call {
  let index = session.selectedFrame;
  for (let call = session.call(index); call.inlined; call = session.call(++index));
  return session.call(index);
}

function entryFrame(session: Session, { entry, registers, record }: DeferredCall, by: Frame): Frame {
  const { program } = session;
  const { arch } = program.target;
  // Before Go 1.17 the arguments lie behind the record, in the order in which they will be on the stack.
  const isCopied = record !== undefined && record.argumentsSize > 0;
  return {
    pc: entry,
    lookupPc: entry,
    sp: by.sp,
    cfa: isCopied ? record.argumentsAt - arch.argumentOffset : undefined,
    registers,
    found: attempt(() => program.findFunc(entry)),
    stack: by.stack,
    interrupted: true,
    trampoline: false,
    unset: 'the call has not been made, and what will be passed is not recorded',
  };
}

function fixedFrames(frames: readonly Frame[]): FrameSource {
  return {
    *frames() {
      yield* frames;
    },
    end: { complete: true, reason: 'a deferred call has not been made' },
    gap: undefined,
    fork: () => fixedFrames(frames),
  };
}
