// Damages copies of real files, reproducibly.
import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { CoreTarget, DebugError, MemorySource, parseElf, Program, Session, type ElfFile } from '@inquest/engine';
import { openFixture } from '../../../fixtures/fixtures.mjs';

/** Bytes of the words that damage replaces. */
const WORD = 8;
const PT_LOAD = 1;
const PF_W = 2;

/** A random number generator (mulberry32) that gives the same numbers for the same seed. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** The files of a fixture in memory. They can be damaged, opened as often as one likes, and mended. */
export class Patient {
  readonly core: Buffer;
  readonly exe: Buffer;
  private readonly id: string;
  private readonly undo: { readonly file: Buffer; readonly offset: number; readonly bytes: Buffer }[] = [];

  constructor(id: string) {
    const fixture = openFixture(id);
    this.id = id;
    this.core = readFileSync(fixture.core);
    this.exe = readFileSync(fixture.exe);
  }

  /** A session over the files as they are now. Throws what opening throws. */
  open(): Session {
    const exe = this.executable();
    const target = new CoreTarget(parseElf(new MemorySource(`${this.id} core`, this.core)), exe, { force: true });
    const decompress = {
      zlib: (data: Uint8Array) => inflateSync(data),
      zstd: () => {
        throw new DebugError('zstd is not at hand', { code: 'unsupported' });
      },
    };
    const program = new Program(target, { decompress });
    return new Session(program, { corePath: '/core', sources: { read: () => undefined } });
  }

  private executable(): ElfFile {
    return parseElf(new MemorySource(`${this.id} exe`, this.exe));
  }

  /** File offsets of the words in the core's writable memory that are not zero. */
  writableWords(): number[] {
    const words: number[] = [];
    for (const { type, flags, offset, filesz } of parseElf(new MemorySource('core', this.core)).segments) {
      if (type !== PT_LOAD || (flags & PF_W) === 0) continue;
      for (let at = offset; at + WORD <= offset + filesz; at += WORD)
        if (this.core.readUInt32LE(at) !== 0 || this.core.readUInt32LE(at + 4) !== 0) words.push(at);
    }
    return words;
  }

  /** File offsets in the core of the words around the given addresses of memory. */
  wordsAround(addresses: Iterable<number>): number[] {
    const { segments } = parseElf(new MemorySource('core', this.core));
    const words = new Set<number>();
    for (const address of addresses) {
      const segment = segments.find(
        ({ type, vaddr, filesz }) => type === PT_LOAD && address >= vaddr && address + 128 < vaddr + filesz,
      );
      if (segment === undefined) continue;
      const start = segment.offset + (address - segment.vaddr);
      for (let at = start - (start % WORD); at < start + 128; at += WORD) words.add(at);
    }
    return [...words];
  }

  /** Start and size of a section in the executable's file. */
  section(name: string): { readonly offset: number; readonly size: number } | undefined {
    return this.executable().sections.find((section) => section.name === name);
  }

  /** Replaces `count` of the words at `offsets` by what makes trouble: sizes, pointers, zero, chance. */
  damageWords(offsets: readonly number[], count: number, random: (below: number) => number): void {
    for (let i = 0; i < count; i++) {
      const offset = offsets[random(offsets.length)];
      const other = offsets[random(offsets.length)];
      if (offset === undefined || other === undefined) return;
      this.remember(this.core, offset, WORD);
      this.core.writeBigUInt64LE(troublesome(this.core, offset, other, random), offset);
    }
  }

  /** Replaces `count` bytes of a stretch of the executable. */
  damageBytes(offset: number, size: number, count: number, random: (below: number) => number): void {
    for (let i = 0; i < count; i++) {
      const at = offset + random(size);
      this.remember(this.exe, at, 1);
      const values = [0, 0xff, 0x7f, 0x80, random(256), (this.exe[at] ?? 0) ^ (1 << random(8))];
      this.exe[at] = values[random(values.length)] ?? 0;
    }
  }

  private remember(file: Buffer, offset: number, size: number): void {
    this.undo.push({ file, offset, bytes: Buffer.from(file.subarray(offset, offset + size)) });
  }

  /** Makes the files as they were. */
  mend(): void {
    for (let change = this.undo.pop(); change !== undefined; change = this.undo.pop())
      change.bytes.copy(change.file, change.offset);
  }
}

function troublesome(file: Buffer, offset: number, other: number, random: (below: number) => number): bigint {
  const old = file.readBigUInt64LE(offset);
  const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);
  const choices: readonly (() => bigint)[] = [
    () => 0n,
    () => wrap(-1n),
    () => BigInt(random(256)),
    () => 1n << BigInt(random(64)),
    () => wrap(old ^ (1n << BigInt(random(64)))),
    () => wrap(old + BigInt(random(129) - 64)),
    () => file.readBigUInt64LE(other),
    () => (BigInt(random(2 ** 32)) << 32n) | BigInt(random(2 ** 32)),
  ];
  return choices[random(choices.length)]?.() ?? 0n;
}
