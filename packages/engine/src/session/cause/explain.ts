import { attempt } from '../../base/errors.ts';
import type { DeathKind } from '../../findings/cause/death.ts';
import type { CauseFinding } from '../results.ts';
import type { CauseContext } from './context.ts';
import { judge, type Kind } from './judge.ts';
import { mapFindings } from './map-holders.ts';
import { mutexFindings } from './mutex.ts';
import { nilFindings } from './nil-pointer.ts';
import { channelFindings, nilMapFindings } from './operands.ts';
import { assertionFindings } from './assertion.ts';
import { earlierNilFindings, gaveUpFindings, printingFindings } from './nested.ts';
import { panicValueFindings } from './panic-value.ts';
import { testFindings } from './running-tests.ts';
import { abortFindings, signalFindings } from './signals.ts';
import { boundsFindings, divisionFindings } from './source-operands.ts';

/** The kind of death, and what else is known. */
export interface Judgement extends Kind {
  readonly findings: readonly CauseFinding[];
}

/** Judges a death and finds out what else is known of it. */
export function explain(context: CauseContext): Judgement {
  const kind = judge(context);
  return { ...kind, findings: findingsOf(context, kind.death) };
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
    case 'abort':
      return [...abortFindings(context), ...signalFindings(context)];
    case 'fault-in-c':
    case 'signal':
    case 'quit':
    case 'bad-address':
      return signalFindings(context);
    case 'test-timeout':
      return testFindings(context);
    case 'panic':
      return [...panicValueFindings(context), ...earlierNilFindings(context)];
    case 'runtime-throw':
      return [...printingFindings(context), ...gaveUpFindings(context)];
    default:
      return [];
  }
}

/** What the runtime printed before a fatal error. */
function explanations({ cause }: CauseContext, death: DeathKind): CauseFinding[] {
  if (death === 'stack-overflow' || cause.explanation.length === 0) return [];
  // The address of a fault is told with its signal.
  const lines = cause.explanation.filter((line) => cause.signal === undefined || !line.startsWith('unexpected fault'));
  return lines.map((text) => ({ text, confidence: 'proven', evidence: "the runtime's print backlog" }));
}
