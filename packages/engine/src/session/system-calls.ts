import { attempt } from '../base/errors.ts';
import { systemCallName } from '../arch/linux-calls.ts';
import type { Goroutine } from '../runtime/goroutine.ts';
import type { Call } from '../unwind/call-stack.ts';
import { wordOf } from '../values/value.ts';
import type { SystemCallResult } from './results-waits.ts';
import type { Session } from './session.ts';

/** The functions of package syscall that enter the kernel, and their like in golang.org/x/sys/unix, which have their code. */
const ENTRY = /^syscall\.(Syscall6?|syscall|rawVforkSyscall)$/;
/** Calls by their names whose first argument is a file descriptor. */
const OF_DESCRIPTORS: ReadonlySet<string> = new Set(
  (
    'read pread64 readv preadv preadv2 write pwrite64 writev pwritev pwritev2 accept accept4 connect recvfrom recvmsg recvmmsg sendto ' +
    'sendmsg sendmmsg sendfile splice flock fsync fdatasync sync_file_range fallocate ftruncate ioctl fcntl epoll_wait epoll_pwait ' +
    'epoll_pwait2 getdents64 close'
  ).split(' '),
);
/** Calls around the entry that are looked at for C code, or for the function of the kernel. */
const MOST_CALLS = 100;
const SIGNAL_FRAME = '<signal handler called>';

/**
 * The system call or the C function that a goroutine is in, as its stack shows it: the number is an argument of the function of package
 * syscall. Undefined where no stack shows one.
 */
export function systemCallResult(session: Session, goroutine: Goroutine): SystemCallResult | undefined {
  const calls = session.stackOf({ goroutine, thread: undefined }).first(MOST_CALLS);
  const entry = calls.find(({ name }) => ENTRY.test(name));
  if (entry !== undefined) return attempt(() => fromEntry(session, entry));
  const border = calls.findIndex(({ name }) => /^runtime\.(asmcgocall|cgocall)$/.test(name));
  // A signal that came meanwhile has its own frames above the C function.
  const inC = calls.slice(0, Math.max(0, border));
  const inner = inC[inC.findLastIndex(({ name }) => name === SIGNAL_FRAME) + 1];
  if (inner === undefined || inner.name.startsWith('runtime.')) return undefined;
  return { name: inner.name, inC: true, number: undefined, fd: undefined };
}

function fromEntry(session: Session, call: Call): SystemCallResult | undefined {
  const number = argument(session, call, 0);
  const name = number === undefined ? undefined : systemCallName(session.program.target.arch.name, number);
  if (name === undefined) return undefined;
  return { name, inC: false, number, fd: OF_DESCRIPTORS.has(name) ? argument(session, call, 1) : undefined };
}

const ARGUMENTS = ['trap', 'a1'] as const;

/** An argument of the entry: a variable, or, of assembly, which has none, a word on the stack. */
function argument(session: Session, call: Call, index: 0 | 1): number | undefined {
  const { memory, target } = session.program;
  const { found, cfa } = call.frame;
  if (found !== undefined && cfa !== undefined && session.variables.of(call)?.length === 0)
    return attempt(() => memory.u64(cfa + target.arch.argumentOffset + index * 8));
  const variable = session.variables.of(call)?.find(({ name }) => name === ARGUMENTS[index]);
  if (variable?.value === undefined || variable.stale !== undefined) return undefined;
  return wordOf(session.types.context, variable.value);
}
