import { Session, type StackResult, type VariablesResult } from '@inquest/engine';
import { DiskSources, openCore } from '@inquest/node';
import { DELVE_LOAD, DelveClient } from '../../testkit/src/index.ts';
import { runOperation, shownByDelve, shownByInquest, type Judged, type Shown } from './truth-score.ts';

/** An executable and its core. */
export interface Twin {
  readonly exe: string;
  readonly core: string;
}

/** Elements, bytes and depth of the values that are compared. */
const ELEMENTS = 64;
const DEPTH = 1;
const LOAD = { ...DELVE_LOAD, MaxArrayValues: ELEMENTS, MaxStringLen: ELEMENTS, MaxVariableRecurse: DEPTH };

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
      const place = { goroutine: undefined, frame: places.indexOf(func) };
      for (const name of namesOf(truth)) {
        const known = withoutAddresses(shownByInquest(truth, name));
        if ('absent' in known || known.stale !== undefined) continue;
        const judged = { func, name, value: known.text };
        inquest.push({ ...judged, shown: withoutAddresses(shownByInquest(session, name)) });
        delve.push({ ...judged, shown: withoutAddresses(await shownByDelve(client, name, place, LOAD)) });
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

/** The frames whose function is on the stack once. */
function framesOf(session: Session): ReadonlyMap<string, { readonly index: number; readonly line: number }> {
  const { frames } = runOperation<StackResult>(session, 'stack', { depth: 300 });
  const once = frames.filter((frame) => frames.filter((other) => other.function === frame.function).length === 1);
  return new Map(once.map((frame) => [frame.function, frame]));
}

function namesOf(session: Session): string[] {
  return ['args', 'locals'].flatMap((name) =>
    runOperation<VariablesResult>(session, name).variables.flatMap((each) =>
      each.shadowed || each.name.startsWith('~') ? [] : [each.name],
    ),
  );
}

function withoutAddresses(shown: Shown): Shown {
  return 'absent' in shown ? shown : { ...shown, text: shown.text.replace(/0x[0-9a-f]+/g, '0x#') };
}
