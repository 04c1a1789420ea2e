import { ArchiveDamage, type FileReader } from './archive.ts';
import { xxh32, Xxh32 } from './xxhash.ts';

/*
 * LZ4 frames, by lz4_Frame_format.md 1.6.4 and lz4_Block_format.md of the lz4 project.
 */

const FRAME = 0x184d_2204;
const LEGACY = 0x184c_2102;
/** 0x184d2a50 to 0x184d2a5f: frames of other data. */
const SKIPPABLE = 0x184d_2a50;
/** A block may refer to this much before it, in bytes. */
const WINDOW = 1 << 16;

/** What LZ4 frames hold, block by block; checks all the checksums that are there. Throws `ArchiveDamage`. */
export function* readLz4(reader: FileReader): Generator<Uint8Array, void, undefined> {
  for (let first = true; ; first = false) {
    const start = reader.position;
    const head = reader.take(4);
    if (head.length === 0 && !first) return;
    if (head.length < 4) throw new ArchiveDamage('cut off', reader.position, 'it ends inside the header of a frame');
    const magic = word(head, 0);
    if (magic === FRAME) yield* readFrame(reader);
    else if (magic - SKIPPABLE >= 0 && magic - SKIPPABLE < 16) skipFrame(reader);
    else if (magic === LEGACY) throw new ArchiveDamage('damaged', start, 'it is of the legacy format (lz4 -l)');
    else throw new ArchiveDamage('damaged', start, 'no frame begins there');
  }
}

function skipFrame(reader: FileReader): void {
  const size = word(reader.need(4, 'a frame to skip'), 0);
  if (!reader.skip(size)) throw new ArchiveDamage('cut off', reader.position, 'it ends inside a frame to skip');
}

interface FrameHeader {
  readonly linked: boolean;
  readonly blockChecksums: boolean;
  readonly contentSize: number | undefined;
  readonly contentChecksum: boolean;
  /** Largest block, in bytes. */
  readonly blockSize: number;
}

function* readFrame(reader: FileReader): Generator<Uint8Array, void, undefined> {
  const header = readHeader(reader);
  const output = new Uint8Array(WINDOW + header.blockSize);
  const hash = header.contentChecksum ? new Xxh32() : undefined;
  let before = 0;
  let total = 0;
  for (;;) {
    const start = reader.position;
    const size = word(reader.need(4, 'a block'), 0);
    if (size === 0) break;
    const block = readBlock(reader, size & 0x7fff_ffff, header, start);
    const length = size >>> 31 === 1 ? store(block, output, before) : decode(block, output, before, start);
    if (length > header.blockSize) throw new ArchiveDamage('damaged', start, 'a block is larger than the frame allows');
    const bytes = output.slice(before, before + length);
    hash?.update(bytes);
    total += length;
    yield bytes;
    before = header.linked ? keepWindow(output, before + length) : 0;
  }
  const end = reader.position;
  if (hash !== undefined && word(reader.need(4, 'the checksum'), 0) !== hash.digest())
    throw new ArchiveDamage('damaged', end, 'the checksum of the contents differs');
  if (header.contentSize !== undefined && header.contentSize !== total)
    throw new ArchiveDamage('damaged', end, `it gives ${total} bytes, not ${header.contentSize}`);
}

function readHeader(reader: FileReader): FrameHeader {
  const start = reader.position;
  const wrong = (what: string): ArchiveDamage => new ArchiveDamage('damaged', start, what);
  const fixed = reader.need(2, 'the header of a frame').slice();
  const flags = fixed[0] ?? 0;
  const sizeCode = ((fixed[1] ?? 0) >> 4) & 7;
  if (flags >> 6 !== 1) throw wrong(`version ${flags >> 6} of the format is not known`);
  if (sizeCode < 4) throw wrong('the size of its blocks is not one that exists');
  if ((flags & 1) !== 0) throw wrong('it needs a dictionary');
  const hasSize = (flags & 8) !== 0;
  const rest = reader.need((hasSize ? 8 : 0) + 1, 'the header of a frame').slice();
  const described = new Uint8Array([...fixed, ...rest.subarray(0, -1)]);
  if (((xxh32(described) >>> 8) & 0xff) !== rest.at(-1)) throw wrong('the checksum of the header of a frame differs');
  return {
    linked: (flags & 0x20) === 0,
    blockChecksums: (flags & 0x10) !== 0,
    contentSize: hasSize ? word(rest, 0) + word(rest, 4) * 0x1_0000_0000 : undefined,
    contentChecksum: (flags & 4) !== 0,
    blockSize: 1 << (2 * sizeCode + 8),
  };
}

function readBlock(
  reader: FileReader,
  size: number,
  { blockSize, blockChecksums }: FrameHeader,
  at: number,
): Uint8Array {
  if (size > blockSize) throw new ArchiveDamage('damaged', at, 'a block is larger than the frame allows');
  const all = reader.need(size + (blockChecksums ? 4 : 0), 'a block');
  const block = all.subarray(0, size);
  if (blockChecksums && xxh32(block) !== word(all, size))
    throw new ArchiveDamage('damaged', at, 'the checksum of a block differs');
  return block;
}

function store(block: Uint8Array, output: Uint8Array, at: number): number {
  output.set(block, at);
  return block.length;
}

/** Moves the last bytes to the front; returns how many they are. */
function keepWindow(output: Uint8Array, end: number): number {
  const from = Math.max(0, end - WINDOW);
  output.copyWithin(0, from, end);
  return end - from;
}

/** Decodes one block into `output` from `at`, with what is before it as the dictionary; returns its length. */
function decode(block: Uint8Array, output: Uint8Array, at: number, offset: number): number {
  const wrong = (): ArchiveDamage => new ArchiveDamage('damaged', offset, 'a block makes no sense');
  let from = 0;
  let to = at;
  const longLength = (): number => {
    for (let length = 15; ;) {
      if (from >= block.length) throw wrong();
      const more = block[from++] as number;
      length += more;
      if (more !== 255) return length;
    }
  };
  for (;;) {
    if (from >= block.length) throw wrong();
    const token = block[from++] as number;
    const literals = token >> 4 === 15 ? longLength() : token >> 4;
    if (from + literals > block.length || to + literals > output.length) throw wrong();
    if (literals > 32) output.set(block.subarray(from, from + literals), to);
    else for (let i = 0; i < literals; i++) output[to + i] = block[from + i] as number;
    from += literals;
    to += literals;
    if (from === block.length) return to - at;
    const distance = (block[from] as number) | ((block[from + 1] ?? 0) << 8);
    from += 2;
    const length = 4 + ((token & 15) === 15 ? longLength() : token & 15);
    if (distance === 0 || distance > to || to + length > output.length || from > block.length) throw wrong();
    copyBack(output, to, distance, length);
    to += length;
  }
}

/** Copies from before: what overlaps repeats itself, so that each copy may be twice as long as the last. */
function copyBack(output: Uint8Array, to: number, distance: number, length: number): void {
  if (length < 32) {
    for (let i = 0; i < length; i++) output[to + i] = output[to - distance + i] as number;
    return;
  }
  const start = to - distance;
  for (let done = 0; done < length;) {
    const count = Math.min(length - done, distance + done);
    output.copyWithin(to + done, start, start + count);
    done += count;
  }
}

function word(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + 4);
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}
