// Asks Inquest and Delve the same about one core.
import {
  formatValue,
  isDebugError,
  operations,
  type Session,
  type FrameResult,
  type GoroutinesResult,
  type LocationResult,
  type Page,
  type PrintResult,
  type RegistersResult,
  type StackResult,
  type ThreadResult,
  type VariableResult,
  type VariablesResult,
} from '@inquest/engine';
import { openCore } from '@inquest/node';
import { treeOfDelve } from '@inquest/servers';
import {
  askDelveTerminal,
  DELVE_LOAD,
  EXPRESSION_CASES,
  DelveClient,
  type DelveFrame,
  type DelveVariable,
} from '../../../testkit/src/index.ts';
import { openFixture } from '../../../../fixtures/fixtures.mjs';
import type { Difference } from './differences.ts';

/** Frames of each stack that are compared with their variables. */
const DEPTH = 50;

/** How many things were compared, by kind, and what differed. */
export interface Comparison {
  readonly counts: Map<string, number>;
  readonly differences: Difference[];
}

interface DelveLocation {
  readonly pc: number;
  readonly file: string;
  readonly line: number;
  readonly function?: { readonly name: string };
}

interface DelveGoroutine {
  readonly id: number;
  readonly currentLoc: DelveLocation;
  readonly userCurrentLoc: DelveLocation;
  readonly goStatementLoc: DelveLocation;
  readonly startLoc: DelveLocation;
  readonly threadID: number;
}

interface DelveFullFrame extends DelveFrame {
  readonly Locals: readonly DelveVariable[] | null;
  readonly Arguments: readonly DelveVariable[] | null;
}

/** Everything that both can be asked about a fixture; the lists of names, which depend on the executable alone, on demand. */
export async function compareFixture(id: string, names: boolean): Promise<Comparison> {
  const { exe, core } = openFixture(id);
  const delve = await DelveClient.open(exe, core);
  try {
    const { session } = openCore({ paths: [exe, core] });
    const comparer = new Comparer(id, session, delve);
    await comparer.all(names);
    if (id.startsWith('exprs/')) comparer.expressions(exe, core);
    return comparer;
  } finally {
    delve.stop();
  }
}

class Comparer implements Comparison {
  readonly counts = new Map<string, number>();
  readonly differences: Difference[] = [];
  private readonly fixture: string;
  private readonly session: Session;
  private readonly delve: DelveClient;

  constructor(fixture: string, session: Session, delve: DelveClient) {
    this.fixture = fixture;
    this.session = session;
    this.delve = delve;
  }

  async all(names: boolean): Promise<void> {
    await this.goroutines();
    await this.threads();
    await this.globals();
    if (!names) return;
    for (const list of ['Funcs', 'Types', 'Sources'] as const) await this.names(list);
  }

  /** Notes one comparison; false if the two differ. `func` is the function of the place. */
  private same(kind: string, place: string, name: string, inquest: string, delve: string, func = ''): boolean {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    if (inquest === delve) return true;
    this.differences.push({ kind, fixture: this.fixture, place, function: func, name, inquest, delve });
    return false;
  }

  private ask<T>(name: string, parameters: Record<string, string | number | boolean> = {}): T {
    const operation = operations.find((each) => each.name === name);
    if (operation === undefined) throw new Error(`no operation ${name}`);
    return operation.run(this.session, parameters) as T;
  }

  private async goroutines(): Promise<void> {
    const answer = await this.delve.call<{ Goroutines: readonly DelveGoroutine[] | null }>('ListGoroutines', {
      Start: 0,
      Count: 0,
    });
    const theirs = new Map((answer.Goroutines ?? []).map((each) => [each.id, each]));
    const { goroutines } = this.ask<GoroutinesResult>('goroutines', { limit: 1e6 });
    const ids = (list: Iterable<number>): string => [...list].sort((a, b) => a - b).join(' ');
    this.same('goroutines', '', '', ids(goroutines.map((each) => each.id)), ids(theirs.keys()));
    for (const ours of goroutines) {
      const other = theirs.get(ours.id);
      if (other === undefined) continue;
      const place = `goroutine ${ours.id}`;
      const compare = (name: string, mine: LocationResult | undefined, its: DelveLocation): boolean =>
        this.same('goroutine', place, name, locationText(mine), delveLocationText(its), mine?.function);
      compare('user', ours.userLocation, other.userCurrentLoc);
      compare('current', ours.currentLocation, other.currentLoc);
      compare('go', ours.goLocation, other.goStatementLoc);
      compare('start', ours.startLocation, other.startLoc);
      this.same('goroutine', place, 'thread', String(ours.thread ?? 0), String(other.threadID));
      await this.stack(ours.id);
    }
  }

  private async stack(goroutine: number): Promise<void> {
    const { Locations } = await this.delve.call<{ Locations: readonly DelveFullFrame[] | null }>('Stacktrace', {
      Id: goroutine,
      Depth: DEPTH,
      Full: true,
      Cfg: DELVE_LOAD,
    });
    const theirs = Locations ?? [];
    const { frames } = this.session.within({ goroutine }, () =>
      this.ask<StackResult>('stack', { depth: DEPTH + 20, full: true }),
    );
    const pairs = align(frames, theirs);
    // Behind the last frame that Delve was asked for, ours go on.
    const lastTheirs = pairs.findLastIndex(([, its]) => its !== undefined);
    for (const [ours, its] of pairs.slice(0, theirs.length > DEPTH ? lastTheirs + 1 : undefined)) {
      const place = `goroutine ${goroutine} frame ${ours?.index ?? '?'}`;
      const func = ours?.function ?? its?.function?.name ?? '';
      const alike = this.same('stack', place, '', frameText(ours), delveFrameText(its), func);
      if (ours === undefined || its === undefined) continue;
      if (!alike && ours.function !== its.function?.name) continue;
      const mine = [...(ours.arguments ?? []), ...(ours.locals ?? [])];
      this.variables(place, func, mine, [...(its.Arguments ?? []), ...(its.Locals ?? [])]);
    }
  }

  private variables(
    place: string,
    func: string,
    ours: readonly VariableResult[],
    theirs: readonly DelveVariable[],
  ): void {
    const rest = [...theirs];
    for (const variable of ours) {
      const at = rest.findIndex((each) => each.name === variable.name && (each.DeclLine ?? 0) === (variable.line ?? 0));
      const other = at >= 0 ? at : rest.findIndex((each) => each.name === variable.name);
      const [its] = other < 0 ? [] : rest.splice(other, 1);
      this.same('variable', place, variable.name, variableText(variable, its), delveVariableText(its), func);
    }
    for (const its of rest) this.same('variable', place, its.name, '(no such variable)', delveVariableText(its), func);
  }

  /** The table of expressions, in the frame that it is written for, as text over several lines. */
  expressions(executable: string, core: string): void {
    const minor = this.session.program.minor;
    const cases = EXPRESSION_CASES.filter(({ from = 0 }) => from <= minor);
    const { frames } = this.ask<StackResult>('stack', { depth: 100 });
    const ours = frames.find((frame) => frame.function === 'main.inner')?.index ?? -1;
    const count = this.frameInDelve(executable, core);
    const theirs = askDelveTerminal(
      executable,
      core,
      cases.map(({ expr }) => `frame ${count} print ${expr}`),
    );
    this.session.selectFrame(ours);
    cases.forEach(({ expr }, i) => {
      const its = theirs[i] ?? '';
      const mine = this.printed(expr);
      const failed = its.startsWith('Command failed: ') && mine.startsWith('Command failed: ');
      this.same('expression', '', expr, failed ? its : mine, its);
    });
  }

  private frameInDelve(executable: string, core: string): number {
    const [stack = ''] = askDelveTerminal(executable, core, ['stack 100']);
    return Number(/^ *(\d+) +0x\w+ in main\.inner$/m.exec(stack)?.[1] ?? -1);
  }

  private printed(expression: string): string {
    try {
      const { variable } = this.ask<PrintResult>('print', { expression });
      if (variable.value === undefined) return `(absent: ${variable.absent ?? ''})`;
      return formatValue(variable.value, { multiline: true, pointerAddress: true });
    } catch (error) {
      if (!isDebugError(error)) throw error;
      return `Command failed: ${error.message}`;
    }
  }

  private async threads(): Promise<void> {
    for (const { id } of this.ask<readonly ThreadResult[]>('threads')) {
      const { Regs } = await this.delve.call<{
        Regs: readonly { readonly Name: string; readonly Value: string }[];
      }>('ListRegisters', { ThreadID: id, IncludeFp: false });
      const thread = this.session.program.target.threads.find(({ tid }) => tid === id);
      const { registers } = this.session.withSelection({ goroutine: undefined, thread }, () =>
        this.ask<RegistersResult>('regs'),
      );
      for (const { Name, Value } of Regs) {
        const mine = registers.find((each) => each.name.toLowerCase() === Name.toLowerCase());
        this.same('register', `thread ${id}`, Name, mine?.value ?? '(none)', Value.split(/\s/)[0] ?? '');
      }
    }
  }

  private async globals(): Promise<void> {
    const { Variables } = await this.delve.call<{ Variables: readonly DelveVariable[] | null }>('ListPackageVars', {
      Filter: '',
      Cfg: DELVE_LOAD,
    });
    const { variables } = this.ask<VariablesResult>('vars');
    const theirs = new Map((Variables ?? []).map((each) => [each.name, each]));
    for (const variable of variables) {
      // Variables of C are C.name here.
      const name = theirs.has(variable.name) ? variable.name : variable.name.replace(/^C\./, '');
      const its = theirs.get(name);
      this.same('global', '', name, variableText(variable, its), delveVariableText(its));
      theirs.delete(name);
    }
    for (const [name, its] of theirs) this.same('global', '', name, '(no such variable)', delveVariableText(its));
  }

  private async names(list: 'Funcs' | 'Types' | 'Sources'): Promise<void> {
    const kind = list.toLowerCase();
    const method = { Funcs: 'ListFunctions', Types: 'ListTypes', Sources: 'ListSources' }[list];
    const answer = await this.delve.call<Record<string, readonly string[] | null>>(method, { Filter: '' });
    const theirs = new Set(answer[list] ?? []);
    const ours = new Set(this.ask<Page<string>>(kind, { limit: 1e9 }).items);
    for (const name of ours) this.same(kind, '', name, 'listed', theirs.has(name) ? 'listed' : 'not listed');
    for (const name of theirs) if (!ours.has(name)) this.same(kind, '', name, 'not listed', 'listed');
  }
}

/** Pairs frames that are the same; what only one side has stands alone. */
function align(
  ours: readonly FrameResult[],
  theirs: readonly DelveFullFrame[],
): (readonly [FrameResult | undefined, DelveFullFrame | undefined])[] {
  const pairs: (readonly [FrameResult | undefined, DelveFullFrame | undefined])[] = [];
  const same = (mine: FrameResult, its: DelveFullFrame): boolean =>
    Number(mine.pc) === its.pc && (mine.function === its.function?.name || its.function === undefined);
  let at = 0;
  for (const its of theirs) {
    let found = ours.findIndex((mine, i) => i >= at && same(mine, its));
    // One that differs in its name only, in the same place.
    if (found < 0) found = ours.findIndex((mine, i) => i === at && Number(mine.pc) === its.pc);
    if (found < 0) {
      pairs.push([undefined, its]);
      continue;
    }
    for (; at < found; at++) pairs.push([ours[at], undefined]);
    pairs.push([ours[found], its]);
    at = found + 1;
  }
  for (; at < ours.length; at++) pairs.push([ours[at], undefined]);
  return pairs;
}

function frameText(frame: FrameResult | undefined): string {
  return frame === undefined ? '(no frame)' : `${frame.function} ${frame.file}:${frame.line}`;
}

function delveFrameText(frame: DelveFrame | undefined): string {
  return frame === undefined ? '(no frame)' : `${frame.function?.name ?? '???'} ${frame.file}:${frame.line}`;
}

function locationText(location: LocationResult | undefined): string {
  return location === undefined ? '(none)' : `${location.function} ${location.file}:${location.line}`;
}

function delveLocationText(location: DelveLocation): string {
  if (location.function === undefined && location.file === '') return '(none)';
  return `${location.function?.name ?? '???'} ${location.file}:${location.line}`;
}

function variableText(variable: VariableResult, its: DelveVariable | undefined): string {
  // The words for what neither has are no matter.
  if (variable.value === undefined)
    return its === undefined || its.unreadable === '' ? `(absent: ${variable.absent ?? ''})` : delveVariableText(its);
  const text = plain(formatValue(variable.value));
  return variable.stale === undefined ? text : `(stale) ${text}`;
}

function delveVariableText(variable: DelveVariable | undefined): string {
  if (variable === undefined) return '(no such variable)';
  return variable.unreadable === ''
    ? plain(formatValue(treeOfDelve(variable)))
    : `(unreadable: ${variable.unreadable})`;
}

/** Leaves out what is each debugger's own: the words for memory that cannot be read, and names of constants, which JSON-RPC shortens. */
function plain(text: string): string {
  return text
    .replace(/\(unreadable [^()]*(\([^()]*\)[^()]*)*\)/g, '(unreadable)')
    .replace(/(?<![\w/.|])[A-Za-z_][\w/.|]* \((-?\d+)\)/g, '$1');
}
