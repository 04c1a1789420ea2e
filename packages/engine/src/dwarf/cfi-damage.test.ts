import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { libraryFolders } from '../../../../fixtures/fixtures.mjs';
import { isDebugError } from '../base/errors.ts';
import { MemorySource } from '../bytes/memory-source.ts';
import { findSection, parseElf, rawSection } from '../elf/elf-file.ts';
import { CfiTable, findUnwindRules } from './cfi.ts';
import { evaluateValue } from './expression.ts';

/** The call frame information of a real dynamic linker, small enough to be damaged often. */
function realSection(): { readonly bytes: Uint8Array; readonly address: number } {
  for (const folder of libraryFolders()) {
    const path = join(folder, 'ld-linux-x86-64.so.2');
    try {
      const elf = parseElf(new MemorySource(path, readFileSync(path)));
      const section = findSection(elf, '.eh_frame');
      if (section !== undefined) return { bytes: rawSection(elf, section), address: section.addr };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  throw new Error('no dynamic linker among the fixtures');
}

describe('damaged call frame information', () => {
  const { bytes, address } = realSection();
  const whole = new CfiTable({ kind: 'eh_frame', bytes, address });
  const [low, high] = [0x1000, 0x28000];

  it('is a real one to begin with', () => {
    expect(whole.size).toBeGreaterThan(250);
    let covered = 0;
    for (let pc = low; pc < high; pc += 64) if (whole.covers(pc)) covered++;
    expect(covered).toBeGreaterThan(1000);
  });

  const change = fc.record({ at: fc.nat(bytes.length - 1), value: fc.integer({ min: 0, max: 255 }) });

  it('gives rules, nothing, or a DebugError, soon', () => {
    const started = performance.now();
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 60 }),
        fc.nat(bytes.length),
        fc.array(fc.integer({ min: low, max: high }), { minLength: 3, maxLength: 6 }),
        fc.constantFrom('eh_frame' as const, 'debug_frame' as const),
        (changes, cut, pcs, kind) => {
          const damaged = bytes.slice(0, changes.length % 3 === 0 ? cut : bytes.length);
          for (const { at, value } of changes) if (at < damaged.length) damaged[at] = value;
          const table = new CfiTable({ kind, bytes: damaged, address });
          for (const pc of pcs) tryRules(table, pc);
        },
      ),
      { numRuns: 1000 },
    );
    expect(performance.now() - started).toBeLessThan(30_000);
  });

  it('reads nonsense to its end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 0, max: 500 }), (nonsense, pc) => {
        tryRules(new CfiTable({ kind: 'eh_frame', bytes: nonsense, address: 0 }), pc);
        tryRules(new CfiTable({ kind: 'debug_frame', bytes: nonsense, address: 0 }), pc);
      }),
      { numRuns: 500 },
    );
  });
});

/** Asks for the rules at a pc, and evaluates those that are expressions. */
function tryRules(table: CfiTable, pc: number): void {
  try {
    const rules = findUnwindRules([table], pc) ?? table.rulesAt(pc);
    if (rules === undefined) return;
    const context = { register: () => 0x1000n, cfa: 0x1000, readMemory: () => 1n, addressAt: () => 0, bias: 0 };
    for (const rule of [rules.cfa, ...rules.registers.values()])
      if ('expression' in rule) evaluateValue(rule.expression, context, 0x1000n);
  } catch (error) {
    if (!isDebugError(error)) throw error;
  }
}
