import { hex } from '../base/errors.ts';
import type { Program } from '../program/program.ts';
import { packageOf } from '../pclntab/function-name.ts';
import type { CallStack, Call } from '../unwind/call-stack.ts';
import type { FrameResult, LocationResult } from './results.ts';

/** How far down a stack user code is looked for. */
const USER_FRAMES = 30;

/** A call as a result, without its variables. */
export function frameResult(call: Call): FrameResult {
  const { frame } = call;
  return {
    index: call.index,
    pc: hex(frame.pc),
    function: call.name,
    file: call.file,
    line: call.line,
    inlined: call.inlined,
    offset: call.entry === undefined ? 0 : frame.pc - call.entry,
    module: call.module,
    stack: frame.stack,
    interrupted: frame.interrupted,
    cfa: frame.cfa === undefined ? undefined : hex(frame.cfa),
    plumbing: isPlumbing(call),
    arguments: undefined,
    locals: undefined,
  };
}

/** True for C code of the user's own: of a file that a line table names. */
export function isUserNative(call: Call): boolean {
  return call.frame.found === undefined && call.file !== '' && !isPlumbing(call);
}

/**
 * The runtime's own frames, and those of the C library; what has no name at all may be anything, and C code of which the
 * line is known is the user's, but for the functions that cgo and the runtime put there.
 */
export function isPlumbing(call: Call): boolean {
  const name = packageOf(call.name);
  return (
    name === 'runtime' ||
    name.startsWith('runtime/') ||
    name.startsWith('internal/runtime/') ||
    call.name === 'crosscall2' ||
    GENERATED.test(call.file) ||
    (call.frame.found === undefined && call.name !== '?' && isNativePlumbing(call))
  );
}

/** Files that cgo writes: the Go functions that call C, and the C functions that call Go. */
const GENERATED = /(^|\/)_cgo_(gotypes\.go|export\.c)$/;
/** C functions of cgo: the wrappers that it writes, and what the runtime has in C (runtime/cgo). */
const GLUE = /^_?x?_?cgo_|^crosscall|^threadentry$/;
/** Libraries that every program with C code has. */
const C_RUNTIME = /\/(libc|libpthread|libm|libdl|librt|libgcc_s|ld-linux|ld-musl|linux-vdso)[-.][^/]*$/;

function isNativePlumbing({ name, file, module }: Call): boolean {
  return file === '' || GLUE.test(name) || (module !== undefined && C_RUNTIME.test(module));
}

/** Delve's rule for "user" code: not an unexported function of the runtime, not internal/…, not package iter. */
export function isUserCall(call: Call): boolean {
  return call.frame.found !== undefined && isUserFunction(call.name);
}

/** The same for the name of a Go function. */
export function isUserFunction(functionName: string): boolean {
  const name = packageOf(functionName);
  if (name.startsWith('internal/') || name === 'iter') return false;
  if (name !== 'runtime' && !name.startsWith('runtime/')) return true;
  const first = functionName.slice(name.length + 1).replace(/^\(\*/, '');
  return /^[A-Z]/.test(first) || functionName === 'runtime.main';
}

/** The first call in user code, else the innermost one. */
export function userCall(stack: CallStack): Call | undefined {
  const calls = stack.first(USER_FRAMES);
  return calls[userIndex(calls, isUserCall)];
}

/** Index of the first call that `isUser` says is the user's, runtime.main only if there is no other; else 0. */
export function userIndex<T extends { readonly name: string }>(
  calls: readonly T[],
  isUser: (call: T) => boolean,
): number {
  const shown = calls.slice(0, USER_FRAMES);
  const best = shown.findIndex((call) => isUser(call) && call.name !== 'runtime.main');
  return Math.max(0, best >= 0 ? best : shown.findIndex(isUser));
}

export function callLocation(call: Call | undefined): LocationResult | undefined {
  return call && { pc: hex(call.frame.pc), function: call.name, file: call.file, line: call.line };
}

/** Name and line of a code address; `lookup` is where to look, one less than `pc` for return addresses. */
export function pcLocation(program: Program, pc: number, lookup: number = pc): LocationResult | undefined {
  const frames = pc === 0 ? [] : program.sourceFrames(lookup);
  // The innermost inlined call is where the code came from.
  const [first] = frames;
  return first && { pc: hex(pc), function: first.name, file: first.file === '?' ? '' : first.file, line: first.line };
}
