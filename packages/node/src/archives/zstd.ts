import { createRequire } from 'node:module';
import { ArchiveDamage, type FileReader } from './archive.ts';
import { Xxh64 } from './xxhash.ts';

/*
 * zstd frames (RFC 8878). The blocks are decoded by fzstd; it neither checks checksums nor tells where one frame ends, so
 * frames and blocks are found here.
 */

const load = createRequire(typeof __filename === 'string' ? __filename : import.meta.url);

const FRAME = 0xfd2f_b528;
/** 0x184d2a50 to 0x184d2a5f: frames of other data. */
const SKIPPABLE = 0x184d_2a50;
const LARGEST_BLOCK = 1 << 17;
/** Memory for what a block may refer to, in bytes: twice what the zstd command allows unasked. */
const LARGEST_WINDOW = 256 << 20;
/** fzstd looks at nothing shorter in a stream. */
const SHORTEST = 18;

/** What zstd frames hold, block by block; checks the checksums that are there. Throws `ArchiveDamage`. */
export function* readZstd(reader: FileReader): Generator<Uint8Array, void, undefined> {
  for (let first = true; ; first = false) {
    const start = reader.position;
    const head = reader.take(4).slice();
    if (head.length === 0 && !first) return;
    if (head.length < 4) throw new ArchiveDamage('cut off', reader.position, 'it ends inside the header of a frame');
    const magic = number(head, 0, 4);
    if (magic === FRAME) yield* readFrame(reader, start);
    else if (magic - SKIPPABLE >= 0 && magic - SKIPPABLE < 16) {
      const size = number(reader.need(4, 'a frame to skip'), 0, 4);
      if (!reader.skip(size)) throw new ArchiveDamage('cut off', reader.position, 'it ends inside a frame to skip');
    } else throw new ArchiveDamage('damaged', start, 'no frame begins there');
  }
}

function* readFrame(reader: FileReader, start: number): Generator<Uint8Array, void, undefined> {
  const { bytes: header, contentSize, hasChecksum } = readHeader(reader, start);
  const blocks: Uint8Array[] = [];
  const decoder = makeDecoder(blocks, header);
  const hash = hasChecksum ? new Xxh64() : undefined;
  let total = 0;
  for (let isLast = false; !isLast;) {
    const at = reader.position;
    const block = readBlock(reader);
    isLast = ((block[0] ?? 0) & 1) === 1;
    try {
      decoder(block, isLast);
    } catch (error) {
      throw new ArchiveDamage(
        'damaged',
        at,
        `a block makes no sense: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    for (const each of blocks.splice(0)) {
      hash?.update(each);
      total += each.length;
      yield each;
    }
  }
  const end = reader.position;
  if (hash !== undefined && number(reader.need(4, 'the checksum'), 0, 4) !== Number(hash.digest() & 0xffff_ffffn))
    throw new ArchiveDamage('damaged', end, 'the checksum of the contents differs');
  if (contentSize !== undefined && contentSize !== total)
    throw new ArchiveDamage('damaged', end, `it gives ${total} bytes, not ${contentSize}`);
}

/** Takes whole blocks; what they hold is added to `blocks`. */
function makeDecoder(blocks: Uint8Array[], header: Uint8Array): (block: Uint8Array, isLast: boolean) => void {
  const fzstd = load('fzstd') as typeof import('fzstd');
  const stream = new fzstd.Decompress((bytes) => {
    if (bytes.length > 0) blocks.push(bytes);
  });
  let fed = header.length;
  stream.push(header);
  return (block, isLast) => {
    fed += block.length;
    // The decoder keeps what it is given; the reader's buffer does not last.
    stream.push(block.slice());
    // A frame that is too short for it: zeros behind it are taken for the checksum.
    if (isLast && fed < SHORTEST) stream.push(new Uint8Array(SHORTEST - fed));
  };
}

/** One block with its header of three bytes (RFC 8878, 3.1.1.2). */
function readBlock(reader: FileReader): Uint8Array {
  const at = reader.position;
  const head = reader.need(3, 'a block').slice();
  const fields = number(head, 0, 3);
  const type = (fields >> 1) & 3;
  const size = fields >> 3;
  if (type === 3) throw new ArchiveDamage('damaged', at, 'a block is of a type that does not exist');
  if (size > LARGEST_BLOCK) throw new ArchiveDamage('damaged', at, 'a block is larger than the format allows');
  const length = type === 1 ? 1 : size;
  const block = new Uint8Array(3 + length);
  block.set(head);
  block.set(reader.need(length, 'a block'), 3);
  return block;
}

interface FrameHeader {
  /** Magic included. */
  readonly bytes: Uint8Array;
  readonly contentSize: number | undefined;
  readonly hasChecksum: boolean;
}

/** The header of a frame behind its magic (RFC 8878, 3.1.1.1). */
function readHeader(reader: FileReader, start: number): FrameHeader {
  const what = 'the header of a frame';
  const wrong = (message: string): ArchiveDamage => new ArchiveDamage('damaged', start, message);
  const descriptor = reader.need(1, what)[0] ?? 0;
  const isSingle = (descriptor & 0x20) !== 0;
  if ((descriptor & 8) !== 0) throw wrong('a reserved bit of the header of a frame is set');
  const windowBytes = isSingle ? 0 : 1;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const rest = reader.need(windowBytes + dictionaryBytes + sizeBytes, what).slice();
  if (number(rest, windowBytes, dictionaryBytes) !== 0) throw wrong('it needs a dictionary');
  const contentSize =
    sizeBytes === 0 ? undefined : number(rest, windowBytes + dictionaryBytes, sizeBytes) + (sizeBytes === 2 ? 256 : 0);
  const exponent = 10 + ((rest[0] ?? 0) >> 3);
  const window = isSingle ? (contentSize ?? 0) : 2 ** exponent + (2 ** exponent / 8) * ((rest[0] ?? 0) & 7);
  if (window > LARGEST_WINDOW) {
    throw wrong(
      `its window of ${Math.ceil(window / 2 ** 20)} MiB is too large to be decoded here; use zstd -d --long=31`,
    );
  }
  const magic = [0x28, 0xb5, 0x2f, 0xfd];
  return {
    bytes: Uint8Array.from([...magic, descriptor, ...rest]),
    contentSize,
    hasChecksum: (descriptor & 4) !== 0,
  };
}

/** A little-endian number of 0 to 8 bytes. */
function number(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = length - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}
