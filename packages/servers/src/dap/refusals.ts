import type { DebugProtocol } from '@vscode/debugprotocol';
import { DebugError } from '@inquest/engine';

const WALK = 'choose frames and goroutines in the call stack: they are as they were at the end';

/** Requests that need a process: what they would do, and what answers the question behind them. */
const LIVE: Readonly<Record<string, readonly [what: string, instead: string]>> = {
  continue: ['run on', WALK],
  next: ['run to the next line', WALK],
  stepIn: ['run into the next call', WALK],
  stepOut: ['run until the function returns', WALK],
  stepBack: ['run backwards', WALK],
  reverseContinue: ['run backwards', WALK],
  pause: ['stop: nothing runs', WALK],
  goto: ['go on elsewhere', WALK],
  gotoTargets: ['go on elsewhere', WALK],
  stepInTargets: ['run into a call', WALK],
  restart: ['start again', 'launch opens a core; the program itself is run by other means'],
  restartFrame: ['go back to the beginning of a call', WALK],
  terminateThreads: ['end threads: nothing runs', WALK],
  setVariable: ['change variables', 'a core is what was'],
  setExpression: ['change variables', 'a core is what was'],
  writeMemory: ['change memory', 'a core is what was'],
};

/** The refusal of a request that needs a process; undefined for other requests. */
export function refusalOf(command: string): DebugError | undefined {
  const entry = Object.hasOwn(LIVE, command) ? LIVE[command] : undefined;
  if (entry === undefined) return undefined;
  return new DebugError(`a core dump cannot ${entry[0]}`, { code: 'unsupported', hint: entry[1] });
}

const RUNS_ON: ReadonlySet<string> = new Set(['continue', 'next', 'stepIn', 'stepOut', 'stepBack', 'reverseContinue']);

/** True for requests behind which a thread runs. */
export function runsOn(command: string): boolean {
  return RUNS_ON.has(command);
}

const UNVERIFIED = 'a core does not run: nothing stops here';

/** Answers to requests for breakpoints: each is kept by the client, and none can be reached. */
export function unverified(count: number): { breakpoints: DebugProtocol.Breakpoint[] } {
  const breakpoint: DebugProtocol.Breakpoint = { verified: false, message: UNVERIFIED, reason: 'failed' };
  return { breakpoints: Array.from({ length: count }, () => breakpoint) };
}
