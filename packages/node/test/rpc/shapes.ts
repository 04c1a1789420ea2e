// Asks two servers of Delve's JSON-RPC the same, and compares what they answer field by field.
import type { DelveClient } from '../../../testkit/src/index.ts';
import type { RpcTestClient } from './rpc-over.ts';

/** A field that is not the same. */
export interface ShapeDifference {
  /** `variable`, `frame`, `thread`, `goroutine`, `register`, `type`, `instruction`, … */
  readonly kind: string;
  /** Name of the field. */
  readonly field: string;
  /** Of which function, variable, …, and where in it. */
  readonly place: string;
  readonly inquest: unknown;
  readonly delve: unknown;
}

type Shape = Readonly<Record<string, unknown>>;

interface Frame {
  readonly pc: number;
  readonly FrameOffset: number;
  readonly function?: { readonly name: string };
  readonly Arguments: readonly Shape[] | null;
  readonly Locals: readonly Shape[] | null;
}

/** Addresses that Delve, and we, give to what has none. */
const isMadeUp = (delve: unknown, inquest: unknown): boolean =>
  Number(delve) >= 0xbeed_0000_0000_0000 && Number(inquest) >= 2 ** 50 && Number(inquest) < 2 ** 52;

/** Frames of each stack. */
const DEPTH = 200;

export async function compareShapes(
  inquest: RpcTestClient,
  delve: DelveClient,
  load: object,
): Promise<{ readonly count: number; readonly differences: readonly ShapeDifference[] }> {
  const comparer = new Comparer(inquest, delve);
  await comparer.machine();
  await comparer.stacks(load);
  await comparer.globals(load);
  await comparer.code();
  return comparer;
}

class Comparer {
  count = 0;
  readonly differences: ShapeDifference[] = [];
  private readonly inquest: RpcTestClient;
  private readonly delve: DelveClient;

  constructor(inquest: RpcTestClient, delve: DelveClient) {
    this.inquest = inquest;
    this.delve = delve;
  }

  private async ask<T>(method: string, parameters: object = {}): Promise<readonly [T, T]> {
    return [await this.inquest.call<T>(method, parameters), await this.delve.call<T>(method, parameters)];
  }

  private compare(kind: string, place: string, inquest: unknown, delve: unknown, field = ''): void {
    if (isObject(inquest) && isObject(delve)) {
      for (const key of new Set([...Object.keys(inquest), ...Object.keys(delve)]))
        this.compare(kind, /^\d+$/.test(key) ? `${place}[${key}]` : place, inquest[key], delve[key], key);
      return;
    }
    this.count++;
    if (inquest !== delve && !isMadeUp(delve, inquest))
      this.differences.push({ kind, place, field: /^\d+$/.test(field) ? 'item' : field, inquest, delve });
  }

  /** A variable and what is in it; what is unreadable to one side is told once. */
  private variable(place: string, inquest: Shape, delve: Shape): void {
    const unreadable = [inquest['unreadable'], delve['unreadable']];
    if (unreadable.some((why) => why !== '')) {
      this.compare('unreadable', place, unreadable[0] !== '', unreadable[1] !== '');
      return;
    }
    const { children: ours, ...own } = inquest;
    const { children: theirs, ...its } = delve;
    this.compare('variable', `${place} ${String(delve['type'])}`, own, its);
    const [mine, others] = [ours, theirs].map((list) => (list ?? []) as readonly Shape[]) as [Shape[], Shape[]];
    this.compare('variable', place, mine.length, others.length, 'children');
    if (mine.length !== others.length) return;
    mine.forEach((child, i) => this.variable(`${place}.${String(child['name']) || i}`, child, others[i] ?? {}));
  }

  private variables(place: string, inquest: readonly Shape[], delve: readonly Shape[]): void {
    for (const variable of delve) {
      const { name, DeclLine } = variable;
      const mine = inquest.find((each) => each['name'] === name && each['DeclLine'] === DeclLine);
      if (mine === undefined) this.compare('variable', `${place}:${String(name)}`, false, true, 'listed');
      else this.variable(`${place}:${String(name)}`, mine, variable);
    }
    // Those that both list come in the same order.
    const names = (of: readonly Shape[], both: readonly Shape[]): string =>
      of
        .map(({ name }) => name)
        .filter((each) => both.some(({ name }) => name === each))
        .join(' ');
    this.compare('variable', place, names(inquest, delve), names(delve, inquest), 'order');
  }

  async stacks(load: object): Promise<void> {
    const [, { Goroutines }] = await this.ask<{ Goroutines: readonly { readonly id: number }[] }>('ListGoroutines', {});
    for (const { id } of Goroutines) {
      const wanted = { Id: id, Depth: DEPTH, Full: true, Cfg: load };
      const [ours, theirs] = await this.ask<{ Locations: readonly Frame[] }>('Stacktrace', wanted);
      for (const frame of theirs.Locations) {
        const mine = ours.Locations.find(
          ({ pc, FrameOffset, function: func }) =>
            pc === frame.pc && FrameOffset === frame.FrameOffset && func?.name === frame.function?.name,
        );
        const place = `${frame.function?.name ?? '???'}`;
        if (mine === undefined) this.compare('frame', place, false, true, 'listed');
        else this.frame(place, mine, frame);
      }
    }
  }

  private frame(place: string, inquest: Frame, delve: Frame): void {
    const { Arguments, Locals, ...own } = inquest;
    const { Arguments: theirArguments, Locals: theirLocals, ...its } = delve;
    this.compare('frame', place, own, its);
    this.variables(place, Arguments ?? [], theirArguments ?? []);
    this.variables(place, Locals ?? [], theirLocals ?? []);
  }

  async globals(load: object): Promise<void> {
    const [ours, theirs] = await this.ask<{ Variables: readonly Shape[] }>('ListPackageVars', {
      Filter: '',
      Cfg: load,
    });
    this.variables('', ours.Variables, theirs.Variables);
  }

  async machine(): Promise<void> {
    const byId = <T extends { readonly id: number }>(list: readonly T[]): T[] => [...list].sort((a, b) => a.id - b.id);
    const [ours, theirs] = await this.ask<{ Threads: readonly (Shape & { readonly id: number })[] }>('ListThreads');
    this.compare('thread', '', byId(ours.Threads), byId(theirs.Threads));
    for (const { id } of theirs.Threads) {
      const registers = await this.ask<Shape>('ListRegisters', { ThreadID: id, IncludeFp: true });
      this.compare('register', '', ...registers);
    }
    const [mine, its] = await this.ask<{ Goroutines: readonly Shape[] }>('ListGoroutines', { Start: 0, Count: 0 });
    this.compare('goroutine', '', mine, its);
    for (const method of ['BuildID', 'ProcessPid', 'Recorded', 'AttachedToExistingProcess', 'ListBreakpoints'])
      this.compare('process', method, ...(await this.ask<Shape>(method)));
  }

  /** Functions, places, instructions and types. */
  async code(): Promise<void> {
    const [ours, theirs] = await this.ask<{ Funcs: readonly string[] }>('ListFunctions', { Filter: '^main\\.' });
    this.compare('names', '', ours.Funcs.join('\n'), [...new Set(theirs.Funcs)].join('\n'));
    const scope = { GoroutineID: -1 };
    for (const name of theirs.Funcs.filter((each) => !each.includes('['))) {
      const found = await this.delve
        .call<{ Locations: readonly Shape[] }>('FindLocation', { Scope: scope, Loc: name })
        .catch(() => undefined);
      if (found === undefined) continue;
      const mine = await this.inquest.call<{ Locations: readonly Shape[] }>('FindLocation', {
        Scope: scope,
        Loc: name,
      });
      this.compare('location', name, mine, found);
      const StartPC = found.Locations[0]?.['pc'];
      this.compare(
        'instruction',
        name,
        ...(await this.ask<Shape>('Disassemble', { Scope: scope, StartPC, Flavour: 1 })),
      );
    }
    const [, { Types }] = await this.ask<{ Types: readonly string[] }>('ListTypes', {
      Filter: '^(main|sync|internal/abi)\\.',
    });
    for (const Name of Types) this.compare('type', Name, ...(await this.ask<Shape>('TypeInfo', { Name })));
  }
}

function isObject(value: unknown): value is Shape {
  return typeof value === 'object' && value !== null;
}
