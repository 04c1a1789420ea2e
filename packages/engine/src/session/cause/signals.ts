import { attempt, hex } from '../../base/errors.ts';
import { quoteGo } from '../../base/quote.ts';
import { decodeUtf8 } from '../../base/text.ts';
import { isFaultSignal, signalName } from '../../target/signals.ts';
import type { CauseFinding } from '../results.ts';
import { faultingCall, type CauseContext } from './context.ts';

/** si_code of kill, tgkill, and sigqueue (bits/siginfo-consts.h); of what a seccomp filter does not allow. */
const SI_USER = 0;
const SI_TKILL = -6;
const SI_QUEUE = -1;
const SYS_SECCOMP = 1;
const SIGSYS = 31;

/** What si_code means for the signals of faults; 128 is SI_KERNEL. */
const CODES: Readonly<Record<string, string>> = {
  'SIGSEGV 1': 'nothing is mapped at that address',
  'SIGSEGV 2': 'the memory there may not be used so',
  'SIGSEGV 128': 'the kernel tells no address: one outside of what can be addressed, for instance',
  'SIGBUS 1': 'the address is not aligned',
  'SIGBUS 2': 'there is no memory behind the mapping',
  'SIGBUS 3': 'the memory is broken, or the file behind the mapping cannot be read',
  'SIGFPE 1': 'an integer was divided by zero',
  'SIGFPE 2': 'an integer division overflowed',
  'SIGFPE 3': 'a floating-point number was divided by zero',
  'SIGILL 1': 'the instruction is illegal',
  'SIGILL 2': 'the instruction is illegal',
  'SIGTRAP 1': 'a breakpoint instruction was executed',
  'SIGTRAP 128': 'a breakpoint instruction was executed',
};

/** The instruction of amd64 that is defined to be none. */
const UD2 = [0x0f, 0x0b];
/** Bytes of a frame of C that is believed, and of a return address. */
const LARGEST_FRAME = 1 << 20;
const WORD = 8;
/** Longest message of C's abort that is told, in bytes. */
const LONGEST_MESSAGE = 1000;

type Signal = NonNullable<CauseContext['cause']['signal']>;

/** Who sent a signal, or what a fault's code says. */
export function signalFindings(context: CauseContext): CauseFinding[] {
  const { signal } = context.cause;
  if (signal === undefined) return [];
  return signal.code > 0 ? faultFindings(context, signal) : senderFindings(context, signal);
}

function faultFindings(context: CauseContext, signal: Signal): CauseFinding[] {
  const { signo, code, systemCall } = signal;
  if (signo === SIGSYS && code === SYS_SECCOMP && systemCall !== undefined) {
    const text = `a seccomp filter does not allow system call ${systemCall}`;
    return [{ text, confidence: 'proven', evidence: `si_code ${code}, si_syscall ${systemCall}` }];
  }
  if (!isFaultSignal(signo)) return [];
  const text = wildCall(context, signal) ?? faultText(context, signal);
  const fault = text === undefined ? [] : [{ text, confidence: 'proven', evidence: `si_code ${code}` } as const];
  return [...fault, ...fullStack(context, signal)];
}

/** A fault in C right below what is used of its stack: C's stacks do not grow, or no further. */
function fullStack(context: CauseContext, { address = 0 }: Signal): CauseFinding[] {
  const faulting = faultingCall(context);
  if (faulting === undefined || faulting.frame.found !== undefined) return [];
  const { sp } = faulting.frame;
  const isBelow = address < sp + WORD && address > sp - LARGEST_FRAME;
  const isEnd = attempt(() => context.session.program.memory.read(address, 1)) === undefined;
  if (!isBelow || !isEnd) return [];
  const evidence = `the address is that of ${faulting.name}'s frame, where the stack has no memory`;
  return [{ text: `the stack of C overflowed in ${faulting.name}`, confidence: 'likely', evidence }];
}

/** Where code was fetched from what is none. */
function wildCall({ session }: CauseContext, { pc, address }: Signal): string | undefined {
  if (pc === undefined || pc !== address || session.program.target.isCode(pc)) return undefined;
  const what = pc === 0 ? 'was nil' : 'did not point to code';
  return `execution went to ${hex(pc)}: a function pointer ${what}`;
}

function faultText({ session }: CauseContext, { signo, code, pc, address }: Signal): string | undefined {
  const { target, memory } = session.program;
  const name = `${signalName(signo)} ${code}`;
  const meaning = CODES[name];
  const file = address === undefined ? undefined : target.mappedFileAt(address)?.path;
  if (name === 'SIGSEGV 2' && file !== undefined) return `${meaning}: it is of ${file}`;
  if (name === 'SIGBUS 2')
    return `${meaning}${file === undefined ? ': a' : ` of ${file}: the`} file was cut short, for instance`;
  if (name.startsWith('SIGILL ') && pc !== undefined && target.arch.name === 'amd64') {
    const bytes = attempt(() => memory.read(pc, UD2.length));
    if (UD2.every((byte, i) => bytes?.[i] === byte))
      return 'the instruction is UD2, by which compilers mark what must not be reached';
  }
  return meaning;
}

function senderFindings({ session, cause }: CauseContext, { code }: Signal): CauseFinding[] {
  const { sender } = cause;
  if (![SI_USER, SI_TKILL, SI_QUEUE].includes(code) || sender === undefined) return [];
  const { pid } = session.program.target;
  const who =
    sender === pid
      ? 'the process sent it to itself'
      : sender === 0
        ? 'the kernel or a terminal sent it'
        : `process ${sender} sent it`;
  return [{ text: who, confidence: 'proven', evidence: `si_pid ${sender}, si_code ${code}` }];
}

/** What the C library wrote before it called abort: an assertion that failed, or what it found damaged. */
export function abortFindings({ session, calls }: CauseContext): CauseFinding[] {
  const { program } = session;
  const { memory } = program;
  const aborts = calls.find(({ name, frame }) => frame.found === undefined && isAbort(name));
  if (aborts === undefined) return [];
  const text = attempt(() => {
    const message = program.imageAt(aborts.frame.lookupPc)?.symbol('__abort_msg');
    const at = message === undefined ? 0 : memory.u64(message.address);
    // struct abort_msg_s {unsigned size; char msg[]} (glibc, sysdeps/posix/libc_fatal.c)
    const bytes = at === 0 ? new Uint8Array() : memory.readSome(at + 4, LONGEST_MESSAGE);
    const end = bytes.indexOf(0);
    return decodeUtf8(bytes.subarray(0, end < 0 ? bytes.length : end)).trim();
  });
  if (text === undefined || text === '') return [];
  return [
    {
      text: `the C library said ${quoteGo(text)}`,
      confidence: 'proven',
      evidence: '__abort_msg of the C library',
    },
  ];
}

/** C's function, under the names that it has in C libraries. */
export function isAbort(name: string): boolean {
  return /^(?:__GI_)?abort$/.test(name);
}
