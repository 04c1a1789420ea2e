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

/** What the Go runtime prints after a signal's name (runtime/sigtab_linux_generic.go has the like). */
const MEANINGS: Readonly<Record<number, string>> = {
  3: 'quit',
  4: 'illegal instruction',
  5: 'trace trap',
  6: 'abort',
  7: 'bus error',
  8: 'floating-point exception',
  9: 'kill',
  11: 'segmentation violation',
  13: 'write to broken pipe',
  15: 'termination',
  31: 'bad system call',
};

export function signalMeaning(signo: number): string | undefined {
  return MEANINGS[signo];
}

/** True for signals whose si_addr is a faulting address (if si_code is above 0). */
export function isFaultSignal(signo: number): boolean {
  return signo === 4 || signo === 5 || signo === 7 || signo === 8 || signo === 11;
}
