import { diskReader, readHostFacts, type HostFacts } from '@inquest/node';
import { examine, type DoctorResult } from '../doctor/examine.ts';

/** What is to be expected of a program that is started with what `inquest run` sets. */
export interface Prospect {
  readonly facts: HostFacts | undefined;
  readonly doctor: DoctorResult | undefined;
}

/** Looks ahead: facts as they are for the child, its limit raised as far as is allowed. */
export function lookAhead(env: NodeJS.ProcessEnv): Prospect {
  const reader = diskReader();
  const facts = readHostFacts(reader, { env, cwd: process.cwd() });
  if (facts === undefined) return { facts, doctor: undefined };
  const { coreLimit, filter, mayRaiseLimits } = facts.process;
  const most = mayRaiseLimits ? undefined : coreLimit?.hard;
  const raised: HostFacts = {
    ...facts,
    process: {
      ...facts.process,
      ...(coreLimit === undefined ? {} : { coreLimit: { soft: most, hard: most } }),
      filter: filter === undefined ? undefined : filter | 0x33,
    },
  };
  return { facts, doctor: examine(raised, reader) };
}

/** Why a core may have been lost, with what mends it; most of all what is certain. */
export function reasonsOf({ doctor }: Prospect): string[] {
  if (doctor === undefined) return [];
  const bad = doctor.checks.filter(({ verdict }) => verdict === 'bad');
  const reasons = bad.length > 0 ? bad : doctor.checks.filter(({ verdict }) => verdict === 'unknown');
  return reasons.flatMap(({ text, fixes }) => [text, ...fixes.map((fix) => `  ${fix}`)]);
}
