import { describe, expect, it } from 'vitest';
import { LineTable } from './lines.ts';
import { SectionData } from './sections.ts';

const u16 = (value: number) => [value & 0xff, value >>> 8];
/** One instruction: its opcode and operands. */
const op = (...bytes: number[]) => bytes;
const u32 = (value: number) => [...u16(value & 0xffff), ...u16(value >>> 16)];
const text = (value: string) => [...value.split('').map((char) => char.charCodeAt(0)), 0];

const OPCODE_LENGTHS = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];
/** Set address 0x1000, line 10; then rows; end of sequence. */
const PROGRAM = [
  ...op(0, 9, 2, 0x00, 0x10, 0, 0, 0, 0, 0, 0),
  ...op(3, 9, 1), // line 10
  ...op(2, 4, 10, 3, 1, 1), // +4, prologue end, line 11
  ...op(4, 2, 2, 4, 6, 1), // file 2, +4, not a statement
  13 + 4 + 4 * 8, // special: address +4, line +0
  ...op(2, 8, 0, 1, 1),
];

function table(version: number, tables: number[], program: number[] = PROGRAM, extra: Record<string, number[]> = {}) {
  const head = [1, ...(version >= 4 ? [1] : []), 1, 0xfc, 8, 13, ...OPCODE_LENGTHS, ...tables];
  const before = [...u16(version), ...(version >= 5 ? [8, 0] : []), ...u32(head.length)];
  const body = [...before, ...head, ...program];
  const sections: Record<string, number[]> = { '.debug_line': [...u32(body.length), ...body], ...extra };
  const data = new SectionData({ section: (name) => (sections[name] ? Uint8Array.from(sections[name]) : undefined) });
  return new LineTable(data, 0, '/work', 8);
}

const V2_TABLES = [
  ...text('sub'),
  0,
  ...text('/abs/a.go'),
  0,
  0,
  0,
  ...text('b.c'),
  1,
  0,
  0,
  ...text('c.c'),
  0,
  0,
  0,
  0,
];

describe('LineTable', () => {
  it('resolves file names of version 2 to 4, counted from 1', () => {
    const lines = table(2, V2_TABLES);
    expect([0, 1, 2, 3, 4].map((file) => lines.fileName(file))).toEqual([
      undefined,
      '/abs/a.go',
      '/work/sub/b.c',
      '/work/c.c',
      undefined,
    ]);
  });

  it('resolves file names of version 5', () => {
    const tables = [1, 1, 8, 2, ...text('/work'), ...text('sub'), 2, 1, 0x1f, 2, 0x0b, 2, ...u32(0), 0, ...u32(4), 1];
    const lines = table(5, tables, PROGRAM, { '.debug_line_str': [...text('a.c'), ...text('b.c')] });
    expect([0, 1].map((file) => lines.fileName(file))).toEqual(['/work/a.c', '/work/sub/b.c']);
  });

  it('finds the row of a pc', () => {
    const lines = table(4, V2_TABLES);
    expect(lines.findLine(0xfff)).toBeUndefined();
    expect(lines.findLine(0x1000)).toEqual({ address: 0x1000, end: 0x1004, file: '/abs/a.go', line: 10, isStmt: true });
    expect(lines.findLine(0x1007)).toMatchObject({ address: 0x1004, line: 11 });
    expect(lines.findLine(0x1008)).toMatchObject({ file: '/work/sub/b.c', line: 11, isStmt: false });
    expect(lines.findLine(0x1013)).toMatchObject({ address: 0x100c, end: 0x1014 });
    expect(lines.findLine(0x1014)).toBeUndefined();
  });

  it('finds the addresses of a line, and the end of a prologue', () => {
    const lines = table(4, V2_TABLES);
    expect(lines.addressesOf('/abs/a.go', 11)).toEqual([0x1004]);
    expect(lines.addressesOf('/abs/a.go', 12)).toEqual([]);
    expect(lines.linesOf('/abs/a.go')).toEqual([10, 11]);
    expect(lines.prologueEnd(0x1000, 0x1010)).toBe(0x1004);
  });

  it('keeps the rows before damage', () => {
    const lines = table(4, V2_TABLES, [...PROGRAM, 0, 9, 2, 0]);
    expect(lines.findLine(0x1000)?.line).toBe(10);
    expect(lines.rows.problem).toContain('unexpected end of .debug_line');
  });

  it('refuses a damaged header', () => {
    expect(() => table(7, V2_TABLES)).toThrow('unknown version 7');
  });
});
