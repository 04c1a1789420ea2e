import { counters } from '../base/counters.ts';
import { attempt, badData, hex, isDebugError } from '../base/errors.ts';
import { lastAtMost } from '../base/ranges.ts';
import { encodeUtf8 } from '../base/text.ts';
import { findKept, type Keeper } from '../bytes/keeper.ts';
import { KeptColumns, packColumns } from './columns.ts';
import { hashName } from './name-hash.ts';
import type { SectionData } from './sections.ts';
import { LONGEST_LENGTH, readHeader, readLength, Unit, type UnitHolder, type UnitLength } from './unit.ts';

/** Where all units are, as it is known without reading them: in file order. */
export interface UnitDirectory {
  /** Offsets of their headers. */
  readonly offsets: Uint32Array;
  /** `hashName` of their names. */
  readonly names: Uint32Array;
}

/** What a directory is kept as. */
export const UNITS_KEPT_AS = 'units';

/** The directory as it was kept; undefined if none was. */
export function findDirectory(keeper: Keeper, make: () => readonly Uint8Array[]): UnitDirectory | undefined {
  const bytes = findKept(keeper, UNITS_KEPT_AS, make);
  return (
    bytes &&
    attempt(() => {
      const columns = new KeptColumns(bytes, 2);
      return { offsets: columns.u32(0), names: columns.u32(1) };
    })
  );
}

/** The directory as it is kept. Throws `bad-data` where there is damage, for of that every run is to tell. */
export function packUnits(table: UnitTable): readonly Uint8Array[] {
  const { units } = table;
  const [problem] = table.diagnostics;
  if (problem !== undefined) throw badData(problem);
  const names = Uint32Array.from(units, (unit) => hashName(encodeUtf8(nameOf(unit))));
  return packColumns([Uint32Array.from(units, ({ offset }) => offset), names]);
}

const nameOf = (unit: Unit): string => attempt(() => unit.name) ?? '';

/**
 * The units of .debug_info in file order, made as far as they are asked for: so far .debug_info is inflated. With a directory, those
 * alone that are asked for.
 */
export class UnitTable implements UnitHolder {
  readonly sections: SectionData;
  /** What could not be read, a sentence each. */
  readonly diagnostics: string[] = [];
  private readonly directory: UnitDirectory | undefined;
  private readonly made: Unit[] = [];
  private readonly offsets: number[] = [];
  /** Units by name: the first `sorted` of those that are made. */
  private readonly byName = new Map<string, Unit[]>();
  private sorted = 0;
  /** Offset of the next unit's header; Infinity if there is none. */
  private next = 0;
  private all: readonly Unit[] | undefined;
  private signatures: ReadonlyMap<bigint, number> | undefined;

  constructor(sections: SectionData, directory?: UnitDirectory) {
    this.sections = sections;
    this.directory = directory;
  }

  /** All of them. */
  get units(): readonly Unit[] {
    this.all ??= this.makeAll();
    return this.all;
  }

  private makeAll(): readonly Unit[] {
    if (this.directory !== undefined) {
      for (let index = 0; index < this.directory.offsets.length; index++) this.at(index);
      return this.made;
    }
    while (this.next < Infinity) this.advance();
    return this.made;
  }

  /** The unit at a place in `units`. */
  at(index: number): Unit | undefined {
    const offset = this.directory?.offsets[index];
    if (offset === undefined) return this.units[index];
    return (this.made[index] ??= this.make(offset, this.lengthAt(offset), index));
  }

  /** Those of that name, one by one. */
  *named(name: string): Iterable<Unit> {
    const { made, byName, directory } = this;
    if (directory !== undefined) {
      const hash = hashName(encodeUtf8(name));
      for (let at = directory.names.indexOf(hash); at >= 0; at = directory.names.indexOf(hash, at + 1)) {
        const unit = this.at(at);
        if (unit !== undefined && nameOf(unit) === name) yield unit;
      }
      return;
    }
    for (let given = 0; ;) {
      const unit = byName.get(name)?.[given];
      if (unit !== undefined) {
        given++;
        yield unit;
      } else if (this.sorted < made.length) {
        const next = made[this.sorted++] as Unit;
        const own = nameOf(next);
        const list = byName.get(own);
        if (list === undefined) byName.set(own, [next]);
        else list.push(next);
      } else if (this.next < Infinity) this.advance();
      else return;
    }
  }

  /** Makes the next unit. A damaged one is left out and told. */
  private advance(): void {
    const { next: at } = this;
    this.next = Infinity;
    if (at >= this.sections.info.length) return;
    try {
      const length = this.lengthAt(at);
      this.next = length.end;
      this.made.push(this.make(at, length, this.made.length));
      this.offsets.push(at);
    } catch (error) {
      if (!isDebugError(error)) throw error;
      this.diagnostics.push(error.message);
    }
  }

  /** Length of the unit whose header is at an offset; all of the unit is there then. */
  private lengthAt(at: number): UnitLength {
    const { info } = this.sections;
    const section = this.sections.growing('.debug_info');
    section.fill(Math.min(info.length, at + LONGEST_LENGTH), at);
    const length = readLength(info, at);
    if (length.end > info.length || length.end <= length.body)
      throw badData(`unit at .debug_info+${hex(at)} runs past the end of the section`);
    section.fill(length.end, at);
    return length;
  }

  private make(at: number, length: UnitLength, index: number): Unit {
    counters.unitsRead++;
    return new Unit(this, index, readHeader(this.sections.info, at, length));
  }

  holding(offset: number): Unit | undefined {
    const { directory } = this;
    if (directory === undefined) while (this.next <= offset) this.advance();
    const index = lastAtMost(directory?.offsets ?? this.offsets, offset);
    if (index < 0) return undefined;
    const unit = directory === undefined ? this.made[index] : this.at(index);
    return unit !== undefined && offset >= unit.firstEntry && offset < unit.end ? unit : undefined;
  }

  typeBySignature(signature: bigint): number | undefined {
    if (this.signatures === undefined) {
      const map = new Map<bigint, number>();
      for (const unit of this.units) if (unit.signature !== undefined) map.set(unit.signature, unit.typeOffset);
      this.signatures = map;
    }
    return this.signatures.get(signature);
  }
}
