import {
  DebugError,
  disassembleRange,
  encodeBase64,
  findFunctions,
  findLocations,
  functionFacts,
  functionRange,
  unsubstitutePath,
  type CodeLocation,
  type DisassemblyResult,
  type Flavour,
  type InstructionResult,
  type Page,
  type PathRule,
} from '@inquest/engine';
import type { DelveInstruction, DelveLocation } from '../api.ts';
import type { Fields } from '../parameters.ts';
import type { RpcSession } from '../rpc-session.ts';
import { bytesOfHex } from '../values.ts';
import type { Method, Methods } from './method.ts';

/** By Delve's numbers. */
const FLAVOURS: readonly Flavour[] = ['gnu', 'intel', 'go'];

/** Code that one answer has at most, in bytes: a thousand times what functions have. */
const MOST_CODE = 1 << 18;

function disassemble(client: RpcSession, parameters: Fields): unknown {
  const start = parameters.integer('StartPC');
  const end = parameters.integer('EndPC');
  const flavour = FLAVOURS[parameters.integer('Flavour')] ?? 'intel';
  return {
    Disassemble: client.inScope(parameters.object('Scope'), ({ frame }) => {
      const range = end === 0 ? functionRange(client.session, start) : { start, end };
      if (range === undefined)
        throw new DebugError(`address 0x${start.toString(16)} does not belong to any function`, { code: 'not-found' });
      if (range.end - range.start > MOST_CODE)
        throw new DebugError(`at most ${MOST_CODE} bytes are disassembled at once`, { code: 'limit' });
      return instructions(client, disassembleRange(client.session, range, flavour), frame.pc);
    }),
  };
}

function instructions({ places }: RpcSession, result: DisassemblyResult, pc: number): DelveInstruction[] {
  // Delve tells where calls and jumps go, but not where a branch may go.
  const goes = ({ target, text }: InstructionResult): DelveLocation | null =>
    target === undefined || !/^(callq?|jmpq?|bl?)\b(?!\.)/i.test(text) ? null : places.at(Number(target));
  return result.instructions.map((each) => ({
    Loc: places.location(Number(each.pc), each.function ?? '', each.file, each.line),
    DestLoc: goes(each),
    Text: each.text,
    Bytes: encodeBase64(bytesOfHex(each.bytes)),
    Breakpoint: false,
    AtPC: Number(each.pc) === pc,
  }));
}

/** Rules of the client: pairs of a folder as compiled in, and where the client has it. */
function rulesOf(parameters: Fields): PathRule[] {
  return parameters.list('SubstitutePathRules').map((pair) => {
    const [from, to] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
    if (typeof from !== 'string' || typeof to !== 'string')
      throw new DebugError('a rule of SubstitutePathRules is a pair of strings', { code: 'usage' });
    return { from, to };
  });
}

/** A location as the client wrote it, with the path that was compiled in. */
function asCompiled(location: string, rules: readonly PathRule[]): string {
  const [, path, rest] = /^(\/.*):(\d+)$/.exec(location) ?? [];
  const [compiled] = path === undefined ? [] : unsubstitutePath(path, rules);
  return compiled === undefined ? location : `${compiled}:${rest ?? ''}`;
}

function findLocation(client: RpcSession, parameters: Fields): unknown {
  const { session } = client;
  const text = parameters.text('Loc');
  const linesWithoutCode = parameters.flag('IncludeNonExecutableLines');
  const found = client.inScope(parameters.object('Scope'), () =>
    findLocations(session, asCompiled(text, rulesOf(parameters))),
  );
  const Locations = found.map((location) => {
    if (location.addresses.length === 0 && !linesWithoutCode)
      throw new DebugError(
        `could not find statement at ${location.file}:${location.line}, please use a line with a statement`,
        { code: 'not-found' },
      );
    return codeLocation(client, location, text);
  });
  const [first] = found;
  // Clients that show places by themselves are told what a relative one is.
  const absolute = /^[+-]?\d+$/.test(text) && first !== undefined ? `${first.file}:${first.line}` : '';
  return { Locations, SubstituteLocExpr: absolute };
}

/** A location with the addresses at which a breakpoint would be: of functions behind what makes their frame. */
function codeLocation({ session, places }: RpcSession, location: CodeLocation, text: string): DelveLocation {
  const pcs = location.addresses.map((address) => {
    const func = session.program.findFunc(address)?.func;
    return func?.entry === address ? functionFacts(session, func.entry, func.end).bodyStart : address;
  });
  const [pc = 0] = pcs;
  const at = pc === 0 ? undefined : places.at(pc);
  const name = location.function ?? at?.function?.name ?? '';
  return {
    ...places.location(pc, name, location.file, location.line),
    ...(pcs.length === 0 || text.startsWith('*')
      ? {}
      : { pcs, pcpids: pcs.map(() => session.program.target.pid ?? 0) }),
  };
}

/** A list of names that match a regular expression. */
function names(operation: string, field: string): Method {
  return (client, parameters) => ({
    [field]: client.ask<Page<string>>(operation, { regex: parameters.text('Filter') }).items,
  });
}

/** Where a function returns: at its return instructions, and where it begins to run what it deferred. */
function returnLocations(client: RpcSession, parameters: Fields): unknown {
  const { session } = client;
  const name = parameters.text('FnName');
  const entry = findFunctions(session, name).find((each) => each.name === name)?.addresses[0];
  const range = entry === undefined ? undefined : functionRange(session, entry);
  if (range === undefined) throw new DebugError(`could not find function ${name}`, { code: 'not-found' });
  const found = disassembleRange(session, range, 'intel').instructions.filter(
    ({ text, targetName }) => /^ret\b/.test(text) || targetName === 'runtime.deferreturn',
  );
  return { Addrs: found.map(({ pc }) => Number(pc)) };
}

export const CODE_METHODS: Methods = {
  Disassemble: disassemble,
  FindLocation: findLocation,
  FunctionReturnLocations: returnLocations,
  ListFunctions: names('funcs', 'Funcs'),
  ListSources: names('sources', 'Sources'),
  ListTypes: names('types', 'Types'),
};
