import { describe, expect, it } from 'vitest';
import { MemorySource } from '../bytes/memory-source.ts';
import { RegionMemory } from '../target/core-memory.ts';
import { allDescriptors } from './all-types.ts';
import { RuntimeTypes } from './from-runtime.ts';
import { MethodMatcher } from './method-matcher.ts';

const BASE = 0x40_0000;
const SIZE = 0x2000;
const [FUNC, INTERFACE, STRUCT] = [19, 20, 25];

/** A method: its name, the package where it is not exported and another than the type's, and the address of its type. */
type Asked = readonly [name: number, type: number];

/** Type data of Go 1.26, written piece by piece; addresses are those in memory. */
class TypeData {
  private readonly bytes = new Uint8Array(SIZE);
  private readonly view = new DataView(this.bytes.buffer);
  /** The first place is left free: 0 is no offset. */
  private at = 64;

  private take(size: number): number {
    const place = this.at;
    this.at = Math.ceil((place + size) / 8) * 8;
    return place;
  }

  private word(place: number, value: number): void {
    this.view.setBigUint64(place, BigInt(value), true);
  }

  name(text: string, owner?: number): number {
    const place = this.take(2 + text.length + 4);
    const exported = /^[A-Z]/.test(text) ? 1 : 0;
    this.bytes.set([exported | (owner === undefined ? 0 : 4), text.length], place);
    this.bytes.set(Buffer.from(text), place + 2);
    if (owner !== undefined) this.view.setInt32(place + 2 + text.length, owner - BASE, true);
    return BASE + place;
  }

  private type(name: number, kind: number, size: number, extra: number, hash: number): number {
    const place = this.take(48 + extra);
    this.word(place, size);
    this.view.setUint32(place + 16, hash, true);
    // Named types with methods.
    this.bytes.set([kind === STRUCT ? 5 : 4, 8, 8, kind], place + 20);
    this.view.setInt32(place + 40, name - BASE, true);
    return place;
  }

  func(hash: number): number {
    return BASE + this.type(this.name('F'), FUNC, 8, 8, hash);
  }

  interface(text: string, owner: number, methods: readonly Asked[]): number {
    const place = this.type(this.name(text), INTERFACE, 16, 32 + methods.length * 8, 1);
    this.word(place + 48, owner);
    this.word(place + 56, BASE + place + 80);
    this.word(place + 64, methods.length);
    methods.forEach(([name, type], i) => {
      this.view.setInt32(place + 80 + i * 8, name - BASE, true);
      this.view.setInt32(place + 84 + i * 8, type - BASE, true);
    });
    return BASE + place;
  }

  struct(text: string, owner: number, methods: readonly Asked[]): number {
    const place = this.type(this.name(text), STRUCT, 8, 48 + methods.length * 16, 1);
    this.view.setInt32(place + 80, owner - BASE, true);
    this.view.setUint16(place + 84, methods.length, true);
    this.view.setUint32(place + 88, 16, true);
    methods.forEach(([name, type], i) => {
      this.view.setInt32(place + 96 + i * 16, name - BASE, true);
      this.view.setInt32(place + 100 + i * 16, type === 0 ? -1 : type - BASE, true);
    });
    return BASE + place;
  }

  /** A list of offsets, as in moduledata.typelinks. */
  links(addresses: readonly number[]): number {
    const place = this.take(addresses.length * 4);
    addresses.forEach((address, i) => this.view.setInt32(place + i * 4, address - BASE, true));
    return BASE + place;
  }

  memory(): RegionMemory {
    const source = new MemorySource('types', this.bytes);
    return new RegionMemory([{ start: BASE, end: BASE + SIZE, source, delta: -BASE }]);
  }
}

function matcherOver(data: TypeData): MethodMatcher {
  const module = { types: BASE, etypes: BASE + SIZE, text: 0 };
  return new MethodMatcher(new RuntimeTypes(data.memory(), () => [module], { minor: 26, experiments: [] }));
}

describe('MethodMatcher', () => {
  const data = new TypeData();
  const [own, other] = [data.name('example.org/own'), data.name('example.org/other')];
  const [plain, sum, again] = [data.func(7), data.func(8), data.func(8)];
  const [run, close, hidden] = [data.name('Run'), data.name('Close'), data.name('hidden')];
  const runner = data.interface('own.Runner', own, [[run, plain]]);
  const both = data.interface('own.Both', own, [
    [close, plain],
    [run, plain],
  ]);
  const secret = data.interface('own.Secret', own, [[hidden, plain]]);
  const empty = data.interface('own.Empty', own, []);
  const interfaces = [runner, both, secret, empty];
  const isOf = (methods: readonly Asked[], owner = own): number[] => {
    const matcher = matcherOver(data);
    return matcher.interfacesOf(matcher.methodsAt(data.struct('own.T', owner, methods)), interfaces);
  };

  it('wants all methods, with their types', () => {
    expect(isOf([[run, plain]])).toEqual([runner]);
    expect(isOf([[run, sum]])).toEqual([]);
    expect(
      isOf([
        [data.name('Close'), plain],
        [data.name('Run'), plain],
      ]),
    ).toEqual([runner, both]);
    expect(isOf([])).toEqual([]);
  });

  it('takes a dropped type for the same, and descriptors of one type in several modules', () => {
    expect(isOf([[run, 0]])).toEqual([runner]);
    const matcher = matcherOver(data);
    const summer = data.interface('own.Summer', own, [[run, sum]]);
    expect(matcher.implementersOf(summer, [data.struct('own.S', own, [[run, again]])])).toHaveLength(1);
  });

  it('tells names that are not exported by their packages', () => {
    expect(isOf([[hidden, plain]])).toEqual([secret]);
    expect(isOf([[hidden, plain]], other)).toEqual([]);
    expect(isOf([[data.name('hidden', own), plain]], other)).toEqual([secret]);
    const types = [data.struct('own.A', own, [[hidden, plain]]), data.struct('other.A', other, [[hidden, plain]])];
    expect(matcherOver(data).implementersOf(secret, types)).toEqual(types.slice(0, 1));
  });

  it('gets its types from lists of descriptors, damaged ones left out', () => {
    const type = data.struct('own.Listed', own, [[run, plain]]);
    const typelinks = data.links([type, secret, secret, own, type + 4, BASE + SIZE]);
    const none = { typeDescriptorsLength: 0, itablinks: 0, itablinksLength: 0, itabsOffset: 0, itabsLength: 0 };
    const module = { types: BASE, etypes: BASE + SIZE, text: 0, typelinks, typelinksLength: 6, ...none };
    const release = { minor: 26, experiments: [] };
    const { descriptors } = new RuntimeTypes(data.memory(), () => [module], release);
    const found = allDescriptors(descriptors, [module]);
    expect(found.interfaces).toEqual([secret]);
    expect(found.withMethods).toEqual([type]);
    // What the methods lead to is found as well.
    expect(new Set(found.all)).toEqual(new Set([plain, secret, type]));
  });
});
