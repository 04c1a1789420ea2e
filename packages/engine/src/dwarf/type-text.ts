import { iterMatches } from '../base/byte-search.ts';
import { encodeUtf8 } from '../base/text.ts';
import type { AbbrevTable } from './abbrev.ts';
import { DW_AT } from './attributes.ts';
import { isTypeTag } from './entry.ts';
import { DW_FORM } from './forms.ts';
import type { UnitTable } from './unit-table.ts';

/** Abbreviations with higher numbers take more than a byte. */
const MOST_ABBREVS = 0x80;

/**
 * Offset in .debug_info of what is probably the entry of the type of Go of that name: its name as text, behind the number of an
 * abbreviation that types with names begin with. It may be something else that has the same bytes. Undefined where there is none, and
 * where names are not kept so. What is behind `near`, in the same unit, is looked at first.
 */
export function guessGoType(table: UnitTable, name: string, near: number): number | undefined {
  const { info } = table.sections;
  const text = encodeUtf8(`${name}\0`);
  for (const { abbrevs, firstEntry, end } of table.named('runtime')) {
    if (abbrevs.tags.length > MOST_ABBREVS) return undefined;
    const from = near > firstEntry && near < end ? near : firstEntry;
    for (const [start, stop] of [
      [from, end],
      [firstEntry, Math.min(end, from + text.length)],
    ] as const)
      for (const at of iterMatches(info, text, start + 1, stop))
        if (isNamedType(abbrevs, info[at - 1] as number)) return at - 1;
  }
  return undefined;
}

function isNamedType({ tags, specs, specStart }: AbbrevTable, code: number): boolean {
  if (!(code < tags.length) || !isTypeTag(tags[code] as number)) return false;
  const first = specStart[code] as number;
  return specs[first] === DW_AT.DW_AT_name && specs[first + 1] === DW_FORM.DW_FORM_string;
}
