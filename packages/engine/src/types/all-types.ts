import { readU32, readU64 } from '../base/cursor.ts';
import { attempt, badData } from '../base/errors.ts';
import type { Memory } from '../bytes/memory.ts';
import { TYPE_SIZE } from './descriptor-layout.ts';
import type { Descriptors, TypeModule } from './descriptors.ts';

/** Where a module keeps its types: see runtime.moduledata. */
export interface TypeListModule extends TypeModule {
  readonly typelinks: number;
  readonly typelinksLength: number;
  readonly typeDescriptorsLength: number;
  readonly itablinks: number;
  readonly itablinksLength: number;
  readonly itabsOffset: number;
  readonly itabsLength: number;
}

/** Addresses of descriptors, each once. */
export interface AllDescriptors {
  readonly all: readonly number[];
  readonly interfaces: readonly number[];
  /** Of types with methods, interfaces aside. */
  readonly withMethods: readonly number[];
}

/** More types, or entries of a list, than a program has. */
const MOST_TYPES = 2_000_000;
/** More parts and methods than all types of a program have together. */
const MOST_PARTS = 50_000_000;

/**
 * All descriptors that can be reached from the modules' lists of them (typelinks and itabs; since Go 1.27 all descriptors, one
 * behind the other), and from those by element, key, field, parameter and method. Damaged ones are left out.
 */
export function allDescriptors(descriptors: Descriptors, modules: readonly TypeListModule[]): AllDescriptors {
  const walk = new Walk(modules);
  for (const module of modules) walk.module(descriptors, module);
  return walk;
}

class Walk implements AllDescriptors {
  readonly all: number[] = [];
  readonly interfaces: number[] = [];
  readonly withMethods: number[] = [];
  private readonly seen: SeenPlaces;
  private partsLeft = MOST_PARTS;

  constructor(modules: readonly TypeListModule[]) {
    this.seen = new SeenPlaces(modules);
  }

  /** What is reached from a module's lists. */
  module(descriptors: Descriptors, module: TypeListModule): void {
    const waiting: number[] = [];
    const add = (address: number): void => {
      if (--this.partsLeft < 0) throw badData('the types have too many parts');
      if (this.all.length + waiting.length < MOST_TYPES && this.seen.isNew(address)) waiting.push(address);
    };
    attempt(() => eachListed(descriptors, module, add));
    // Where one is damaged, it goes on with the next.
    while (waiting.length > 0) attempt(() => this.visitAll(descriptors, waiting, add));
  }

  private visitAll(descriptors: Descriptors, waiting: number[], add: (part: number) => void): void {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) this.visit(descriptors, next, add);
  }

  private visit(descriptors: Descriptors, address: number, add: (part: number) => void): void {
    const kind = descriptors.kindAt(address);
    this.all.push(address);
    if (kind === 'interface') this.interfaces.push(address);
    descriptors.eachPart(address, kind, add);
    let methods = 0;
    descriptors.everyMethod(address, kind, (_, type) => {
      methods++;
      add(type);
      return true;
    });
    if (methods > 0 && kind !== 'interface') this.withMethods.push(address);
  }
}

/** Larger type data than this no program has: what lies further away is remembered in another way. */
const MOST_TYPE_DATA = 1 << 30;

/** Which descriptors were met: a bit for each place where one of a module can be, and the addresses of others. */
class SeenPlaces {
  private readonly starts: readonly number[];
  private readonly bits: readonly Uint8Array[];
  private readonly others = new Set<number>();

  constructor(modules: readonly TypeListModule[]) {
    this.starts = modules.map(({ types }) => types);
    this.bits = modules.map(({ types, etypes }) => {
      return new Uint8Array(Math.ceil(Math.min(Math.max(0, etypes - types), MOST_TYPE_DATA) / 64));
    });
  }

  /** True the first time. */
  isNew(address: number): boolean {
    for (let i = 0; i < this.starts.length; i++) {
      const offset = address - (this.starts[i] as number);
      const bits = this.bits[i] as Uint8Array;
      if (!(offset >= 0 && offset < bits.length * 64) || (offset & 7) !== 0) continue;
      const at = offset >>> 6;
      const bit = 1 << ((offset >>> 3) & 7);
      const before = bits[at] as number;
      bits[at] = before | bit;
      return (before & bit) === 0;
    }
    const isNew = !this.others.has(address);
    this.others.add(address);
    return isNew;
  }
}

/** Calls `add` with the addresses of descriptors that are in the module's own lists. */
function eachListed(descriptors: Descriptors, module: TypeListModule, add: (address: number) => void): void {
  const { memory } = descriptors;
  const links = memory.readSome(module.typelinks, Math.min(module.typelinksLength, MOST_TYPES) * 4);
  for (let at = 0; at + 4 <= links.length; at += 4) add(module.types + (readU32(links, at) | 0));
  eachConsecutive(descriptors, module, add);
  for (const itab of itabs(memory, module)) {
    attempt(() => {
      add(memory.u64(itab));
      add(memory.u64(itab + 8));
    });
  }
}

/** Go 1.27: descriptors lie one behind the other, from the second word on (runtime/type.go moduleTypelinks). */
function eachConsecutive(descriptors: Descriptors, module: TypeListModule, add: (address: number) => void): void {
  const end = Math.min(module.types + module.typeDescriptorsLength, module.etypes);
  attempt(() => {
    for (let at = module.types + 8; at < end;) {
      const address = Math.ceil(at / 8) * 8;
      const size = descriptors.sizeAt(address, descriptors.kindAt(address));
      add(address);
      at = address + size;
    }
  });
}

/** Addresses of the itabs that the linker made: a list of pointers, since Go 1.27 the itabs themselves. */
function* itabs(memory: Memory, module: TypeListModule): Generator<number> {
  const links = memory.readSome(module.itablinks, Math.min(module.itablinksLength, MOST_TYPES) * 8);
  for (let at = 0; at + 8 <= links.length; at += 8) yield readU64(links, at);
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
