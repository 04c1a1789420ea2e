/*
 * The checksums of LZ4 frames (XXH32) and of zstd frames (XXH64, its lower half), over a stream.
 * Source: the xxHash specification, doc/xxhash_spec.md. JavaScript has no fast 64-bit integers, so XXH64 computes with halves.
 */

const P32_1 = 0x9e37_79b1;
const P32_2 = 0x85eb_ca77;
const P32_3 = 0xc2b2_ae3d;
const P32_4 = 0x27d4_eb2f;
const P32_5 = 0x1656_67b1;

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/** Collects a stream into whole stripes. */
abstract class Striped {
  protected total = 0;
  protected readonly rest: Uint8Array;
  protected held = 0;

  constructor(stripe: number) {
    this.rest = new Uint8Array(stripe);
  }

  update(bytes: Uint8Array): void {
    this.total += bytes.length;
    const stripe = this.rest.length;
    let at = 0;
    if (this.held > 0) {
      at = Math.min(bytes.length, stripe - this.held);
      this.rest.set(bytes.subarray(0, at), this.held);
      this.held += at;
      if (this.held < stripe) return;
      this.consume(new Uint32Array(this.rest.buffer));
      this.held = 0;
    }
    const whole = Math.floor((bytes.length - at) / stripe) * stripe;
    if (whole > 0) this.consume(aligned(bytes.subarray(at, at + whole)));
    this.rest.set(bytes.subarray(at + whole));
    this.held = bytes.length - at - whole;
  }

  /** Whole stripes, as little-endian words. */
  protected abstract consume(words: Uint32Array): void;
}

function aligned(bytes: Uint8Array): Uint32Array {
  const own = (bytes.byteOffset & 3) === 0 ? bytes : bytes.slice();
  return new Uint32Array(own.buffer, own.byteOffset, own.length >> 2);
}

/** XXH32 with seed 0. */
export class Xxh32 extends Striped {
  private readonly lanes = Int32Array.of((P32_1 + P32_2) | 0, P32_2 | 0, 0, -P32_1 | 0);

  constructor() {
    super(16);
  }

  protected override consume(words: Uint32Array): void {
    let [a = 0, b = 0, c = 0, d = 0] = this.lanes;
    for (let i = 0; i < words.length; i += 4) {
      a = Math.imul(rotate((a + Math.imul(words[i] as number, P32_2)) | 0, 13), P32_1);
      b = Math.imul(rotate((b + Math.imul(words[i + 1] as number, P32_2)) | 0, 13), P32_1);
      c = Math.imul(rotate((c + Math.imul(words[i + 2] as number, P32_2)) | 0, 13), P32_1);
      d = Math.imul(rotate((d + Math.imul(words[i + 3] as number, P32_2)) | 0, 13), P32_1);
    }
    this.lanes.set([a, b, c, d]);
  }

  /** The hash of all so far, unsigned. */
  digest(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.lanes;
    let h = this.total >= 16 ? rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18) : P32_5;
    h = (h + this.total) | 0;
    const { rest, held } = this;
    let at = 0;
    for (; at + 4 <= held; at += 4) {
      const word =
        (rest[at] ?? 0) | ((rest[at + 1] ?? 0) << 8) | ((rest[at + 2] ?? 0) << 16) | ((rest[at + 3] ?? 0) << 24);
      h = Math.imul(rotate((h + Math.imul(word, P32_3)) | 0, 17), P32_4);
    }
    for (; at < held; at++) h = Math.imul(rotate((h + Math.imul(rest[at] ?? 0, P32_5)) | 0, 11), P32_1);
    h = Math.imul(h ^ (h >>> 15), P32_2);
    h = Math.imul(h ^ (h >>> 13), P32_3);
    return (h ^ (h >>> 16)) >>> 0;
  }
}

/** XXH32 of one buffer. */
export function xxh32(bytes: Uint8Array): number {
  const hash = new Xxh32();
  hash.update(bytes);
  return hash.digest();
}

const P64_1 = 0x9e37_79b1_85eb_ca87n;
const P64_2 = 0xc2b2_ae3d_27d4_eb4fn;
const P64_3 = 0x1656_67b1_9e37_79f9n;
const P64_4 = 0x85eb_ca77_c2b2_ae63n;
const P64_5 = 0x27d4_eb2f_1656_67c5n;

const P1_LOW = 0x85eb_ca87;
const P1_HIGH = 0x9e37_79b1;
const P2_LOW = 0x27d4_eb4f;
const P2_HIGH = 0xc2b2_ae3d;

/** Upper half of the product of two unsigned 32-bit numbers, the second as its own halves. */
function upperHalf(a: number, low: number, high: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const middle = Math.imul(aHigh, low) >>> 0;
  const carry = (Math.imul(aLow, high) >>> 0) + (Math.imul(aLow, low) >>> 16) + (middle & 0xffff);
  // `carry` is below 2^33: divided, not shifted.
  return (Math.imul(aHigh, high) + (middle >>> 16) + Math.floor(carry / 0x1_0000)) | 0;
}

const wrap = (x: bigint): bigint => BigInt.asUintN(64, x);
const rotate64 = (x: bigint, by: bigint): bigint => wrap((x << by) | (x >> (64n - by)));
const round64 = (acc: bigint, lane: bigint): bigint => wrap(rotate64(wrap(acc + lane * P64_2), 31n) * P64_1);

/** XXH64 with seed 0. */
export class Xxh64 extends Striped {
  /** Four lanes, lower half first. */
  private readonly lanes = new Int32Array(8);

  constructor() {
    super(32);
    const seeds = [P64_1 + P64_2, P64_2, 0n, -P64_1];
    const view = new BigUint64Array(this.lanes.buffer);
    seeds.forEach((seed, i) => {
      view[i] = wrap(seed);
    });
  }

  protected override consume(words: Uint32Array): void {
    const { lanes } = this;
    for (let lane = 0; lane < 8; lane += 2) {
      let low = lanes[lane] as number;
      let high = lanes[lane + 1] as number;
      for (let i = lane; i < words.length; i += 8) {
        const wordLow = words[i] as number;
        const wordHigh = words[i + 1] as number;
        // acc += word * P2
        const productLow = Math.imul(wordLow, P2_LOW);
        const productHigh =
          (upperHalf(wordLow, P2_LOW & 0xffff, P2_LOW >>> 16) +
            Math.imul(wordLow, P2_HIGH) +
            Math.imul(wordHigh, P2_LOW)) |
          0;
        const sum = (low + productLow) | 0;
        const carry = sum >>> 0 < low >>> 0 ? 1 : 0;
        high = (high + productHigh + carry) | 0;
        // rotate by 31
        const turnedLow = (sum << 31) | (high >>> 1);
        const turnedHigh = (high << 31) | (sum >>> 1);
        // acc *= P1
        low = Math.imul(turnedLow, P1_LOW);
        high =
          (upperHalf(turnedLow, P1_LOW & 0xffff, P1_LOW >>> 16) +
            Math.imul(turnedLow, P1_HIGH) +
            Math.imul(turnedHigh, P1_LOW)) |
          0;
      }
      lanes[lane] = low;
      lanes[lane + 1] = high;
    }
  }

  /** The hash of all so far. */
  digest(): bigint {
    const [a = 0n, b = 0n, c = 0n, d = 0n] = new BigUint64Array(this.lanes.buffer);
    let h = P64_5;
    if (this.total >= 32) {
      h = wrap(rotate64(a, 1n) + rotate64(b, 7n) + rotate64(c, 12n) + rotate64(d, 18n));
      for (const lane of [a, b, c, d]) h = wrap((h ^ round64(0n, lane)) * P64_1 + P64_4);
    }
    h = wrap(h + BigInt(this.total));
    const view = new DataView(this.rest.buffer, 0, this.held);
    let at = 0;
    for (; at + 8 <= this.held; at += 8)
      h = wrap(rotate64(h ^ round64(0n, view.getBigUint64(at, true)), 27n) * P64_1 + P64_4);
    if (at + 4 <= this.held) {
      h = wrap(rotate64(h ^ wrap(BigInt(view.getUint32(at, true)) * P64_1), 23n) * P64_2 + P64_3);
      at += 4;
    }
    for (; at < this.held; at++) h = wrap(rotate64(h ^ wrap(BigInt(view.getUint8(at)) * P64_5), 11n) * P64_1);
    h = wrap((h ^ (h >> 33n)) * P64_2);
    h = wrap((h ^ (h >> 29n)) * P64_3);
    return h ^ (h >> 32n);
  }
}
