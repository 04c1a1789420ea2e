/** The kinds of death that are told apart. `panic` is one with a value of the program's own. */
export type DeathKind =
  | 'panic'
  | 'nil-dereference'
  | 'index-out-of-range'
  | 'slice-out-of-range'
  | 'division-by-zero'
  | 'negative-shift'
  | 'nil-map-write'
  | 'type-assertion'
  | 'closed-channel'
  | 'bad-make-size'
  | 'uncomparable'
  | 'negative-wait-group'
  | 'panic-of-nil'
  | 'test-timeout'
  | 'runtime-error'
  | 'stack-overflow'
  | 'concurrent-map'
  | 'deadlock'
  | 'unlock-of-unlocked'
  | 'out-of-memory'
  | 'bad-address'
  | 'corrupt-memory'
  | 'runtime-throw'
  | 'fault-in-c'
  | 'abort'
  | 'quit'
  | 'signal'
  | 'none';

const SIGBUS = 7;
const SIGFPE = 8;
const SIGSEGV = 11;
/** si_code of an integer division by zero. */
const FPE_INTDIV = 1;

/** How sure a statement is. */
export type Confidence = 'proven' | 'likely' | 'unknown';

type Rule = readonly [pattern: RegExp, kind: DeathKind];

/** Texts of the runtime's own errors (runtime/error.go, panic.go, chan.go, sync), without `runtime error: `. */
const PANICS: readonly Rule[] = [
  [/^invalid memory address or nil pointer dereference$/, 'nil-dereference'],
  [/^index out of range/, 'index-out-of-range'],
  [/^(?:slice bounds out of range|cannot convert slice with length)/, 'slice-out-of-range'],
  [/^integer (?:divide by zero|overflow)$/, 'division-by-zero'],
  [/^floating point error$/, 'division-by-zero'],
  [/^negative shift amount$/, 'negative-shift'],
  [/^assignment to entry in nil map$/, 'nil-map-write'],
  [/^interface conversion: /, 'type-assertion'],
  [/^(?:close of (?:closed|nil) channel|send on closed channel)$/, 'closed-channel'],
  [/^(?:makeslice|makechan|makemap|growslice|unsafe\.\w+): /, 'bad-make-size'],
  [/^(?:hash of unhashable|comparing uncomparable) type /, 'uncomparable'],
  [/^sync: (?:negative WaitGroup counter|WaitGroup )/, 'negative-wait-group'],
  [/^panic called with nil argument/, 'panic-of-nil'],
  [/^test timed out after \d/, 'test-timeout'],
];
/** Of these the text tells, though another package than the runtime raises them. */
const BY_TEXT: ReadonlySet<DeathKind> = new Set(['negative-wait-group', 'panic-of-nil', 'test-timeout']);

/** Texts of fatal errors (throw and fatal). */
const FATALS: readonly Rule[] = [
  [/^stack overflow$/, 'stack-overflow'],
  [/^concurrent map /, 'concurrent-map'],
  [/^(?:all goroutines are asleep|no goroutines )/, 'deadlock'],
  [/^sync: (?:unlock of unlocked|Unlock of unlocked|RUnlock of unlocked)/, 'unlock-of-unlocked'],
  [
    /(?:out of memory|cannot allocate memory|failed to allocate|failed to reserve|failed to create new OS thread)/,
    'out-of-memory',
  ],
  [/^fault$/, 'bad-address'],
  [
    /^(?:found bad pointer|invalid pointer found|checkptr|found pointer to free|s\.allocCount|bad summary data)/,
    'corrupt-memory',
  ],
];

function match(rules: readonly Rule[], text: string): DeathKind | undefined {
  return rules.find(([pattern]) => pattern.test(text))?.[1];
}

/** Addresses below this are those of nil with a field's offset: the runtime takes them for nil. */
const NIL_PAGE = 4096;

/** A signal by number; `address` is undefined where the kernel tells none. */
export interface Fault {
  readonly signo: number;
  readonly code: number;
  readonly address: number | undefined;
}

/** Whether a fault is that of going through nil. */
export function isNilFault({ signo, address }: Fault): boolean {
  return signo === SIGSEGV && address !== undefined && address < NIL_PAGE;
}

/** What a fault of Go code is that the runtime did not make a panic. */
export function deathByFault(fault: Fault): DeathKind {
  if (isNilFault(fault)) return 'nil-dereference';
  if (fault.signo === SIGSEGV || fault.signo === SIGBUS) return 'bad-address';
  return fault.signo === SIGFPE && fault.code === FPE_INTDIV ? 'division-by-zero' : 'signal';
}

/**
 * What a panic is, by its text and the fault that became it, if one did. A program may panic with the runtime's words: `byRuntime`
 * tells whether the runtime raised it (undefined where that is not known).
 */
export function deathByPanic(text: string | undefined, byRuntime: boolean | undefined, fault?: Fault): DeathKind {
  const death = deathByText(text, byRuntime);
  // With debug.SetPanicOnFault every fault has the words of a nil pointer.
  return death === 'nil-dereference' && fault !== undefined && !isNilFault(fault) ? 'bad-address' : death;
}

function deathByText(text: string | undefined, byRuntime: boolean | undefined): DeathKind {
  if (text === 'nil') return 'panic-of-nil';
  const isError = text?.startsWith('runtime error: ') === true;
  const kind = match(PANICS, (text ?? '').replace(/^runtime error: /, ''));
  if (byRuntime === false) return kind !== undefined && BY_TEXT.has(kind) ? kind : 'panic';
  return kind ?? (isError ? 'runtime-error' : 'panic');
}

/** Whether the function that raised a panic is of the runtime, or stands for it. */
export function isRaisedByRuntime(functionName: string): boolean {
  return /^(?:runtime|internal\/runtime\/\w+|internal\/sync|sync)\.|^internal\/abi\./.test(functionName);
}

/** What the text of a fatal error says. */
export function deathByFatalError(text: string): DeathKind {
  return match(FATALS, text) ?? 'runtime-throw';
}
