import { counters } from '../base/counters.ts';
import { badData, hex } from '../base/errors.ts';
import { Entry } from './entry.ts';
import { SKIP_END, SKIP_LEB, SKIP_STRING } from './forms.ts';
import { checkCode, skipLeb, skipOdd, ulebAt } from './skip.ts';
import type { Unit } from './unit.ts';

/** A walk over all entries of a unit, which halts at some of them. */
export class EntryScan {
  private readonly unit: Unit;
  private readonly wanted: Uint8Array;
  private at: number;
  private below = 0;
  /** Of the entry that was found last: how many are above it. */
  depth = 0;

  /** @param wanted by abbreviation code: 1 for entries to halt at */
  constructor(unit: Unit, wanted: Uint8Array) {
    this.unit = unit;
    this.wanted = wanted;
    this.at = unit.firstEntry;
  }

  /**
   * Offset of the next wanted entry; undefined if there is none. Throws `bad-data` where the unit is broken, and ends there.
   * All in one loop: units are walked seldom, so V8 has little time to make code of several functions quick.
   */
  next(): number | undefined {
    const { unit, wanted } = this;
    const { abbrevs, end } = unit;
    const { info } = unit.sections;
    const { tags, hasChildren, skipStart, program } = abbrevs;
    let { at, below } = this;
    this.at = end;
    while (at < end) {
      const start = at;
      counters.entriesRead++;
      let code = info[at++] as number;
      if (code >= 0x80) {
        code = ulebAt(info, start);
        at = skipLeb(info, start);
      }
      if (code === 0) {
        below--;
        continue;
      }
      if (!(code < tags.length) || tags[code] === 0) checkCode(abbrevs, code, start);
      for (let step = skipStart[code] as number; ; step++) {
        const skip = program[step] as number;
        if (skip > 0) at += skip;
        else if (skip === SKIP_END) break;
        else if (skip === SKIP_LEB) while ((info[at++] as number) >= 0x80);
        else if (skip === SKIP_STRING) at = info.indexOf(0, at) + 1 || end + 1;
        else at = skipOdd(info, at, end, skip, unit);
      }
      if (at > end) throw badData(`entry at .debug_info+${hex(start)} runs past the end of its unit at ${hex(end)}`);
      const depth = below;
      if (hasChildren[code] !== 0) below++;
      if (wanted[code] === 0) continue;
      this.at = at;
      this.below = below;
      this.depth = depth;
      return start;
    }
    return undefined;
  }
}

/** The entries of one tag right below a unit's root, in file order. Throws `bad-data` where the unit is broken. */
export function topEntries(unit: Unit, tag: number): Entry[] {
  const found: Entry[] = [];
  const scan = new EntryScan(
    unit,
    Uint8Array.from(unit.abbrevs.tags, (each) => Number(each === tag)),
  );
  for (let at = scan.next(); at !== undefined; at = scan.next()) if (scan.depth === 1) found.push(new Entry(unit, at));
  return found;
}
