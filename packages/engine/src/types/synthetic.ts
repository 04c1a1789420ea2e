import { alignOf, GoType, type ChanDirection, type Field } from './go-type.ts';

/** `[length]elem`. */
export function arrayOf(elem: GoType, length: number): GoType {
  return new GoType({ name: `[${length}]${elem.name}`, kind: 'array', size: elem.size * length }, () => ({
    elem,
    length,
  }));
}

/** `map[key]elem`, of which the program has no value but one that an expression makes. */
export function mapOfTypes(key: GoType, elem: GoType): GoType {
  return new GoType({ name: mapName(key.name, elem.name), kind: 'map', size: 8 }, () => ({ key, elem }));
}

export function mapName(key: string, elem: string): string {
  return `map[${key}]${elem}`;
}

export function chanOf(elem: GoType, direction: ChanDirection): GoType {
  return new GoType({ name: chanName(elem.name, direction), kind: 'chan', size: 8 }, () => ({ elem, direction }));
}

export function chanName(elem: string, direction: ChanDirection): string {
  return `${direction === 'both' ? 'chan' : direction === 'send' ? 'chan<-' : '<-chan'} ${elem}`;
}

export function funcOf(params: readonly GoType[], results: readonly GoType[], variadic: boolean): GoType {
  const name = funcName(params, results, variadic);
  return new GoType({ name, kind: 'func', size: 8 }, () => ({ params, results, variadic }));
}

/** `func(int, ...string) (bool, error)`. */
export function funcName(params: readonly GoType[], results: readonly GoType[], variadic: boolean): string {
  const last = params.length - 1;
  const names = params.map(({ name }, i) => (variadic && i === last ? `...${name.replace(/^\[\]/, '')}` : name));
  const out = results.map(({ name }) => name).join(', ');
  return `func(${names.join(', ')})${results.length === 0 ? '' : results.length === 1 ? ` ${out}` : ` (${out})`}`;
}

/** A struct type, laid out by Go's rules. */
export function structOf(
  members: readonly { readonly name: string; readonly type: GoType; readonly embedded: boolean }[],
): GoType {
  const fields: Field[] = [];
  let at = 0;
  let align = 1;
  for (const member of members) {
    const own = alignOf(member.type);
    align = Math.max(align, own);
    at = Math.ceil(at / own) * own;
    fields.push({ ...member, offset: at });
    at += member.type.size;
  }
  // A last field without size is followed by padding, so that its address stays inside.
  if (at > 0 && fields.at(-1)?.type.size === 0) at++;
  const size = Math.ceil(at / align) * align;
  return new GoType({ name: structName(members), kind: 'struct', size, align }, () => ({ fields }));
}

export function structName(
  members: readonly { readonly name: string; readonly type: GoType; readonly embedded: boolean }[],
): string {
  const parts = members.map(({ name, type, embedded }) => (embedded ? type.name : `${name} ${type.name}`));
  return parts.length === 0 ? 'struct {}' : `struct { ${parts.join('; ')} }`;
}

/** `interface {}`, or an interface of which only the size matters. */
export function interfaceOf(name: string, empty: boolean): GoType {
  return new GoType({ name, kind: 'interface', size: 16 }, () => ({ empty }));
}
