import { DebugError } from '../../base/errors.ts';

/** struct -> field (or `size`) -> ascending [first Go minor, offset]. */
export type LayoutTable = Readonly<
  Record<string, Readonly<Record<string, readonly (readonly [number, number | undefined])[]>>>
>;

/** Offsets of the runtime's struct fields in one program. */
export interface Layout {
  /** Offset in bytes, or undefined where this release has no such field. */
  find(struct: string, field: string): number | undefined;
  /** Offset in bytes; throws `unsupported` where this release has no such field. */
  get(struct: string, field: string): number;
}

/** The layout of Go 1.`minor` by the table; `probed` overrides single fields with what the binary itself tells. */
export function layoutOf(table: LayoutTable, minor: number, probed: ReadonlyMap<string, number> = new Map()): Layout {
  // By struct and then by field: a key made of both would have to be made and hashed for each field of each goroutine.
  const structs = new Map<string, Map<string, number | undefined>>();
  const find = (struct: string, field: string): number | undefined => {
    let fields = structs.get(struct);
    if (fields === undefined) {
      fields = new Map();
      structs.set(struct, fields);
    }
    const known = fields.get(field);
    if (known !== undefined || fields.has(field)) return known;
    const offset = probed.get(`${struct}.${field}`) ?? offsetIn(table, struct, field, minor);
    fields.set(field, offset);
    return offset;
  };
  const get = (struct: string, field: string): number => {
    const offset = find(struct, field);
    if (offset === undefined) {
      throw new DebugError(`runtime.${struct} has no field ${field} in Go 1.${minor}`, { code: 'unsupported' });
    }
    return offset;
  };
  return { find, get };
}

function offsetIn(table: LayoutTable, struct: string, field: string, minor: number): number | undefined {
  let offset: number | undefined;
  for (const [from, value] of table[struct]?.[field] ?? []) if (from <= minor) offset = value;
  return offset;
}
