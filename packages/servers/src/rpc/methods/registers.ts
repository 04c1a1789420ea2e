import { shownRegisters, type RegistersResult } from '@inquest/engine';
import type { DelveRegister } from '../api.ts';
import type { Fields } from '../parameters.ts';
import type { RpcSession } from '../rpc-session.ts';
import { DebugError } from '@inquest/engine';

/** The registers of a scope, or else of a thread. */
export function listRegisters(client: RpcSession, parameters: Fields): unknown {
  const all = parameters.flag('IncludeFp');
  const Regs = parameters.has('Scope')
    ? client.inScope(parameters.object('Scope'), () => registersHere(client, all))
    : registersOfThread(client, parameters.integer('ThreadID'), all);
  return { Registers: asText(Regs), Regs };
}

function registersOfThread(client: RpcSession, id: number, all: boolean): DelveRegister[] {
  const { session } = client;
  const thread = id === 0 ? client.thread : session.program.target.threads.find(({ tid }) => tid === id);
  if (thread === undefined) throw new DebugError(`couldn't find thread ${id}`, { code: 'not-found' });
  return session.withSelection({ goroutine: undefined, thread }, () => registersHere(client, all));
}

function registersHere(client: RpcSession, all: boolean): DelveRegister[] {
  const shown = shownRegisters(client.session.program.target.arch);
  const { registers } = client.ask<RegistersResult>('regs', all ? { a: true } : {});
  return registers.map(({ name, value, meaning }) => ({
    Name: name,
    Value: [value, ...meaning].join('\t'),
    DwarfNumber: shown.find((each) => each.name === name)?.dwarf ?? 0,
  }));
}

/** One register a line, the names aligned. */
function asText(registers: readonly DelveRegister[]): string {
  const width = Math.max(0, ...registers.map(({ Name }) => Name.length));
  return registers.map(({ Name, Value }) => `${Name.padStart(width)} = ${Value}\n`).join('');
}
