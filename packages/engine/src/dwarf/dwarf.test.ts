import { describe, expect, it } from 'vitest';
import { DW_AT, DW_TAG } from './attributes.ts';
import { Dwarf } from './dwarf.ts';
import { DW_FORM } from './forms.ts';

const A = DW_AT;
const F = DW_FORM;
const T = DW_TAG;
const u32 = (value: number) => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff];
const u64 = (value: number) => [...u32(value), ...u32(Math.floor(value / 2 ** 32))];
const text = (value: string) => [...value.split('').map((char) => char.charCodeAt(0)), 0];
function uleb(value: number): number[] {
  const out: number[] = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) out.push((value % 128) | 0x80);
  return [...out, value];
}
const abbrev = (code: number, tag: number, children: number, ...specs: number[]) => [
  ...uleb(code),
  ...uleb(tag),
  children,
  ...specs.flatMap(uleb),
  0,
  0,
];

// prettier-ignore
const ABBREVS = [
  ...abbrev(1, T.DW_TAG_compile_unit, 1, A.DW_AT_name, F.DW_FORM_string, A.DW_AT_low_pc, F.DW_FORM_addrx,
    A.DW_AT_ranges, F.DW_FORM_sec_offset, A.DW_AT_addr_base, F.DW_FORM_sec_offset,
    A.DW_AT_str_offsets_base, F.DW_FORM_sec_offset, A.DW_AT_go_package_name, F.DW_FORM_string),
  ...abbrev(2, T.DW_TAG_subprogram, 1, A.DW_AT_name, F.DW_FORM_string, A.DW_AT_low_pc, F.DW_FORM_addrx,
    A.DW_AT_high_pc, F.DW_FORM_udata, A.DW_AT_frame_base, F.DW_FORM_exprloc),
  ...abbrev(3, T.DW_TAG_formal_parameter, 0, A.DW_AT_name, F.DW_FORM_strx1, A.DW_AT_variable_parameter, F.DW_FORM_flag_present,
    A.DW_AT_decl_line, F.DW_FORM_implicit_const, 42),
  ...abbrev(4, T.DW_TAG_lexical_block, 1, A.DW_AT_low_pc, F.DW_FORM_addr, A.DW_AT_high_pc, F.DW_FORM_data1),
  ...abbrev(5, T.DW_TAG_variable, 0, A.DW_AT_name, F.DW_FORM_string, A.DW_AT_type, F.DW_FORM_ref4,
    A.DW_AT_location, F.DW_FORM_sec_offset),
  ...abbrev(6, T.DW_TAG_inlined_subroutine, 1, A.DW_AT_abstract_origin, F.DW_FORM_ref4, A.DW_AT_low_pc, F.DW_FORM_addr,
    A.DW_AT_high_pc, F.DW_FORM_data4, A.DW_AT_call_line, F.DW_FORM_udata),
  ...abbrev(7, T.DW_TAG_formal_parameter, 0, A.DW_AT_abstract_origin, F.DW_FORM_ref4, A.DW_AT_location, F.DW_FORM_exprloc),
  ...abbrev(8, T.DW_TAG_subprogram, 1, A.DW_AT_name, F.DW_FORM_string, A.DW_AT_inline, F.DW_FORM_data1),
  ...abbrev(9, T.DW_TAG_base_type, 0, A.DW_AT_name, F.DW_FORM_string, A.DW_AT_byte_size, F.DW_FORM_data1,
    A.DW_AT_go_runtime_type, F.DW_FORM_addr),
  ...abbrev(10, T.DW_TAG_formal_parameter, 0, A.DW_AT_name, F.DW_FORM_string),
  ...abbrev(11, T.DW_TAG_variable, 0, A.DW_AT_name, F.DW_FORM_string, A.DW_AT_const_value, F.DW_FORM_data8),
  0,
];

/** Assembles entries; `mark` notes an offset, `ref` inserts one that is noted, `header` bytes come first. */
function assemble(
  header: number,
  build: (out: number[], mark: (name: string) => void, at: (name: string) => number) => void,
) {
  const places = new Map<string, number>();
  let out: number[] = [];
  // Twice: forward references are known the second time.
  for (let pass = 0; pass < 2; pass++) {
    out = [];
    build(
      out,
      (name) => places.set(name, header + out.length),
      (name) => places.get(name) ?? 0,
    );
  }
  return { out, places };
}

const HEADER = 12;
const { out: entries, places } = assemble(HEADER, (out, mark, at) => {
  out.push(1, ...text('main'), 0, ...u32(12), ...u32(8), ...u32(8), ...text('main'));
  mark('abstract');
  out.push(8, ...text('main.inner'), 1);
  mark('inner.x');
  out.push(10, ...text('x'));
  mark('inner.gone');
  out.push(10, ...text('gone'), 0);
  mark('outer');
  out.push(2, ...text('main.outer'), 1, ...uleb(0x100), 1, 0x9c);
  out.push(3, 0);
  out.push(11, ...text('k'), ...u64(2 ** 60));
  out.push(4, ...u64(0x1010), 0x20);
  out.push(5, ...text('v'), ...u32(at('int')), ...u32(12));
  out.push(6, ...u32(at('abstract')), ...u64(0x1018), ...u32(8), ...uleb(300));
  out.push(7, ...u32(at('inner.x')), 1, 0x50, 0);
  out.push(0, 0);
  mark('int');
  out.push(9, ...text('int'), 8, ...u64(0x1234));
  out.push(0);
});
const info = [...u32(entries.length + HEADER - 4), 5, 0, 1, 8, ...u32(0), ...entries];
const SECTIONS: Record<string, number[]> = {
  '.debug_info': info,
  '.debug_abbrev': ABBREVS,
  '.debug_addr': [0, 0, 0, 0, 5, 0, 8, 0, ...u64(0x2000), ...u64(0x1000)],
  '.debug_str_offsets': [0, 0, 0, 0, 5, 0, 0, 0, ...u32(3)],
  '.debug_str': [...text('xy'), ...text('arg')],
  '.debug_rnglists': [...u32(0), 5, 0, 8, 0, ...u32(0), 3, 1, ...uleb(0x100), 0],
  '.debug_loclists': [...u32(0), 5, 0, 8, 0, ...u32(0), 1, 1, 4, 0x12, 0x14, 1, 0x51, 4, 0x14, 0x18, 0, 0],
};
const open = (sections: Record<string, number[]> = SECTIONS) =>
  new Dwarf({ section: (name) => (sections[name] ? Uint8Array.from(sections[name]) : undefined) });

describe('Dwarf', () => {
  const dwarf = open();

  it('finds units and functions by address', () => {
    expect(dwarf.units.map((unit) => [unit.name, unit.goPackageName, unit.version])).toEqual([['main', 'main', 5]]);
    expect(dwarf.unitAt(0x1000)?.name).toBe('main');
    expect(dwarf.unitAt(0x1100)).toBeUndefined();
    const fn = dwarf.functionAt(0x10ff);
    expect([fn?.name, fn?.lowPc, fn?.highPc, fn?.isTrampoline]).toEqual(['main.outer', 0x1000, 0x1100, false]);
    expect(dwarf.functionAt(0x1000)).toBe(fn);
    expect(dwarf.diagnostics).toEqual([]);
  });

  it('tells inlined calls, innermost first, with their variables', () => {
    const scopes = dwarf.functionAt(0x1019)?.scopesAt(0x1019) ?? [];
    expect(scopes.map((scope) => [scope.name, scope.callLine, scope.isInlined])).toEqual([
      ['main.inner', 300, true],
      ['main.outer', undefined, false],
    ]);
    expect(scopes[0]?.variablesAt(0x1019).map((v) => [v.name, v.locationState(0x1019)])).toEqual([
      ['x', 'ok'],
      ['gone', 'none'],
    ]);
    expect(dwarf.functionAt(0x1020)?.scopesAt(0x1020).length).toBe(1);
  });

  it('shows variables only where their block is', () => {
    const names = (pc: number) =>
      dwarf
        .functionAt(pc)
        ?.scopesAt(pc)
        .at(-1)
        ?.variablesAt(pc)
        .map((v) => v.name);
    expect(names(0x1000)).toEqual(['arg', 'k']);
    expect(names(0x1012)).toEqual(['arg', 'k', 'v']);
    expect(names(0x1030)).toEqual(['arg', 'k']);
  });

  it('says where a variable is, or why it is nowhere', () => {
    const [arg, k, v] = dwarf.functionAt(0x1012)?.scopesAt(0x1012).at(-1)?.variablesAt(0x1012) ?? [];
    expect([arg?.isArgument, arg?.isResult, arg?.declLine, arg?.locationState(0x1012)]).toEqual([
      true,
      true,
      42,
      'none',
    ]);
    expect(k?.location(0x1012)).toEqual(Uint8Array.of(0x9e, 8, ...u64(2 ** 60)));
    expect([v?.scopeDepth, v?.typeOffset]).toEqual([1, places.get('int')]);
    expect(v?.location(0x1012)).toEqual(Uint8Array.of(0x51));
    expect(v?.locationState(0x1015)).toBe('empty');
    expect(v?.locationState(0x1018)).toBe('no-entry-at-pc');
    expect(v?.coveredRanges).toMatchObject([{ low: 0x1012, high: 0x1014 }]);
  });

  it('finds names and runtime types', () => {
    expect(dwarf.typeNamed('int')).toEqual([places.get('int')]);
    expect(dwarf.typeNamed('in')).toEqual([]);
    expect(dwarf.functionNamed('main.outer').map((fn) => fn.lowPc)).toEqual([0x1000]);
    expect(dwarf.functionNamed('main.inner')).toEqual([]);
    expect([...dwarf.iterNames('function')].map((entry) => entry.name)).toEqual(['main.inner', 'main.outer']);
    expect(dwarf.typeAtRuntimeOffset(0x1234)).toBe(places.get('int'));
    expect(dwarf.typeAtRuntimeOffset(0x1233)).toBeUndefined();
    expect(dwarf.packages()).toEqual([{ path: 'main', name: 'main' }]);
  });

  it('gives exact 64-bit constants', () => {
    const unit = dwarf.units[0];
    const outer = dwarf.entry(places.get('outer') ?? 0);
    const k = [...outer.children()].find((child) => child.name() === 'k');
    expect(k?.constantBig(A.DW_AT_const_value)).toBe(2n ** 60n);
    expect(k?.constant(A.DW_AT_const_value)).toBe(2 ** 60 > Number.MAX_SAFE_INTEGER ? undefined : 2 ** 60);
    expect(unit?.addressAt(1)).toBe(0x1000);
  });

  it('refuses offsets where no entry can be', () => {
    expect(() => dwarf.entry(1)).toThrow('no unit holds .debug_info+0x1');
    expect(() => dwarf.entry(1e9)).toThrow('no unit');
  });

  it('is empty without sections', () => {
    const none = open({});
    expect([none.units.length, none.functionAt(1), none.typeNamed('int')]).toEqual([0, undefined, []]);
  });

  it('answers or throws a DebugError on damaged bytes, never anything else', () => {
    let seed = 3;
    const next = () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 16;
    const names = ['.debug_info', '.debug_abbrev', '.debug_info', '.debug_rnglists', '.debug_loclists'];
    for (let i = 0; i < 4000; i++) {
      const copy = Object.fromEntries(Object.entries(SECTIONS).map(([name, bytes]) => [name, [...bytes]]));
      for (let n = 0; n < 2; n++) {
        const bytes = copy[names[next() % names.length] ?? ''] ?? [];
        bytes[next() % bytes.length] = next() & 0xff;
      }
      try {
        useAll(open(copy));
      } catch (error) {
        expect((error as Error).name, (error as Error).stack).toBe('DebugError');
      }
    }
  });
});

function useAll(dwarf: Dwarf): void {
  dwarf.prepareNames();
  dwarf.functionNamed('main.outer');
  dwarf.variableNamed('v');
  dwarf.packages();
  for (const scope of dwarf.functionAt(0x1019)?.scopesAt(0x1019) ?? []) {
    for (const v of scope.variablesAt(0x1019)) v.locationState(0x1019);
  }
  for (const unit of dwarf.units) for (const fn of dwarf.functionsIn(unit)) fn.scopesAt(fn.lowPc);
}
