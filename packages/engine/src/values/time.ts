import { readU64Big } from '../base/cursor.ts';
import type { ValueContext } from './context.ts';
import { bytesOf, type Value } from './handle.ts';

/** wall: highest bit says that the seconds are in `wall` too, and that `ext` is the monotonic clock (time/time.go). */
const HAS_MONOTONIC = 1n << 63n;
/** Bits of nanoseconds below the seconds in `wall`. */
const NANOSECOND_BITS = 30n;
/** Seconds from January 1 of year 1, which `ext` counts from, to 1970. */
const YEAR_1_TO_1970 = 62_135_596_800n;
/** Seconds from January 1 of 1885, which `wall` counts from, to 1970. */
const YEAR_1885_TO_1970 = 2_682_288_000n;
/** What Date can express, in seconds from 1970. */
const MOST_SECONDS = 8_640_000_000_000n;

/**
 * A time.Time (struct {wall uint64; ext int64; loc}) in UTC as RFC 3339, without fractions, as Delve shows it; with the monotonic
 * clock in nanoseconds behind it where there is one. Undefined for years that no calendar has.
 */
export function timeText(context: ValueContext, value: Value): string | undefined {
  const wallField = value.type.field('wall');
  const extField = value.type.field('ext');
  if (wallField?.offset !== 0 || extField?.offset !== 8 || value.type.size < 16) return undefined;
  const bytes = bytesOf(context, value);
  const wall = readU64Big(bytes, 0);
  const ext = BigInt.asIntN(64, readU64Big(bytes, 8));
  if ((wall & HAS_MONOTONIC) === 0n) return rfc3339(ext - YEAR_1_TO_1970);
  const seconds = (wall & (HAS_MONOTONIC - 1n)) >> NANOSECOND_BITS;
  const text = rfc3339(seconds - YEAR_1885_TO_1970);
  return text === undefined ? undefined : `${text}, ${ext < 0n ? '' : '+'}${ext}`;
}

function rfc3339(seconds: bigint): string | undefined {
  if (seconds > MOST_SECONDS || seconds < -MOST_SECONDS) return undefined;
  const date = new Date(Number(seconds) * 1000);
  const pad = (number: number, width = 2): string => String(number).padStart(width, '0');
  const year = date.getUTCFullYear();
  const day = `${year < 0 ? `-${pad(-year, 4)}` : pad(year, 4)}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`;
  return `${day}T${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}Z`;
}
