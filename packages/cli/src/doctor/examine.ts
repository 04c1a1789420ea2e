import type { HostFacts, HostReader } from '@inquest/node';
import { check, type Check, type Examined } from './check.ts';
import { checkDestination, type Destination } from './destination-checks.ts';
import { checkLimit, checkMemory, checkPrivileges, checkTraceback } from './process-checks.ts';

/** What `inquest doctor` answers. */
export interface DoctorResult {
  /** Whether the core of a Go program that crashes here would be kept. */
  readonly verdict: 'kept' | 'lost' | 'unknown';
  /** The process asked about; undefined is any that is started from here. */
  readonly process: { readonly pid: number; readonly name: string | undefined } | undefined;
  readonly destination: Destination['kind'];
  /** Where the core would be, with words in capitals for what comes with the crash. */
  readonly path: string | undefined;
  readonly corePattern: string | undefined;
  readonly container: string | undefined;
  readonly checks: readonly Check[];
}

/** Draws the conclusions from a machine's facts. */
export function examine(facts: HostFacts, reader: HostReader): DoctorResult {
  const examined = { facts, reader };
  const destination = checkDestination(examined);
  const checks = [
    checkTraceback(examined),
    ...checkLimit(examined),
    ...destination.checks,
    ...checkMemory(examined),
    ...checkPrivileges(examined),
    ...containerNotes(examined),
  ];
  const { pid, name } = facts.process;
  return {
    verdict: verdictOf(checks),
    process: pid === undefined ? undefined : { pid, name },
    destination: destination.kind,
    path: destination.path,
    corePattern: facts.patternText,
    container: facts.container?.kind,
    checks,
  };
}

/** One thing that fails is enough to lose a core; what is not known leaves it open. */
function verdictOf(checks: readonly Check[]): DoctorResult['verdict'] {
  if (checks.some(({ verdict }) => verdict === 'bad')) return 'lost';
  return checks.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'kept';
}

/** What holds in a container; these do not decide. */
function containerNotes({ facts: { container, process, pattern } }: Examined): Check[] {
  if (container === undefined) return [];
  const notes = [
    check(
      'container',
      'warning',
      `this is a container (${container.kind}, by ${container.evidence}): core_pattern is that of the machine around it and can be changed only there`,
    ),
  ];
  if (process.pid === undefined) {
    const text = 'a program that is process 1 of its container makes no core: the kernel ignores its SIGABRT';
    notes.push(check('container', 'warning', text, 'docker run --init, or shareProcessNamespace: true in Kubernetes'));
  }
  if (pattern?.kind === 'file') {
    const text = 'the core is written inside the container and goes with it, unless its folder is a volume';
    notes.push(
      check(
        'container',
        'warning',
        text,
        'docker run -v /var/tmp/cores:FOLDER; an emptyDir or hostPath volume in Kubernetes',
      ),
    );
  }
  if (process.seccomp === 2) {
    notes.push(
      check(
        'container',
        'good',
        'a seccomp filter is in place; it does not hinder cores, but may hinder attaching to processes',
      ),
    );
  }
  return notes;
}
