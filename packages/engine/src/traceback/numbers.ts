/**
 * Floats as the runtime's print writes them. Until Go 1.25 always seven digits and an exponent of three
 * (runtime/print.go printfloat); since Go 1.26 the shortest text that reads back the same (strconv format 'g').
 */
export function formatPrintedFloat(value: number, bits: 32 | 64, minor: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return minor >= 26 ? formatShortest(value, bits) : formatSevenDigits(value);
}

/** `(+1.000000e+000+2.000000e+000i)` until Go 1.25, `(1+2i)` since. */
export function formatPrintedComplex(real: number, imaginary: number, bits: 32 | 64, minor: number): string {
  const left = formatPrintedFloat(real, bits, minor);
  const right = formatPrintedFloat(imaginary, bits, minor);
  const sign = minor >= 26 && !/^[+-]/.test(right) ? '+' : '';
  return `(${left}${sign}${right}i)`;
}

/** Digits of the old form. */
const DIGITS = 7;

/**
 * The runtime's own loop, step by step: it divides and multiplies by ten, so that its last digits are not always the
 * nearest ones, and these are to be the same.
 */
function formatSevenDigits(value: number): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : '+';
  let rest = Math.abs(value);
  let exponent = 0;
  if (rest !== 0) {
    for (; rest >= 10; rest /= 10) exponent++;
    for (; rest < 1; rest *= 10) exponent--;
    let half = 5;
    for (let i = 0; i < DIGITS; i++) half /= 10;
    rest += half;
    if (rest >= 10) {
      exponent++;
      rest /= 10;
    }
  }
  let digits = '';
  for (let i = 0; i < DIGITS; i++) {
    const digit = Math.trunc(rest);
    digits += String(digit);
    rest = (rest - digit) * 10;
  }
  const power = `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(3, '0')}`;
  return `${sign}${digits.slice(0, 1)}.${digits.slice(1)}e${power}`;
}

/** strconv's format 'g' with the shortest digits: an exponent is written below 1e-4 and from 1e6 on. */
function formatShortest(value: number, bits: 32 | 64): string {
  const [, sign = '', first = '0', rest = '', power = '0'] =
    /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(shortestExponential(value, bits)) ?? [];
  const minus = Object.is(value, -0) ? '-' : sign;
  const digits = first + rest;
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 6) {
    const shown = `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
    return `${minus}${first}${rest === '' ? '' : `.${rest}`}e${shown}`;
  }
  if (exponent < 0) return `${minus}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1);
  return `${minus}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The fewest digits that read back as the same float, in the form 1.25e+3. */
function shortestExponential(value: number, bits: 32 | 64): string {
  if (bits === 64) return value.toExponential();
  for (let digits = 0; digits < 9; digits++) {
    const text = value.toExponential(digits);
    if (Math.fround(Number(text)) === value) return text;
  }
  return value.toExponential();
}
