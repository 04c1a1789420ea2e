import type { LocationResult } from '@inquest/engine';
import { relativePath } from '../output/paths.ts';
import { sanitize } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';

/** `./main.go:11`; `?` where no file is known. */
export function fileLine(
  place: { readonly file: string; readonly line: number },
  style: Style,
  shorten?: (path: string) => string,
): string {
  if (place.file === '') return '?';
  return `${sanitize((shorten ?? ((path) => relativePath(path, style)))(style.localPath(place.file)))}:${place.line}`;
}

/** `./main.go:11 main.main (0x484905)`, as Delve writes places. */
export function placeText(place: LocationResult | undefined, style: Style): string {
  if (place === undefined) return '?';
  return `${fileLine(place, style)} ${style.paint.bold(sanitize(place.function))} (${place.pc})`;
}

const known = new WeakMap<Style, WeakMap<LocationResult, string>>();

/** The same for a place that comes again and again, as in a list of goroutines: its text is made once. */
export function knownPlaceText(place: LocationResult | undefined, style: Style): string {
  if (place === undefined) return placeText(place, style);
  let texts = known.get(style);
  if (texts === undefined) known.set(style, (texts = new WeakMap()));
  let text = texts.get(place);
  if (text === undefined) texts.set(place, (text = placeText(place, style)));
  return text;
}

/** Pads on the right to `width` characters. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - text.length));
}

/** Cuts plain text to `width` columns. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1))}…`;
}

/** `1 goroutine`, `2 goroutines`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Units of time, the longest first, in nanoseconds. */
const UNITS: readonly (readonly [name: string, nanoseconds: number])[] = [
  ['day', 86_400e9],
  ['hour', 3600e9],
  ['minute', 60e9],
  ['second', 1e9],
];

/** `5 minutes`: whole units that passed, in the largest unit of which two have; '' for less than a second. */
export function waitText(nanoseconds: number): string {
  const [name, size] = UNITS.find((unit) => nanoseconds >= 2 * unit[1]) ?? ['second', 1e9];
  const count = Math.floor(nanoseconds / size);
  return count === 0 ? '' : plural(count, name);
}
