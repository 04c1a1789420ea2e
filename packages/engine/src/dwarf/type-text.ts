import { encodeUtf8 } from '../base/text.ts';
import { iterNamedEntries } from './entry-text.ts';
import { isTypeTag } from './entry.ts';
import type { UnitTable } from './unit-table.ts';

/** Abbreviations with higher numbers take more than a byte. */
const MOST_ABBREVS = 0x80;

/**
 * Offset in .debug_info of what is probably the entry of the type of Go of that name; it may be something else (`iterNamedEntries`).
 * Undefined where there is none, and where names are not kept so. What is behind `near`, in the same unit, is looked at first.
 */
export function guessGoType(table: UnitTable, name: string, near: number): number | undefined {
  for (const unit of table.named('runtime')) {
    const { abbrevs, firstEntry, end } = unit;
    if (abbrevs.tags.length > MOST_ABBREVS) return undefined;
    const from = near > firstEntry && near < end ? near : firstEntry;
    const overlap = Math.min(end, from + encodeUtf8(name).length + 1);
    const [found] = iterNamedEntries(unit, name, isTypeTag, from, end);
    const [before] = found === undefined ? iterNamedEntries(unit, name, isTypeTag, firstEntry, overlap) : [];
    if (found !== undefined || before !== undefined) return found ?? before;
  }
  return undefined;
}
