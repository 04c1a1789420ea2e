import { hasSwissMaps } from '../../types/descriptor-layout.ts';
import type { GoType } from '../../types/go-type.ts';
import type { ValueContext } from '../context.ts';
import { classicEntries } from './classic.ts';
import type { OpenMap } from './open-map.ts';
import { swissEntries } from './swiss.ts';

/** True if maps of this program are of the swiss design: Go 1.24 and later, unless built without. */
export function usesSwissMaps(context: ValueContext): boolean {
  return hasSwissMaps(context.minor, context.experiments);
}

/** Opens the map whose header is at `address` (not 0). Throws `fault` or `bad-data` when it cannot be a map. */
export function openMap(context: ValueContext, type: GoType, address: number): OpenMap {
  return usesSwissMaps(context) ? swissEntries(context, type, address) : classicEntries(context, type, address);
}
