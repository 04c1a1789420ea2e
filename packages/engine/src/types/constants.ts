import { attempt } from '../base/errors.ts';
import { DW_AT, DW_TAG } from '../dwarf/attributes.ts';
import type { Dwarf } from '../dwarf/dwarf.ts';
import type { Entry } from '../dwarf/entry.ts';

interface NamedValue {
  readonly name: string;
  readonly value: bigint;
}

/**
 * The names of typed integer constants (`Blue`, `FlagA|FlagC`), by the name of their type. They are looked for in the package of
 * the type alone: the first asking about a package costs a walk over its unit, where a pass over all of DWARF costs ten times as
 * much in large programs.
 */
export class TypeConstants {
  private readonly dwarf: Dwarf;
  private readonly byPackage = new Map<string, ReadonlyMap<string, NamedValue[]>>();
  private readonly typeNames = new Map<number, string | undefined>();

  constructor(dwarf: Dwarf) {
    this.dwarf = dwarf;
  }

  /** What to call `value` of the type of that name, as Delve does: one constant, or several with one bit each; else undefined. */
  nameOf(typeName: string, value: bigint): string | undefined {
    const constants = this.table(typeName).get(typeName);
    if (constants === undefined) return undefined;
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
  of(typeName: string): readonly { readonly name: string; readonly value: bigint }[] {
    return this.table(typeName).get(typeName) ?? [];
  }

  /** The constants of the package of a type. */
  private table(typeName: string): ReadonlyMap<string, NamedValue[]> {
    const path = packageOf(typeName);
    let table = this.byPackage.get(path);
    if (table === undefined) {
      table = this.build(path);
      this.byPackage.set(path, table);
    }
    return table;
  }

  private build(path: string): ReadonlyMap<string, NamedValue[]> {
    const byType = new Map<string, NamedValue[]>();
    for (const unit of this.dwarf.unitsNamed(path)) {
      attempt(() => {
        for (const entry of this.dwarf.entry(unit.firstEntry).children())
          if (entry.tag === DW_TAG.DW_TAG_constant) this.add(byType, entry);
      });
      // Other units of a package hold its assembly.
      if (byType.size > 0) break;
    }
    for (const list of byType.values()) list.sort(byValue);
    return byType;
  }

  private add(byType: Map<string, NamedValue[]>, entry: Entry): void {
    const found = attempt(() => this.read(entry));
    const name = entry.name();
    if (found === undefined || name === undefined) return;
    const list = byType.get(found.type) ?? [];
    list.push({ name: shortName(name, found.type), value: found.value });
    byType.set(found.type, list);
  }

  /** The value of a constant whose type has a name of its own, and that name. */
  private read(entry: Entry): { readonly type: string; readonly value: bigint } | undefined {
    const { typeNames } = this;
    const typeOffset = entry.typeOffset();
    if (typeOffset === undefined) return undefined;
    if (!typeNames.has(typeOffset)) {
      const type = this.dwarf.entry(typeOffset);
      // Constants of predeclared types name no kind of thing.
      const named = type.tag !== DW_TAG.DW_TAG_base_type || type.name()?.includes('.') === true;
      typeNames.set(typeOffset, named ? type.name() : undefined);
    }
    const type = typeNames.get(typeOffset);
    const value = entry.constantBig(DW_AT.DW_AT_const_value);
    return type === undefined || value === undefined ? undefined : { type, value };
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
