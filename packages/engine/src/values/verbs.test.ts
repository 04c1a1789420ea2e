import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatValue } from './format.ts';
import type { ValueTree } from './tree.ts';
import { applyVerb, showRaw } from './verbs.ts';

const leaf = (kind: ValueTree['kind'], value: string): ValueTree => ({
  type: kind,
  kind,
  address: undefined,
  value,
  length: kind === 'string' ? value.length : undefined,
  capacity: undefined,
  children: [],
  base: undefined,
  nil: false,
  truncated: false,
  onlyAddress: false,
  unreadable: undefined,
  note: undefined,
});

// What Go 1.27's fmt.Sprintf prints.
describe('applyVerb', () => {
  it.each([
    ['%x', 'int', '255', 'ff'],
    ['%#x', 'int', '-255', '-0xff'],
    ['%X', 'uint8', '171', 'AB'],
    ['%#X', 'uint8', '171', '0XAB'],
    ['%b', 'int', '5', '101'],
    ['%#b', 'int', '5', '0b101'],
    ['%08b', 'uint8', '5', '00000101'],
    ['%o', 'int', '8', '10'],
    ['%O', 'int', '8', '0o10'],
    ['%#o', 'int', '8', '010'],
    ['%d', 'int', '8', '8'],
    ['%5d', 'int', '-7', '   -7'],
    ['%-5d', 'int', '-7', '-7   '],
    ['%05d', 'int', '-7', '-0007'],
    ['%.3d', 'int', '7', '007'],
    ['%+d', 'int', '7', '+7'],
    ['% d', 'int', '7', ' 7'],
    ['%v', 'int', '7', '7'],
    ['%c', 'int32', '233', 'é'],
    ['%c', 'int', '-1', '\ufffd'],
    ['%q', 'int32', '39', "'\\''"],
    ['%q', 'int32', '34', `'"'`],
    ['%q', 'int32', '10', "'\\n'"],
    ['%+q', 'int32', '233', "'\\u00e9'"],
    ['%U', 'int32', '233', 'U+00E9'],
    ['%#U', 'int32', '233', "U+00E9 'é'"],
    ['%x', 'uint64', '18446744073709551615', 'ffffffffffffffff'],
    ['%s', 'int', '-7', '%!s(int64=-7)'],
    ['%f', 'uint8', '7', '%!f(uint64=7)'],
    ['%T', 'int8', '7', 'int64'],
    ['%f', 'float64', '0.1', '0.100000'],
    ['%.2f', 'float64', '2.675', '2.67'],
    ['%.0f', 'float64', '2.5', '2'],
    ['%.0f', 'float64', '3.5', '4'],
    ['%8.2f', 'float64', '-1.5', '   -1.50'],
    ['%08.2f', 'float64', '-1.5', '-0001.50'],
    ['%+.1f', 'float64', '1.5', '+1.5'],
    ['%e', 'float64', '-2.25', '-2.250000e+00'],
    ['%E', 'float64', '12345.678', '1.234568E+04'],
    ['%.3e', 'float64', '99999', '1.000e+05'],
    ['%e', 'float64', '0', '0.000000e+00'],
    ['%g', 'float64', '100000', '100000'],
    ['%g', 'float64', '1000000', '1e+06'],
    ['%g', 'float64', '0.00001', '1e-05'],
    ['%g', 'float64', '0.0001', '0.0001'],
    ['%.3g', 'float64', '1234.5', '1.23e+03'],
    ['%.3g', 'float64', '0.012345', '0.0123'],
    ['%.10g', 'float64', '100', '100'],
    ['%v', 'float64', '123456789', '1.23456789e+08'],
    ['%G', 'float64', '0.0000001', '1E-07'],
    ['%x', 'float64', '-2.25', '-0x1.2p+01'],
    ['%x', 'float64', '0.1', '0x1.999999999999ap-04'],
    ['%.2x', 'float64', '0.1', '0x1.9ap-04'],
    ['%X', 'float64', '1', '0X1P+00'],
    ['%b', 'float64', '-2.25', '-5066549580791808p-51'],
    ['%b', 'float64', '0.1', '7205759403792794p-56'],
    ['%.17g', 'float64', '1e-323', '9.8813129168249309e-324'],
    ['%.3e', 'float64', '5e-324', '4.941e-324'],
    ['%f', 'float64', 'NaN', 'NaN'],
    ['%f', 'float64', '+Inf', '+Inf'],
    ['%06.1f', 'float64', '-Inf', '  -Inf'],
    ['%d', 'float64', '-2.25', '%!d(float64=-2.25)'],
    ['%d', 'float64', 'NaN', '%!d(float64=NaN)'],
    ['%v', 'complex128', '(1 + -2i)', '(1-2i)'],
    ['%.1f', 'complex64', '(0.5 + 1i)', '(0.5+1.0i)'],
    ['%x', 'complex128', '(3.5 + -4i)', '(0x1.cp+01-0x1p+02i)'],
    ['%d', 'complex128', '(1 + 1i)', '%!d(complex128=(1+1i))'],
    ['%t', 'bool', 'true', 'true'],
    ['%6t', 'bool', 'false', ' false'],
    ['%x', 'bool', 'true', '%!x(bool=true)'],
    ['%s', 'string', 'text', 'text'],
    ['%10s', 'string', 'text', '      text'],
    ['%-6s', 'string', 'text', 'text  '],
    ['%.2s', 'string', 'héé', 'hé'],
    ['%q', 'string', 'a"b', '"a\\"b"'],
    ['%#q', 'string', 'text', '`text`'],
    ['%+q', 'string', 'é', '"\\u00e9"'],
    ['%x', 'string', 'az', '617a'],
    ['% x', 'string', 'az', '61 7a'],
    ['%#x', 'string', 'az', '0x617a'],
    ['%X', 'string', 'jk', '6A6B'],
    ['%d', 'string', 'text', '%!d(string=text)'],
    ['%z', 'string', 'text', '%!z(string=text)'],
  ] as const)('%s of %s %s is %s', (verb, kind, value, expected) => {
    expect(formatValue(applyVerb(leaf(kind, value), verb))).toBe(expected);
  });

  it('goes into structs and lists, and leaves out names of constants', () => {
    const item = { name: 'n', tree: { ...leaf('int', '16'), constant: 'Sixteen' } };
    const struct = { ...leaf('struct', ''), value: undefined, length: 1, children: [item] };
    expect(formatValue(struct)).toBe('struct {n: Sixteen (16)}');
    expect(formatValue(applyVerb(struct, '%x'))).toBe('struct {n: 10}');
  });

  it.each(['%', 'x', '%5', '%*d', '%[1]d', '%.2', '%99999d', '%xx'])('refuses %s', (format) => {
    expect(() => applyVerb(leaf('int', '1'), format)).toThrow(`unknown format ${format}`);
  });

  it('agrees with the host on fixed and scientific numbers', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }), (drawn) => {
        // Values have no sign of zero here.
        const value = drawn + 0;
        const text = (verb: string): string => formatValue(applyVerb(leaf('float64', String(value)), verb));
        expect(Number(text('%.17g'))).toBe(value);
        expect(Number(text('%v'))).toBe(value);
        expect(Number(text('%.20e'))).toBe(value);
        const [mantissa = '', exponent = ''] = text('%b').split('p');
        expect(Number(mantissa) * 2 ** Number(exponent)).toBe(value);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('showRaw', () => {
  it('shows strings as they are, and how much is missing', () => {
    expect(formatValue(showRaw(leaf('string', 'a\n"b"')))).toBe('a\n"b"');
    expect(formatValue(showRaw({ ...leaf('string', 'ab'), length: 10, truncated: true }))).toBe('ab...+8 more');
  });
});
