import { describe, expect, it } from 'vitest';
import { CfiTable, findUnwindRules } from './cfi.ts';

/** One instruction: its opcode and operands. */
const op = (...bytes: number[]) => bytes;
const u32 = (value: number) => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff];
const u64 = (value: number) => [...u32(value), ...u32(Math.floor(value / 2 ** 32))];
const record = (body: number[]) => [...u32(body.length), ...body];
const ascii = (text: string) => text.split('').map((char) => char.charCodeAt(0));

/** A CIE as Go's linker writes it: CFA is rsp+8, the return address at CFA-8. */
const goCie = record([...u32(0xffff_ffff), 3, 0, 1, 0x7c, 16, 0x0c, 7, 8, 0x14, 7, 0, 0x90, 2, 0, 0, 0]);

describe('.debug_frame', () => {
  const fde = record([
    ...u32(0),
    ...u64(0x1000),
    ...u64(0x40),
    ...op(0x44, 0x0e, 0x20), // advance 4: CFA rsp+32
    ...op(0x02, 0x10, 0x0a, 0x0e, 0x30, 0x06, 3), // advance 16: remember, CFA rsp+48
    ...op(0x03, 0x10, 0x00, 0x0b), // advance 16: restore
  ]);
  const table = new CfiTable({ kind: 'debug_frame', bytes: Uint8Array.from([...goCie, ...fde]), address: 0 });

  it('has the rules of each row', () => {
    const offset = (pc: number) => {
      const cfa = table.rulesAt(pc)?.cfa;
      return cfa?.kind === 'register' ? [cfa.register, cfa.offset] : cfa;
    };
    expect(offset(0x1000)).toEqual([7, 8]);
    expect(offset(0x1003)).toEqual([7, 8]);
    expect(offset(0x1004)).toEqual([7, 32]);
    expect(offset(0x1014)).toEqual([7, 48]);
    expect(offset(0x1024)).toEqual([7, 32]);
    expect(offset(0x103f)).toEqual([7, 32]);
    expect(table.rulesAt(0x1040)).toBeUndefined();
    expect(table.rulesAt(0xfff)).toBeUndefined();
  });

  it('has register rules', () => {
    const rules = table.rulesAt(0x1000);
    expect(rules).toMatchObject({ low: 0x1000, high: 0x1040, returnAddressRegister: 16, isSignalFrame: false });
    expect(rules?.registers.get(16)).toEqual({ kind: 'offset', offset: -8 });
    expect(rules?.registers.get(7)).toEqual({ kind: 'val-offset', offset: 0 });
  });

  it('takes what is readable of a truncated section', () => {
    const bytes = Uint8Array.from([...goCie, ...fde, ...fde.slice(0, 20)]);
    expect(new CfiTable({ kind: 'debug_frame', bytes, address: 0 }).size).toBe(1);
  });
});

describe('.eh_frame', () => {
  const at = 0x2000;
  const cie = record([...u32(0), 1, ...ascii('zRS'), 0, 1, 0x78, 16, 1, 0x1b, 0x0c, 7, 8, 0x90, 1]);
  const start = cie.length;
  const fde = record([...u32(start + 4), ...u32(0x5000 - (at + start + 8)), ...u32(0x10), 0, 0x41, 0x0e, 16]);
  const bytes = Uint8Array.from([...cie, ...fde, ...u32(0)]);
  const table = new CfiTable({ kind: 'eh_frame', bytes, address: at });

  it('resolves pc-relative pointers and augmentations', () => {
    expect(table.size).toBe(1);
    const rules = table.rulesAt(0x5001);
    expect(rules).toMatchObject({ low: 0x5000, high: 0x5010, isSignalFrame: true });
    expect(rules?.cfa).toEqual({ kind: 'register', register: 7, offset: 16 });
    expect(findUnwindRules([table], 0x5001)?.low).toBe(0x5000);
  });
});

describe('damage', () => {
  it('never ends in anything but rules, nothing or a DebugError', () => {
    let seed = 7;
    const next = () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 16;
    const good = [...goCie, ...record([...u32(0), ...u64(0x1000), ...u64(0x40), 0x44, 0x0e, 0x20, 0, 0, 0, 0])];
    for (let i = 0; i < 3000; i++) {
      const bytes = Uint8Array.from(good);
      for (let n = 0; n < 3; n++) bytes[next() % bytes.length] = next();
      for (const kind of ['debug_frame', 'eh_frame'] as const) {
        expect(() => findUnwindRules([new CfiTable({ kind, bytes, address: 0 })], 0x1010)).not.toThrow();
      }
    }
  });
});
