import { isFaultSignal, signalName } from '../../target/signals.ts';
import type { CauseFinding } from '../results.ts';
import type { CauseContext } from './context.ts';

/** si_code of kill, tgkill, and sigqueue (bits/siginfo-consts.h); of a fault that the kernel cannot tell more of, SI_KERNEL. */
const SI_USER = 0;
const SI_TKILL = -6;
const SI_QUEUE = -1;
const SI_KERNEL = 128;

/** What si_code means for the signals of faults. */
const CODES: Readonly<Record<string, string>> = {
  'SIGSEGV 1': 'nothing is mapped at that address',
  'SIGSEGV 2': 'the memory there may not be used so',
  'SIGBUS 1': 'the address is not aligned',
  'SIGBUS 2': 'there is no memory behind the mapping: a file that was cut short, for instance',
  'SIGBUS 3': 'the memory is broken, or the file behind the mapping cannot be read',
  'SIGFPE 1': 'an integer was divided by zero',
  'SIGFPE 2': 'an integer division overflowed',
  'SIGFPE 3': 'a floating-point number was divided by zero',
  'SIGILL 1': 'the instruction is illegal',
  'SIGILL 2': 'an operand of the instruction is illegal',
};

/** Who sent a signal, or what a fault's code says. */
export function signalFindings(context: CauseContext): CauseFinding[] {
  const { signal, sender } = context.cause;
  if (signal === undefined) return [];
  const { signo, code } = signal;
  const name = signalName(signo);
  if (code > 0) {
    const meaning =
      code === SI_KERNEL
        ? 'the kernel tells no address: one outside of what can be addressed, for instance'
        : CODES[`${name} ${code}`];
    return meaning === undefined || !isFaultSignal(signo)
      ? []
      : [{ text: meaning, confidence: 'proven', evidence: `si_code ${code}` }];
  }
  if (![SI_USER, SI_TKILL, SI_QUEUE].includes(code) || sender === undefined) return [];
  const { pid } = context.session.program.target;
  const who =
    sender === pid
      ? 'the process sent it to itself'
      : sender === 0
        ? 'the kernel or a terminal sent it'
        : `process ${sender} sent it`;
  return [{ text: who, confidence: 'proven', evidence: `si_pid ${sender}, si_code ${code}` }];
}
