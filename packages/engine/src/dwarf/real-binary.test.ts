import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { listFixtures, openFixture } from '../../../../fixtures/fixtures.mjs';
import { counters } from '../base/counters.ts';
import { DW_AT } from './attributes.ts';
import { CfiTable } from './cfi.ts';
import { Dwarf } from './dwarf.ts';
import { evaluateLocation, staticAddress } from './expression.ts';
import type { FunctionEntry } from './functions.ts';
import type { KnownFunction } from './sections.ts';

/** The few ELF facts this test needs; the elf floor is not imported on purpose. */
function openElf(path: string) {
  const file = readFileSync(path);
  const u64 = (at: number) => Number(file.readBigUInt64LE(at));
  const header = (index: number) => u64(0x28) + 64 * index;
  const names = u64(header(file.readUInt16LE(0x3e)) + 24);
  const sections = new Map<string, { bytes: Buffer; flags: number; address: number }>();
  for (let i = 0; i < file.readUInt16LE(0x3c); i++) {
    const at = header(i);
    const nameAt = names + file.readUInt32LE(at);
    const name = file.toString('latin1', nameAt, file.indexOf(0, nameAt));
    const isEmpty = file.readUInt32LE(at + 4) === 8;
    const bytes = isEmpty ? Buffer.alloc(0) : file.subarray(u64(at + 24), u64(at + 24) + u64(at + 32));
    sections.set(name, { bytes, flags: u64(at + 8), address: u64(at + 16) });
  }
  const section = (name: string): Uint8Array | undefined => {
    const plain = sections.get(name);
    if (plain !== undefined) return (plain.flags & 0x800) === 0 ? plain.bytes : inflateSync(plain.bytes.subarray(24));
    const old = sections.get(name.replace('.debug', '.zdebug'))?.bytes;
    if (old === undefined) return undefined;
    return old.toString('latin1', 0, 4) === 'ZLIB' ? inflateSync(old.subarray(12)) : old;
  };
  return { section, addressOf: (name: string) => sections.get(name)?.address };
}

function executables(): string[] {
  const fixtures = listFixtures().filter(({ program, flags }) => program === 'sum' && flags === 'default');
  const found = fixtures.map(({ id }) => openFixture(id).exe);
  // For trying it on other Go programs: paths separated by colons.
  return [...found, ...(process.env['INQUEST_DWARF_EXES']?.split(':') ?? [])];
}

const paths = executables();
describe('types by name', () => {
  it.each(paths)('are those of the index of all names, for a part of its work: %s', (path) => {
    const elf = openElf(path);
    const [types, all] = [new Dwarf(elf), new Dwarf(elf)];
    const work = (action: () => unknown): number => {
      const before = counters.entriesRead;
      action();
      return counters.entriesRead - before;
    };
    const whole = work(() => all.prepareNames());
    expect(work(() => types.typeNamed('runtime.g'))).toBeLessThan(whole);
    for (const { name } of all.iterNames('type')) expect(types.typeNamed(name)[0]).toBe(all.typeNamed(name)[0]);
    const functions = [...all.iterNames('function')].map(({ name }) => name).filter((name) => name.includes('main.'));
    const found = [...all.iterNames('function', 'main.')].map(({ name }) => name);
    expect(found.filter((name) => name.includes('main.'))).toEqual(functions);
  });

  it.each(paths)('are guessed by their text, and not where names are at hand: %s', (path) => {
    const { section } = openElf(path);
    const info = section('.debug_info');
    const elf = { section: (name: string) => (name === '.debug_info' ? info : section(name)) };
    const all = new Dwarf(elf);
    const names = [...new Set([...all.iterNames('type')].map(({ name }) => name))].filter((_, i) => i % 61 === 0);
    expect(names.length).toBeGreaterThan(10);
    // In any order: what lies behind the last one is looked at first.
    let found = 0;
    for (const name of [...names, ...[...names].reverse()]) {
      const fresh = new Dwarf(elf);
      fresh.guessType(names[0] as string);
      const guess = fresh.guessType(name);
      if (guess === undefined) continue;
      found++;
      expect(guess).toBe(all.typeNamed(name)[0]);
    }
    expect(found).toBeGreaterThan(names.length);
    const asked = new Dwarf(elf);
    expect(asked.guessType('runtime.no such type')).toBeUndefined();
    expect(asked.guessType('untime.g')).toBeUndefined();
    expect(asked.guessType('runtime.g')).toBeDefined();
    asked.typeNamed('runtime.g');
    expect(asked.guessType('runtime.g')).toBeUndefined();
  });
});

describe('functions of which more is known', () => {
  it.each(paths)('are those that are found without, by less work; what is not so is not believed: %s', (path) => {
    const { section } = openElf(path);
    const plain = new Dwarf({ section });
    const functions = plain.units.filter(({ isCode }) => isCode).flatMap((unit) => [...plain.functionsIn(unit)]);
    const some = functions.filter((_, i) => i % 40 === 0);
    const workOf = (skew: number): number => {
      const knownAt = (pc: number): KnownFunction | undefined => {
        const at = functions.findIndex(({ lowPc, highPc }) => pc >= lowPc && pc < highPc);
        const { name, unit } = functions[at] as FunctionEntry;
        const start = (functions[at + skew] as FunctionEntry | undefined)?.lowPc ?? 0;
        return { name, start, unit: unit.name ?? '' };
      };
      const known = new Dwarf({ section, functionAt: knownAt });
      const before = counters.entriesRead;
      for (const { lowPc, highPc, entry } of some)
        expect(known.functionAt((lowPc + highPc) >> 1)?.entry.offset).toBe(entry.offset);
      return counters.entriesRead - before;
    };
    expect(workOf(0)).toBeLessThan(workOf(1));
  });
});

describe('real Go executables', () => {
  it.each(paths)('%s', (path) => {
    const elf = openElf(path);
    const dwarf = new Dwarf(elf);
    const frames = elf.section('.debug_frame');
    const cfi = new CfiTable({ kind: 'debug_frame', bytes: frames ?? new Uint8Array(0), address: 0 });

    const main = dwarf.functionNamed('main.main')[0];
    expect(main && dwarf.functionAt(main.lowPc)).toBe(main);
    const mainLines = main?.unit.lineTable();
    expect(mainLines?.findLine(main?.lowPc ?? 0)?.file).toMatch(/\.go$/);
    expect(dwarf.packages()).toContainEqual({ path: 'main', name: 'main' });

    checkFunctions(dwarf, cfi);

    const g = dwarf.typeNamed('runtime.g').map((offset) => dwarf.entry(offset));
    const members = g.flatMap((entry) => [...entry.children()].map((child) => child.name()));
    expect(members).toContain('goid');

    const allgs = dwarf.variableNamed('runtime.allgs')[0];
    const address = staticAddress(allgs?.location(0) ?? new Uint8Array(0), () => 0, 0);
    expect(address).toBeGreaterThan(elf.addressOf('.text') ?? 0);

    let withDescriptor = 0;
    for (const { offset } of dwarf.iterNames('type')) {
      const value = dwarf.entry(offset).constant(DW_AT.DW_AT_go_runtime_type);
      if (value === undefined || value === 0) continue;
      withDescriptor++;
      expect(dwarf.typeAtRuntimeOffset(value)).toBeDefined();
    }
    expect(withDescriptor).toBe(dwarf.runtimeTypeCount);
    expect(dwarf.diagnostics).toEqual([]);
  });
});

/** Every function: its scopes, every variable's location at several pcs, and a CFA everywhere. */
function checkFunctions(dwarf: Dwarf, cfi: CfiTable): void {
  let functions = 0;
  let located = 0;
  for (const unit of dwarf.units) {
    if (unit.producer?.startsWith('Go ') !== true) continue;
    for (const fn of dwarf.functionsIn(unit)) {
      functions++;
      for (let pc = fn.lowPc; pc < fn.highPc; pc += Math.max(1, Math.floor((fn.highPc - fn.lowPc) / 5))) {
        expect(dwarf.functionAt(pc), fn.name).toBe(fn);
        expect(cfi.rulesAt(pc)?.cfa, fn.name).toMatchObject({ kind: 'register' });
        for (const scope of fn.scopesAt(pc)) {
          for (const variable of scope.variablesAt(pc)) {
            const expression = variable.location(pc);
            if (expression === undefined) continue;
            located++;
            expect(variable.typeOffset, variable.name).toBeDefined();
            const pieces = evaluateLocation(expression, {
              register: () => 0x1000n,
              cfa: 0x10000,
              readMemory: () => 0n,
              addressAt: (index) => unit.addressAt(index),
              bias: 0,
            });
            for (const piece of pieces)
              if (piece.where.kind === 'absent') expect(piece.where.reason).toBe('optimised away');
          }
        }
      }
    }
  }
  expect(functions).toBeGreaterThan(1000);
  expect(located).toBeGreaterThan(5000);
}
