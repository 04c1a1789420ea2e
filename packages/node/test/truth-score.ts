import { readFileSync } from 'node:fs';
import {
  DebugError,
  formatValue,
  operations,
  type PrintResult,
  Session,
  type StackResult,
  type ValueTree,
} from '@inquest/engine';
import { openCore } from '@inquest/node';
import { treeOfDelve } from '@inquest/servers';
import { DELVE_LOAD, DelveClient, type DelveLoad } from '../../testkit/src/index.ts';
import type { Fixture } from '../../../fixtures/fixtures.mjs';
import { sourcesOf } from './fixture-session.ts';

/** What a truth program wrote down: the functions of its chain, and what their variables held. */
interface Truth {
  readonly frames: readonly {
    readonly func: string;
    readonly vars: readonly { readonly name: string; readonly value: string }[];
  }[];
}

/** A value that a debugger showed, and whether it warned that it may be an older one; or why it showed none. */
export type Shown = { readonly text: string; readonly stale: string | undefined } | { readonly absent: string };

/** A variable of the truth, and what a debugger made of it. */
export interface Judged {
  readonly func: string;
  readonly name: string;
  readonly value: string;
  readonly shown: Shown;
}

/** A debugger's answers, sorted. Numbers of variables; `wrong` ones are those without a warning. */
export interface Score {
  readonly right: number;
  /** Right, but shown with a warning. */
  readonly rightFlagged: number;
  readonly wrongFlagged: number;
  readonly wrong: number;
  readonly absent: number;
}

/** Elements and depth of values that the truth needs. */
const ELEMENTS = 2000;
const DEPTH = 3;

export function readTruth(fixture: Fixture): Truth {
  return JSON.parse(readFileSync(fixture.truth, 'utf8')) as Truth;
}

/** Counts how the answers compare with the truth. */
export function scoreOf(judged: readonly Judged[]): Score {
  const score = { right: 0, rightFlagged: 0, wrongFlagged: 0, wrong: 0, absent: 0 };
  for (const { value, shown } of judged) {
    if ('absent' in shown || shown.text.includes('(unreadable')) score.absent++;
    else if (shown.text === value) score[shown.stale === undefined ? 'right' : 'rightFlagged']++;
    else score[shown.stale === undefined ? 'wrong' : 'wrongFlagged']++;
  }
  return score;
}

/** Sentences for what is shown wrongly without a warning. */
export function wrongOnes(judged: readonly Judged[]): string[] {
  return judged.flatMap(({ func, name, value, shown }) =>
    'absent' in shown || shown.stale !== undefined || shown.text === value || shown.text.includes('(unreadable')
      ? []
      : [`${func} ${name}: shown as ${shown.text}, but it is ${value}`],
  );
}

/**
 * What Inquest shows of a truth program's core, with the program's sources at hand or without any. `missing` are functions
 * without a frame.
 */
export function askInquest(
  fixture: Fixture,
  program: string,
  withSources: boolean,
): { readonly judged: readonly Judged[]; readonly missing: string[] } {
  const session = sessionOf(fixture, program, withSources);
  const judged: Judged[] = [];
  const missing: string[] = [];
  const places = placesOf(session);
  for (const { func, vars } of readTruth(fixture).frames) {
    const place = places.get(func);
    if (place === undefined) {
      missing.push(func);
      continue;
    }
    if (place.goroutine !== undefined) session.selectGoroutine(place.goroutine);
    session.selectFrame(place.frame);
    for (const { name, value } of vars) judged.push({ func, name, value, shown: shownByInquest(session, name) });
  }
  return { judged, missing };
}

function sessionOf(fixture: Fixture, program: string, withSources: boolean): Session {
  const opened = openCore({ paths: [fixture.exe, fixture.core] });
  const session = new Session(opened.session.program, {
    corePath: opened.corePath,
    sources: sourcesOf(program, withSources),
  });
  session.configuration.set('max-array-values', ELEMENTS);
  session.configuration.set('max-variable-recurse', DEPTH);
  return session;
}

/** What is shown for an expression in the innermost frame of a function. */
export function showExpression(
  fixture: Fixture,
  program: string,
  withSources: boolean,
  func: string,
  expression: string,
): Shown {
  const session = sessionOf(fixture, program, withSources);
  const place = placesOf(session).get(func);
  if (place === undefined) return { absent: `there is no frame of ${func}` };
  session.selectFrame(place.frame);
  return shownByInquest(session, expression);
}

/** Where a function is: a frame of a goroutine, undefined for the one that crashed. */
export interface FramePlace {
  readonly goroutine: number | undefined;
  readonly frame: number;
}

/** The innermost frame of each function, first in the goroutine that crashed, then in the others. */
function placesOf(session: Session): ReadonlyMap<string, FramePlace> {
  const places = new Map<string, FramePlace>();
  const note = (goroutine: number | undefined): void => {
    const { frames } = runOperation<StackResult>(session, 'stack', { depth: 200 });
    for (const frame of frames) {
      const name = plain(frame.function);
      if (!places.has(name)) places.set(name, { goroutine, frame: frame.index });
    }
  };
  note(undefined);
  for (const { id } of session.runtime.goroutines) session.within({ goroutine: id }, () => note(id));
  return places;
}

/** What Delve shows of the same core, on one line as its `locals` does. */
export async function askDelve(fixture: Fixture): Promise<readonly Judged[]> {
  const delve = await DelveClient.open(fixture.exe, fixture.core);
  const judged: Judged[] = [];
  try {
    const places = await placesOfDelve(delve);
    for (const { func, vars } of readTruth(fixture).frames) {
      const place = places.get(func);
      for (const { name, value } of vars) {
        const shown: Shown = place === undefined ? { absent: 'no such frame' } : await shownByDelve(delve, name, place);
        judged.push({ func, name, value, shown });
      }
    }
  } finally {
    delve.stop();
  }
  return judged;
}

async function placesOfDelve(delve: DelveClient): Promise<ReadonlyMap<string, FramePlace>> {
  const places = new Map<string, FramePlace>();
  const note = async (goroutine: number | undefined): Promise<void> => {
    (await delve.stack(goroutine ?? -1)).forEach((each, frame) => {
      const name = plain(each.function?.name ?? '');
      if (!places.has(name)) places.set(name, { goroutine, frame });
    });
  };
  await note(undefined);
  const { Goroutines } = await delve.call<{ Goroutines: readonly { readonly id: number }[] }>('ListGoroutines', {
    Start: 0,
    Count: 0,
  });
  for (const { id } of Goroutines) await note(id);
  return places;
}

/** What Delve shows for an expression in a frame. */
export async function shownByDelve(
  delve: DelveClient,
  name: string,
  place: FramePlace,
  load: DelveLoad = { ...DELVE_LOAD, MaxArrayValues: ELEMENTS, MaxVariableRecurse: DEPTH },
): Promise<Shown> {
  const entries = name.startsWith('{}');
  try {
    const variable = await delve.evaluate(entries ? name.slice(2) : name, place.frame, load, place.goroutine);
    if (variable.unreadable !== '') return { absent: variable.unreadable };
    const tree = treeOfDelve(variable);
    return { text: entries ? entriesText(tree) : formatValue(tree), stale: undefined };
  } catch (error) {
    return { absent: error instanceof Error ? error.message : String(error) };
  }
}

/** What is said of variables without a value, and of memory that was given to others. */
const ABSENT = /not available|there is no variable|is damaged|cannot read memory|is a (?:built-in function|type)/;

/** What Inquest shows for an expression in the selected frame. */
export function shownByInquest(session: Session, name: string): Shown {
  const entries = name.startsWith('{}');
  try {
    const { variable } = runOperation<PrintResult>(session, 'print', { expression: entries ? name.slice(2) : name });
    if (variable.value === undefined) return { absent: variable.absent ?? '' };
    const text = entries ? entriesText(variable.value) : formatValue(variable.value);
    return { text, stale: variable.stale };
  } catch (error) {
    if (error instanceof DebugError && ABSENT.test(error.message)) return { absent: error.message };
    throw error;
  }
}

/** Runs one of the operations. */
export function runOperation<T>(
  session: Session,
  name: string,
  parameters: Record<string, string | number | boolean> = {},
): T {
  const operation = operations.find((each) => each.name === name);
  if (operation === undefined) throw new Error(`no operation ${name}`);
  return operation.run(session, parameters) as T;
}

/** A function's name as the truth writes it: type arguments elided. */
function plain(name: string): string {
  const open = name.indexOf('[');
  return open < 0 ? name : `${name.slice(0, open)}[...]${name.slice(name.lastIndexOf(']') + 1)}`;
}

/** Entries of a map in the order of their text, as the program recorded them. */
function entriesText(tree: ValueTree): string {
  const pairs: string[] = [];
  for (let i = 0; i + 1 < tree.children.length; i += 2) {
    const [key, value] = [tree.children[i]?.tree, tree.children[i + 1]?.tree];
    if (key === undefined || value === undefined) continue;
    const text = (part: ValueTree): string => formatValue(part, { bare: !['interface', 'slice'].includes(part.kind) });
    pairs.push(`${text(key)}: ${text(value)}`);
  }
  return pairs.sort((a, b) => (a < b ? -1 : 1)).join('; ');
}
