import type { GoType } from '../../types/go-type.ts';

/** An expression of the source for a value in a register or slot. */
export interface NamedValue {
  readonly text: string;
  readonly type: GoType;
  /** Which byte of a value of the type the word is: 8 is the data word of an interface. */
  readonly part: number;
}

/** Structs and arrays in each other that are looked into. */
const DEEPEST = 10;

/** The field or element at an offset of a variable: `a.b[2].c`. Undefined if the offset is in none. */
export function partAt(text: string, type: GoType, offset: number, depth = 0): NamedValue | undefined {
  if (offset < 0 || offset >= Math.max(1, type.size) || depth > DEEPEST) return undefined;
  if (type.kind === 'struct') {
    const field = type.fields.find((each) => offset >= each.offset && offset < each.offset + each.type.size);
    if (field === undefined) return undefined;
    return partAt(`${text}.${lastName(field.name)}`, field.type, offset - field.offset, depth + 1);
  }
  const { elem } = type;
  if (type.kind === 'array' && elem !== undefined && elem.size > 0)
    return partAt(`${text}[${Math.floor(offset / elem.size)}]`, elem, offset % elem.size, depth + 1);
  return { text, type, part: offset };
}

/** Embedded fields are named as their type, which may have its package. */
function lastName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
