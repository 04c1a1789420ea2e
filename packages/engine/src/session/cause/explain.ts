import { attempt } from '../../base/errors.ts';
import {
  deathByFatalError,
  deathByPanic,
  isRaisedByRuntime,
  type Confidence,
  type DeathKind,
} from '../../findings/cause/death.ts';
import type { CauseFinding } from '../results.ts';
import { raiserOf, type CauseContext } from './context.ts';
import { mapFindings } from './map-holders.ts';
import { mutexFindings } from './mutex.ts';
import { nilFindings } from './nil-pointer.ts';
import { channelFindings, nilMapFindings } from './operands.ts';
import { assertionFindings } from './assertion.ts';
import { panicValueFindings } from './panic-value.ts';
import { signalFindings } from './signals.ts';
import { testFindings } from './running-tests.ts';
import { boundsFindings, divisionFindings } from './source-operands.ts';

/** The kind of death, how sure it is, and what that rests on. */
export interface Judgement {
  readonly death: DeathKind;
  readonly confidence: Confidence;
  readonly evidence: readonly string[];
  readonly findings: readonly CauseFinding[];
}

type Kind = Omit<Judgement, 'findings'>;

/** Judges a death and finds out what else is known of it. */
export function explain(context: CauseContext): Judgement {
  const kind = judge(context);
  return { ...kind, findings: findingsOf(context, kind.death) };
}

const SIGQUIT = 3;
const SIGABRT = 6;

/** Names the kind of death. What the text of a panic says counts only if the runtime raised it. */
function judge(context: CauseContext): Kind {
  const { cause, panics } = context;
  const last = panics.filter(({ goexit }) => !goexit).at(-1);
  if (last !== undefined) {
    const raiser = raiserOf(context);
    const byRuntime = raiser === undefined ? undefined : isRaisedByRuntime(raiser.name);
    const death = deathByPanic(last.text, byRuntime);
    const evidence = raiser === undefined ? [] : [`${raiser.name} raised the panic (the frame behind runtime.gopanic)`];
    return { death, confidence: raiser === undefined ? 'likely' : 'proven', evidence };
  }
  const none = { evidence: [] };
  if (cause.fatalText !== undefined)
    return { death: deathByFatalError(cause.fatalText), confidence: 'proven', ...none };
  if (cause.kind === 'none')
    return { death: 'none', confidence: cause.signal === undefined ? 'proven' : 'likely', ...none };
  const { signal } = cause;
  if (signal === undefined) return { death: 'runtime-throw', confidence: 'unknown', ...none };
  if (signal.signo === SIGQUIT) return { death: 'quit', confidence: 'proven', ...none };
  return signalJudgement(context);
}

function signalJudgement({ cause, calls }: CauseContext): Kind {
  const { signal } = cause;
  if (signal?.signo === SIGABRT) {
    const aborts = calls.find(({ name, frame }) => frame.found === undefined && /^(?:__GI_)?abort$/.test(name));
    const evidence = aborts === undefined ? [] : [`frame ${aborts.index} is C's abort`];
    return { death: 'abort', confidence: 'proven', evidence };
  }
  const faulting =
    signal !== undefined && signal.code > 0
      ? calls.find(({ frame }) => frame.interrupted && frame.pc === signal.pc)
      : undefined;
  if (faulting !== undefined && faulting.frame.found === undefined)
    return {
      death: 'fault-in-c',
      confidence: 'proven',
      evidence: [`the code that failed is in no Go function (pc of the signal)`],
    };
  return { death: 'signal', confidence: 'proven', evidence: [] };
}

/** What else is known, for the kind of death. */
function findingsOf(context: CauseContext, death: DeathKind): readonly CauseFinding[] {
  return [...(attempt(() => byDeath(context, death)) ?? []), ...explanations(context, death)];
}

function byDeath(context: CauseContext, death: DeathKind): CauseFinding[] {
  const text = context.panics.filter(({ goexit }) => !goexit).at(-1)?.text ?? '';
  switch (death) {
    case 'nil-dereference':
      return nilFindings(context);
    case 'index-out-of-range':
    case 'slice-out-of-range':
      return boundsFindings(context, text);
    case 'division-by-zero':
      return divisionFindings(context);
    case 'nil-map-write':
      return nilMapFindings(context);
    case 'closed-channel':
      return channelFindings(context);
    case 'type-assertion':
      return assertionFindings(context);
    case 'unlock-of-unlocked':
      return mutexFindings(context);
    case 'concurrent-map':
      return mapFindings(context);
    case 'fault-in-c':
    case 'signal':
    case 'abort':
    case 'quit':
    case 'bad-address':
      return signalFindings(context);
    case 'test-timeout':
      return testFindings(context);
    case 'panic':
      return panicValueFindings(context);
    default:
      return [];
  }
}

/** What the runtime printed before a fatal error. */
function explanations({ cause }: CauseContext, death: DeathKind): CauseFinding[] {
  if (death === 'stack-overflow' || cause.explanation.length === 0) return [];
  return cause.explanation.map((text) => ({ text, confidence: 'proven', evidence: "the runtime's print backlog" }));
}
