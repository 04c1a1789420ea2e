import {
  DebugError,
  FLAVOURS,
  sourceAround,
  type DisassemblyResult,
  type Flavour,
  type ListResult,
  type Page,
  type Parameters,
  type RegistersResult,
  type Scope,
} from '@inquest/engine';
import type { DelveInstruction, DelveLocation, DelveRegister } from '@inquest/servers';
import { hex, type DelveCommand, type DelveCommands, type DelveServer } from './server.ts';

/** Delve's numbers of what instructions are written as. */
const FLAVOUR_NUMBERS: Readonly<Record<Flavour, number>> = { gnu: 0, intel: 1, go: 2 };

async function findLocation(server: DelveServer, text: string, scope: Scope): Promise<DelveLocation> {
  const { Locations } = await server.call<{ Locations: readonly DelveLocation[] | null }>('FindLocation', {
    Scope: server.scopeOf(scope),
    Loc: text,
    IncludeNonExecutableLines: true,
  });
  const [first] = Locations ?? [];
  if (first === undefined) throw new DebugError(`there is no place ${text}`, { code: 'not-found' });
  return first;
}

async function list(server: DelveServer, { location }: Parameters, scope: Scope): Promise<ListResult> {
  const given = typeof location === 'string' ? location.trim() : '';
  const frame = server.frameOf(scope);
  const found = given === '' ? await server.frameAt(frame, scope) : await findLocation(server, given, scope);
  const { file, line, pc, function: func } = found;
  const goroutine = scope.goroutine ?? (await server.state()).currentGoroutine?.id;
  return {
    ...sourceAround(server.sources, file, line, server.settings.sourceListLineCount),
    pc: pc === 0 ? undefined : hex(pc),
    function: func?.name,
    goroutine: given === '' ? goroutine : undefined,
    frame: given === '' ? frame : undefined,
  };
}

function flavourOf({ settings }: DelveServer, given: Parameters[string]): Flavour {
  if (given === undefined) return settings.disassembleFlavor;
  const flavour = FLAVOURS.find((each) => each === given);
  if (flavour !== undefined) return flavour;
  throw new DebugError(`there is no flavour ${String(given)}`, {
    code: 'usage',
    hint: `the flavours are ${FLAVOURS.join(', ')}`,
  });
}

/** The addresses that are asked for; an end of 0 is that of the function. */
async function rangeOf(
  server: DelveServer,
  { a, l, location }: Parameters,
  scope: Scope,
): Promise<{ readonly start: number; readonly end: number }> {
  const rest = typeof location === 'string' ? location.trim() : '';
  if (a !== undefined) {
    const [start, end] = [Number(a), Number(rest)];
    if (rest !== '' && Number.isSafeInteger(start) && start < end) return { start, end };
    throw new DebugError('-a needs two addresses, which are numbers here', {
      code: 'usage',
      hint: 'disassemble -a START END',
    });
  }
  const place = typeof l === 'string' ? l : rest;
  const { pc } =
    place === '' ? await server.frameAt(server.frameOf(scope), scope) : await findLocation(server, place, scope);
  if (pc === 0) throw new DebugError(`there is no code at ${place}`, { code: 'not-found' });
  return { start: pc, end: 0 };
}

async function disassemble(server: DelveServer, parameters: Parameters, scope: Scope): Promise<DisassemblyResult> {
  const flavour = flavourOf(server, parameters['flavour']);
  const { start, end } = await rangeOf(server, parameters, scope);
  const { Disassemble } = await server.call<{ Disassemble: readonly DelveInstruction[] | null }>('Disassemble', {
    Scope: server.scopeOf(scope),
    StartPC: start,
    EndPC: end,
    Flavour: FLAVOUR_NUMBERS[flavour],
  });
  const instructions = (Disassemble ?? []).map(({ Loc, DestLoc, Text, Bytes, AtPC }) => ({
    pc: hex(Loc.pc),
    bytes: Buffer.from(Bytes, 'base64').toString('hex'),
    text: Text,
    file: Loc.file,
    line: Loc.line,
    function: Loc.function?.name,
    current: AtPC,
    target: DestLoc === null ? undefined : hex(DestLoc.pc),
    targetName: DestLoc?.function?.name,
  }));
  const [first] = instructions;
  return {
    flavour,
    architecture: '',
    function: first?.function,
    file: first?.file ?? '',
    instructions,
    problem: undefined,
  };
}

async function registers(server: DelveServer, { a, names }: Parameters, scope: Scope): Promise<RegistersResult> {
  const { Regs } = await server.call<{ Regs: readonly DelveRegister[] | null }>('ListRegisters', {
    ThreadID: 0,
    IncludeFp: a === true || names !== undefined,
    Scope: server.scopeOf(scope),
  });
  const all = Regs ?? [];
  const wanted = typeof names === 'string' ? names.toLowerCase().split(/[\s,]+/) : undefined;
  const unknown = wanted?.find((name) => !all.some(({ Name }) => Name.toLowerCase() === name));
  if (unknown !== undefined) throw new DebugError(`there is no register ${unknown}`, { code: 'not-found' });
  return {
    frame: server.frameOf(scope),
    registers: all
      .filter(({ Name }) => wanted?.includes(Name.toLowerCase()) !== false)
      .map(({ Name, Value }) => ({ name: Name, value: Value, meaning: [], note: undefined })),
    unknown: [],
    reason: undefined,
  };
}

/** A list of names that match a regular expression. */
function names(method: string, field: string): DelveCommand {
  return {
    takes: ['regex', 'limit'],
    async run(server, { regex, limit }): Promise<Page<string>> {
      const request = { Filter: typeof regex === 'string' ? regex : '' };
      const found =
        (await server.call<Readonly<Record<string, readonly string[] | null>>>(method, request))[field] ?? [];
      const items = found.slice(0, typeof limit === 'number' ? Math.max(0, limit) : undefined);
      return { items, total: found.length, truncated: items.length < found.length };
    },
  };
}

export const CODE_COMMANDS: DelveCommands = {
  list: { takes: ['location'], run: list },
  disassemble: { takes: ['a', 'l', 'flavour', 'location'], run: disassemble },
  regs: { takes: ['a', 'names'], run: registers },
  funcs: names('ListFunctions', 'Funcs'),
  types: names('ListTypes', 'Types'),
  sources: names('ListSources', 'Sources'),
};
