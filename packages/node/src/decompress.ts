import { createRequire } from 'node:module';
import type { ZlibOptions } from 'node:zlib';
import { badData, DebugError, unsupported, whole, type Decompressors } from '@inquest/engine';
import { growingZlib } from './growing-zlib.ts';

const load = createRequire(typeof __filename === 'string' ? __filename : import.meta.url);

/** Largest contents of .gnu_debugdata believed, in bytes. */
const LARGEST_XZ = 256 << 20;

/** zlib by Node, zstd by fzstd, xz by the command of that name; all loaded on first use. */
export const decompressors: Decompressors = {
  zlib(data, size) {
    const zlib = load('node:zlib') as typeof import('node:zlib');
    return checked('zlib', size, () => zlib.inflateSync(data, wholeOf(size)));
  },
  growingZlib(source, offset, length, size) {
    const { createInflate } = load('node:zlib') as typeof import('node:zlib');
    return (
      growingZlib(createInflate, source, offset, length, size) ??
      whole(decompressors.zlib(source.bytes(offset, length), size))
    );
  },
  zlibAhead(source, offset, length, size) {
    const zlib = load('node:zlib') as typeof import('node:zlib');
    const data = source.bytes(offset, length);
    return new Promise((resolve, reject) => {
      zlib.inflate(data, wholeOf(size), (error, out) => {
        if (error !== null) reject(error);
        else if (out.length === size) resolve(out);
        else reject(badData(`the zlib data gives ${out.length} bytes, not ${size}`));
      });
    });
  },
  zstd(data, size) {
    const fzstd = load('fzstd') as typeof import('fzstd');
    return checked('zstd', size, () => fzstd.decompress(data, new Uint8Array(size)));
  },
  xz(data) {
    const { spawnSync } = load('node:child_process') as typeof import('node:child_process');
    const { error, status, stdout } = spawnSync('xz', ['-dc'], { input: data, maxBuffer: LARGEST_XZ });
    if (error !== undefined) throw unsupported('it is compressed by xz, and the command xz is not at hand');
    if (status !== 0) throw badData('the xz data is damaged');
    return stdout;
  },
};

/** One output chunk of the known size is 60% faster than the default of 16 KiB. */
function wholeOf(size: number): ZlibOptions {
  return { chunkSize: Math.max(64, size + 1), maxOutputLength: size + 1 };
}

function checked(method: string, size: number, run: () => Uint8Array): Uint8Array {
  let out: Uint8Array;
  try {
    out = run();
  } catch (error) {
    throw badData(`the ${method} data is damaged: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (out.length !== size) {
    throw new DebugError(`the ${method} data gives ${out.length} bytes, not ${size}`, { code: 'bad-data' });
  }
  return out;
}
