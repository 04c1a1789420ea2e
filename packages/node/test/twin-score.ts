import {
  formatValue,
  operations,
  Session,
  type PrintResult,
  type StackResult,
  type VariablesResult,
} from '@inquest/engine';
import { DiskSources, openCore } from '@inquest/node';
import { treeOfDelve } from '@inquest/servers';
import { DELVE_LOAD, DelveClient } from '../../testkit/src/index.ts';
import type { Judged, Shown } from './truth-score.ts';

/** An executable and its core. */
export interface Twin {
  readonly exe: string;
  readonly core: string;
}

/** Elements, bytes and depth of the values that are compared. */
const ELEMENTS = 64;
const DEPTH = 1;

/**
 * What both debuggers show of an optimised program, held to what Inquest shows of the same program built with -N -l, which died at the
 * same place: of the stack that crashed, the variables of the functions that are on it once in both, at the same line. Addresses count as
 * equal.
 */
export async function askTwins(
  optimised: Twin,
  plain: Twin,
): Promise<{ readonly inquest: readonly Judged[]; readonly delve: readonly Judged[] }> {
  const [session, truth] = [sessionOf(optimised), sessionOf(plain)];
  const [frames, real] = [framesOf(session), framesOf(truth)];
  const client = await DelveClient.open(optimised.exe, optimised.core);
  try {
    const places = (await client.stack(-1)).map((each) => each.function?.name ?? '');
    const [inquest, delve]: [Judged[], Judged[]] = [[], []];
    for (const [func, { index, line }] of frames) {
      const twin = real.get(func);
      if (twin?.line !== line || func.startsWith('runtime.')) continue;
      session.selectFrame(index);
      truth.selectFrame(twin.index);
      for (const name of namesOf(truth)) {
        const known = shown(truth, name);
        if ('absent' in known || known.stale !== undefined) continue;
        const judged = { func, name, value: known.text };
        inquest.push({ ...judged, shown: shown(session, name) });
        delve.push({ ...judged, shown: await shownByDelve(client, name, places.indexOf(func)) });
      }
    }
    return { inquest, delve };
  } finally {
    client.stop();
  }
}

function sessionOf({ exe, core }: Twin): Session {
  const opened = openCore({ paths: [exe, core] });
  const sources = new DiskSources({
    executable: exe,
    besides: [],
    env: process.env,
    rules: () => [],
    goVersion: () => undefined,
  });
  const session = new Session(opened.session.program, { corePath: opened.corePath, sources });
  session.configuration.set('max-array-values', ELEMENTS);
  session.configuration.set('max-string-len', ELEMENTS);
  session.configuration.set('max-variable-recurse', DEPTH);
  return session;
}

function run<T>(session: Session, name: string, parameters: Record<string, string | number> = {}): T {
  return operations.find((each) => each.name === name)?.run(session, parameters) as T;
}

/** The frames whose function is on the stack once. */
function framesOf(session: Session): ReadonlyMap<string, { readonly index: number; readonly line: number }> {
  const { frames } = run<StackResult>(session, 'stack', { depth: 300 });
  const once = frames.filter((frame) => frames.filter((other) => other.function === frame.function).length === 1);
  return new Map(once.map((frame) => [frame.function, frame]));
}

function namesOf(session: Session): string[] {
  return ['args', 'locals'].flatMap((name) =>
    run<VariablesResult>(session, name).variables.flatMap((each) =>
      each.shadowed || each.name.startsWith('~') ? [] : [each.name],
    ),
  );
}

const withoutAddresses = (text: string): string => text.replace(/0x[0-9a-f]+/g, '0x#');

function shown(session: Session, expression: string): Shown {
  try {
    const { variable } = run<PrintResult>(session, 'print', { expression });
    if (variable.value === undefined) return { absent: variable.absent ?? '' };
    return { text: withoutAddresses(formatValue(variable.value)), stale: variable.stale };
  } catch (error) {
    return { absent: error instanceof Error ? error.message : String(error) };
  }
}

async function shownByDelve(client: DelveClient, name: string, frame: number): Promise<Shown> {
  const load = { ...DELVE_LOAD, MaxArrayValues: ELEMENTS, MaxStringLen: ELEMENTS, MaxVariableRecurse: DEPTH };
  try {
    const variable = await client.evaluate(name, frame, load);
    if (variable.unreadable !== '') return { absent: variable.unreadable };
    return { text: withoutAddresses(formatValue(treeOfDelve(variable))), stale: undefined };
  } catch (error) {
    return { absent: error instanceof Error ? error.message : String(error) };
  }
}
