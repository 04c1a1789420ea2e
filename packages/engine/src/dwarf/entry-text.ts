import { iterMatches } from '../base/byte-search.ts';
import { encodeUtf8 } from '../base/text.ts';
import type { AbbrevTable } from './abbrev.ts';
import { DW_AT } from './attributes.ts';
import { DW_FORM } from './forms.ts';
import type { Unit } from './unit.ts';

/**
 * Offsets in .debug_info from `start` on and before `end` where an entry of that name may begin, found without a walk: by its name as
 * text, behind the number of an abbreviation, which is one byte in Go, whose tag `isWanted` and whose first attribute is a name. What is
 * found may be something else that has the same bytes.
 */
export function* iterNamedEntries(
  { abbrevs, sections }: Unit,
  name: string,
  isWanted: (tag: number) => boolean,
  start: number,
  end: number,
): Generator<number> {
  const { info } = sections;
  for (const at of iterMatches(info, encodeUtf8(`${name}\0`), start + 1, end)) {
    const code = info[at - 1] as number;
    if (code < 0x80 && isWanted(abbrevs.tags[code] ?? 0) && hasNameFirst(abbrevs, code)) yield at - 1;
  }
}

function hasNameFirst({ specs, specStart, specEnd }: AbbrevTable, code: number): boolean {
  const first = specStart[code] as number;
  if (first === specEnd[code]) return false;
  return specs[first] === DW_AT.DW_AT_name && specs[first + 1] === DW_FORM.DW_FORM_string;
}
