import {
  deathByFatalError,
  deathByPanic,
  isRaisedByRuntime,
  type Confidence,
  type DeathKind,
} from '../../findings/cause/death.ts';
import { faultingCall, raiserOf, type CauseContext } from './context.ts';
import { isAbort } from './signals.ts';

/** The kind of death, how sure it is, and what that rests on. */
export interface Kind {
  readonly death: DeathKind;
  readonly confidence: Confidence;
  readonly evidence: readonly string[];
}

type Signal = CauseContext['cause']['signal'];

const SIGQUIT = 3;
const SIGABRT = 6;
const SIGBUS = 7;
const SIGFPE = 8;
const SIGSEGV = 11;
/** si_code of an integer division by zero. */
const FPE_INTDIV = 1;
/** Addresses below this are those of nil with a field's offset: the runtime takes them for nil. */
const NIL_PAGE = 4096;

/** Names the kind of death. What the text of a panic says counts only if the runtime raised it. */
export function judge(context: CauseContext): Kind {
  const { cause, panics } = context;
  const { signal, fatalText } = cause;
  const last = panics.filter(({ goexit }) => !goexit).at(-1);
  if (last !== undefined) return panicJudgement(context, last.text);
  if (fatalText !== undefined) return fatalJudgement(context, fatalText);
  if (cause.kind === 'none') return { ...proven('none'), confidence: signal === undefined ? 'proven' : 'likely' };
  if (signal === undefined) return { ...proven('runtime-throw'), confidence: 'unknown' };
  return signal.signo === SIGQUIT ? proven('quit') : signalJudgement(context);
}

function proven(death: DeathKind, ...evidence: readonly string[]): Kind {
  return { death, confidence: 'proven', evidence };
}

function panicJudgement(context: CauseContext, text: string | undefined): Kind {
  const raiser = raiserOf(context);
  const byRuntime = raiser === undefined ? undefined : isRaisedByRuntime(raiser.name);
  const death = deathByPanic(text, byRuntime);
  // With debug.SetPanicOnFault every fault has the words of a nil pointer.
  const isOther = death === 'nil-dereference' && context.cause.signal !== undefined && !isNil(context.cause.signal);
  const kind = proven(isOther ? 'bad-address' : death);
  if (raiser === undefined) return { ...kind, confidence: 'likely' };
  return { ...kind, evidence: [`${raiser.name} raised the panic (the frame behind runtime.gopanic)`] };
}

function isNil(signal: Signal): boolean {
  return signal?.signo === SIGSEGV && signal.address !== undefined && signal.address < NIL_PAGE;
}

function fatalJudgement({ cause, session }: CauseContext, text: string): Kind {
  const death = deathByFatalError(text);
  const { pc, code = 0 } = cause.signal ?? {};
  // Before Go 1.20 a signal in C became an error of the runtime.
  const wasInC = cause.thread?.inCgo === true && pc !== undefined && session.program.findFunc(pc) === undefined;
  if (death !== 'runtime-throw' || !wasInC) return proven(death);
  return code > 0 ? faultInC() : proven('signal');
}

function faultInC(): Kind {
  return proven('fault-in-c', 'the code that failed is in no Go function (pc of the signal)');
}

function signalJudgement(context: CauseContext): Kind {
  const { calls, session } = context;
  const { signal } = context.cause;
  if (signal?.signo === SIGABRT) {
    const aborts = calls.find(({ name, frame }) => frame.found === undefined && isAbort(name));
    return aborts === undefined ? proven('abort') : proven('abort', `frame ${aborts.index} is C's abort`);
  }
  const faulting = faultingCall(context);
  if (faulting === undefined) return proven('signal');
  if (faulting.name === 'runtime.abort') return proven('runtime-throw', 'the runtime gave up (runtime.abort)');
  const isCode = session.program.target.isCode(faulting.frame.pc);
  // What is no code was called by what is behind it.
  const caller = isCode ? undefined : calls[faulting.index + 1];
  const isGo = (caller ?? faulting).frame.found !== undefined && caller?.name !== 'runtime.asmcgocall';
  return isGo ? proven(deathByFault(signal), 'the code that failed is Go (pc of the signal)') : faultInC();
}

/** What a fault of Go code is that the runtime did not make a panic. */
function deathByFault(signal: Signal): DeathKind {
  if (isNil(signal)) return 'nil-dereference';
  if (signal?.signo === SIGSEGV || signal?.signo === SIGBUS) return 'bad-address';
  return signal?.signo === SIGFPE && signal.code === FPE_INTDIV ? 'division-by-zero' : 'signal';
}
