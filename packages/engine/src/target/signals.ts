/** Linux signal numbers and names (amd64 and arm64 agree). */
const NAMES: readonly string[] = [
  '',
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGKILL',
  'SIGUSR1',
  'SIGSEGV',
  'SIGUSR2',
  'SIGPIPE',
  'SIGALRM',
  'SIGTERM',
  'SIGSTKFLT',
  'SIGCHLD',
  'SIGCONT',
  'SIGSTOP',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGURG',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGVTALRM',
  'SIGPROF',
  'SIGWINCH',
  'SIGIO',
  'SIGPWR',
  'SIGSYS',
];

/** `SIGSEGV` for 11; `signal 40` where there is no name. */
export function signalName(signo: number): string {
  return NAMES[signo] || `signal ${signo}`;
}

/** 11 for `SIGSEGV`; undefined for names that are not known. */
export function signalNumber(name: string): number | undefined {
  const number = NAMES.indexOf(name);
  return number > 0 ? number : undefined;
}

/** What the Go runtime prints after a signal's name (runtime/sigtab_linux_generic.go has the like). */
const MEANINGS: Readonly<Record<number, string>> = {
  1: 'terminal line hangup',
  2: 'interrupt',
  3: 'quit',
  4: 'illegal instruction',
  5: 'trace trap',
  6: 'abort',
  7: 'bus error',
  8: 'floating-point exception',
  9: 'kill',
  10: 'user-defined signal 1',
  11: 'segmentation violation',
  12: 'user-defined signal 2',
  13: 'write to broken pipe',
  14: 'alarm clock',
  15: 'termination',
  16: 'stack fault',
  17: 'child status has changed',
  18: 'continue',
  19: 'stop, unblockable',
  20: 'keyboard stop',
  21: 'background read from tty',
  22: 'background write to tty',
  23: 'urgent condition on socket',
  24: 'cpu limit exceeded',
  25: 'file size limit exceeded',
  26: 'virtual alarm clock',
  27: 'profiling alarm clock',
  28: 'window size change',
  29: 'i/o now possible',
  30: 'power failure restart',
  31: 'bad system call',
};

export function signalMeaning(signo: number): string | undefined {
  return MEANINGS[signo];
}

/** `SIGSEGV: segmentation violation`, as the runtime's table of signals has it. */
export function signalTitle(signo: number): string {
  const meaning = signalMeaning(signo);
  return meaning === undefined ? signalName(signo) : `${signalName(signo)}: ${meaning}`;
}

/** True for signals whose si_addr is a faulting address (if si_code is above 0). */
export function isFaultSignal(signo: number): boolean {
  return signo === 4 || signo === 5 || signo === 7 || signo === 8 || signo === 11;
}

/** si_code of a fault of which the kernel tells no address: it gives 0 then. */
const SI_KERNEL = 128;

/** True if a signal is of a fault whose address the kernel tells. */
export function hasFaultAddress(signo: number, code: number): boolean {
  return isFaultSignal(signo) && code > 0 && code !== SI_KERNEL;
}
