/** GDB's letters for sizes and formats of `x/…`, and the size that goes with a format where none is given. */
const EXAMINE_SIZES: Readonly<Record<string, number>> = { b: 1, h: 2, w: 4, g: 8 };
const EXAMINE_FORMATS: Readonly<Record<string, readonly [format: string, size: number]>> = {
  x: ['hex', 4],
  z: ['hex', 4],
  d: ['int', 4],
  u: ['uint', 4],
  o: ['oct', 4],
  t: ['bin', 4],
  f: ['float', 8],
  a: ['addr', 8],
  c: ['char', 1],
  s: ['string', 1],
};

/**
 * The flags of `examinemem` for the number and the letters of GDB's `x/20gx`; undefined for letters that are neither a size
 * nor a format.
 */
export function examineFlags(count: string, letters: string): string | undefined {
  let [format, size] = ['hex', 0];
  let usual = 4;
  for (const letter of letters) {
    if (EXAMINE_SIZES[letter] !== undefined) size = EXAMINE_SIZES[letter];
    else if (EXAMINE_FORMATS[letter] !== undefined) [format, usual] = EXAMINE_FORMATS[letter];
    else return undefined;
  }
  return `${count === '' ? '' : `-count ${count} `}-size ${size === 0 ? usual : size} -fmt ${format}`;
}
