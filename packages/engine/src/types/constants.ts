import { attempt } from '../base/errors.ts';
import { DW_AT, DW_TAG } from '../dwarf/attributes.ts';
import type { Dwarf } from '../dwarf/dwarf.ts';
import { topEntries } from '../dwarf/entry-scan.ts';

interface NamedValue {
  readonly name: string;
  readonly value: bigint;
}

/** The typed constants of a package: the entries of each type's, by the type's name. */
type ConstantEntries = ReadonlyMap<string, readonly number[]>;

/**
 * The names of typed integer constants (`Blue`, `FlagA|FlagC`), by the name of their type. They are looked for in the package of
 * the type alone: the first asking about a package costs a walk over its unit, where a pass over all of DWARF costs ten times as
 * much in large programs.
 */
export class TypeConstants {
  private readonly dwarf: Dwarf;
  private readonly byPackage = new Map<string, ConstantEntries>();
  private readonly byType = new Map<string, readonly NamedValue[]>();

  constructor(dwarf: Dwarf) {
    this.dwarf = dwarf;
  }

  /** What to call `value` of the type of that name, as Delve does: one constant, or several with one bit each; else undefined. */
  nameOf(typeName: string, value: bigint): string | undefined {
    const constants = this.of(typeName);
    const exact = constants.find((constant) => constant.value === value);
    if (exact !== undefined) return exact.name;
    if (value === 0n) return undefined;
    const names: string[] = [];
    let rest = value;
    for (const constant of constants) {
      if (!isSingleBit(constant.value) || (rest & constant.value) === 0n) continue;
      names.push(constant.name);
      rest &= ~constant.value;
    }
    return rest === 0n ? names.join('|') : undefined;
  }

  /** The constants of the type of that name, by value. */
  of(typeName: string): readonly NamedValue[] {
    let constants = this.byType.get(typeName);
    if (constants === undefined) this.byType.set(typeName, (constants = this.read(typeName)));
    return constants;
  }

  private read(typeName: string): readonly NamedValue[] {
    const found: NamedValue[] = [];
    for (const offset of this.entriesOf(packageOf(typeName)).get(typeName) ?? []) {
      const constant = attempt(() => this.constant(offset, typeName));
      if (constant !== undefined) found.push(constant);
    }
    return found.sort(byValue);
  }

  /** The name of a type that has one of its own: constants of predeclared types name no kind of thing. */
  private typeName(offset: number): string | undefined {
    const type = this.dwarf.entry(offset);
    const name = type.name();
    return type.tag !== DW_TAG.DW_TAG_base_type || name?.includes('.') === true ? name : undefined;
  }

  private constant(offset: number, typeName: string): NamedValue | undefined {
    const entry = this.dwarf.entry(offset);
    const name = entry.name();
    const value = entry.constantBig(DW_AT.DW_AT_const_value);
    return name === undefined || value === undefined ? undefined : { name: shortName(name, typeName), value };
  }

  private entriesOf(path: string): ConstantEntries {
    let entries = this.byPackage.get(path);
    if (entries === undefined) this.byPackage.set(path, (entries = this.findEntries(path)));
    return entries;
  }

  private findEntries(path: string): ConstantEntries {
    const byType = new Map<number, number[]>();
    for (const unit of this.dwarf.unitsNamed(path)) {
      for (const entry of attempt(() => topEntries(unit, DW_TAG.DW_TAG_constant)) ?? []) {
        const type = attempt(() => entry.typeOffset());
        const list = type === undefined ? undefined : byType.get(type);
        if (list !== undefined) list.push(entry.offset);
        else if (type !== undefined) byType.set(type, [entry.offset]);
      }
      // Other units of a package hold its assembly.
      if (byType.size > 0) break;
    }
    const byName = new Map<string, number[]>();
    for (const [type, entries] of byType) {
      const name = attempt(() => this.typeName(type));
      if (name !== undefined) byName.set(name, [...(byName.get(name) ?? []), ...entries]);
    }
    return byName;
  }
}

/** The import path of the package of a type. */
function packageOf(typeName: string): string {
  const slash = typeName.lastIndexOf('/') + 1;
  const dot = typeName.indexOf('.', slash);
  return dot < 0 ? typeName : typeName.slice(0, dot);
}

/** Of several names for one value those of the type's own package come first: they have no package in front. */
function byValue(a: NamedValue, b: NamedValue): number {
  if (a.value !== b.value) return a.value < b.value ? -1 : 1;
  return Number(a.name.includes('.')) - Number(b.name.includes('.'));
}

function isSingleBit(value: bigint): boolean {
  return value > 0n && (value & (value - 1n)) === 0n;
}

/** The package is left out where it is the type's own. */
function shortName(name: string, typeName: string): string {
  const slash = typeName.lastIndexOf('/') + 1;
  const dot = typeName.indexOf('.', slash);
  const prefix = typeName.slice(0, dot + 1);
  return dot >= 0 && name.startsWith(prefix) ? name.slice(prefix.length) : name;
}
