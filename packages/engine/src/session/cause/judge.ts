import {
  deathByFatalError,
  deathByFault,
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

const SIGQUIT = 3;
const SIGABRT = 6;

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
  const kind = proven(deathByPanic(text, byRuntime, context.cause.signal));
  if (raiser === undefined) return { ...kind, confidence: 'likely' };
  return { ...kind, evidence: [`${raiser.name} raised the panic (the frame behind runtime.gopanic)`] };
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
  if (faulting === undefined || signal === undefined) return proven('signal');
  if (faulting.name === 'runtime.abort') return proven('runtime-throw', 'the runtime gave up (runtime.abort)');
  const isCode = session.program.target.isCode(faulting.frame.pc);
  // What is no code was called by what is behind it.
  const caller = isCode ? undefined : calls[faulting.index + 1];
  const isGo = (caller ?? faulting).frame.found !== undefined && caller?.name !== 'runtime.asmcgocall';
  return isGo ? proven(deathByFault(signal), 'the code that failed is Go (pc of the signal)') : faultInC();
}
