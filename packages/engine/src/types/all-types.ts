import { attempt } from '../base/errors.ts';
import type { Memory } from '../bytes/memory.ts';
import { KIND_SIZES, mapTypeSize, TFLAG_UNCOMMON, TYPE_SIZE, TYPE_TFLAG } from './descriptor-layout.ts';
import type { RuntimeTypes } from './from-runtime.ts';
import type { GoType } from './go-type.ts';

/** Where a module keeps its types: see runtime.moduledata. */
export interface TypeListModule {
  readonly types: number;
  readonly etypes: number;
  readonly typelinks: number;
  readonly typelinksLength: number;
  readonly typeDescriptorsLength: number;
  readonly itablinks: number;
  readonly itablinksLength: number;
  readonly itabsOffset: number;
  readonly itabsLength: number;
}

/** More types, or entries of a list, than a program has. */
const MOST_TYPES = 2_000_000;

/** Which types a release's lists are read for. */
interface Release {
  readonly minor: number;
  readonly experiments: readonly string[];
}

/**
 * All types that can be reached from a module's lists of descriptors (typelinks and itabs; since Go 1.27 all descriptors, one
 * behind the other), and from those by element, key, field, parameter and method. Each once; damaged ones are left out.
 */
export function* allRuntimeTypes(
  memory: Memory,
  module: TypeListModule,
  types: RuntimeTypes,
  release: Release,
): Generator<GoType> {
  const seen = new Set<number>();
  const waiting: GoType[] = [];
  const add = (type: GoType | undefined): void => {
    const address = type?.runtimeType;
    if (type === undefined || address === undefined || seen.has(address) || seen.size >= MOST_TYPES) return;
    seen.add(address);
    waiting.push(type);
  };
  for (const address of listedTypes(memory, module, types, release)) add(attempt(() => types.at(address)));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const type = next;
    yield type;
    attempt(() => {
      for (const part of partsOf(type)) add(part);
    });
  }
}

function* partsOf(type: GoType): Generator<GoType | undefined> {
  yield type.elem;
  yield type.key;
  for (const field of type.fields) yield field.type;
  yield* type.params;
  yield* type.results;
  for (const method of type.methods) yield method.type;
}

/** Addresses of descriptors by the module's own lists. */
function* listedTypes(
  memory: Memory,
  module: TypeListModule,
  types: RuntimeTypes,
  release: Release,
): Generator<number> {
  const links = Math.min(module.typelinksLength, MOST_TYPES);
  for (let i = 0; i < links; i++) {
    const offset = attempt(() => memory.u32(module.typelinks + i * 4));
    if (offset === undefined) break;
    yield module.types + (offset | 0);
  }
  yield* consecutiveTypes(memory, module, types, release);
  for (const itab of itabs(memory, module)) {
    const parts = attempt(() => [memory.u64(itab), memory.u64(itab + 8)]);
    if (parts !== undefined) yield* parts;
  }
}

/** Go 1.27: descriptors lie one behind the other, from the second word on (runtime/type.go moduleTypelinks). */
function* consecutiveTypes(
  memory: Memory,
  module: TypeListModule,
  types: RuntimeTypes,
  release: Release,
): Generator<number> {
  const end = Math.min(module.types + module.typeDescriptorsLength, module.etypes);
  for (let at = module.types + 8; at < end;) {
    const address = Math.ceil(at / 8) * 8;
    const size = attempt(() => descriptorSize(memory, types.at(address), address, release));
    if (size === undefined) return;
    yield address;
    at = address + size;
  }
}

/** Bytes of a descriptor with its methods (internal/abi/type.go DescriptorSize). */
function descriptorSize(memory: Memory, type: GoType, address: number, { minor, experiments }: Release): number {
  const { kind } = type;
  const own = kind === 'map' ? mapTypeSize(minor, experiments) : (KIND_SIZES[kind] ?? 0);
  let size = TYPE_SIZE + own;
  if ((memory.u8(address + TYPE_TFLAG) & TFLAG_UNCOMMON) !== 0) {
    const methods = memory.u16(address + size + 4);
    size += 16 + methods * 16;
  }
  if (kind === 'func') size += (type.params.length + type.results.length) * 8;
  if (kind === 'interface') size += memory.u64(address + TYPE_SIZE + 16) * 8;
  if (kind === 'struct') size += memory.u64(address + TYPE_SIZE + 16) * 24;
  return size;
}

/** Addresses of the itabs that the linker made: a list of pointers, since Go 1.27 the itabs themselves. */
function* itabs(memory: Memory, module: TypeListModule): Generator<number> {
  const links = Math.min(module.itablinksLength, MOST_TYPES);
  for (let i = 0; i < links; i++) {
    const itab = attempt(() => memory.u64(module.itablinks + i * 8));
    if (itab === undefined) break;
    yield itab;
  }
  const start = module.types + module.itabsOffset;
  const end = module.itabsLength === 0 ? start : start + module.itabsLength;
  for (let at = start; at < end && at < module.etypes;) {
    yield at;
    // An itab has a word for each method of its interface, and is never without one.
    const methods = attempt(() => memory.u64(memory.u64(at) + TYPE_SIZE + 16));
    if (methods === undefined || methods > 10_000) return;
    at += 24 + Math.max(1, methods) * 8;
  }
}
