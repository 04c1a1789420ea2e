import { createRequire } from 'node:module';
import type { ZlibOptions } from 'node:zlib';
import {
  badData,
  DebugError,
  PagedSource,
  unsupported,
  whole,
  type ByteSource,
  type Decompressors,
  type GrowingBytes,
  type ZlibStream,
} from '@inquest/engine';
import { DiskFile } from './host-file.ts';
import { ZlibBytes } from './inflate/growing-zlib.ts';
import { Inflater } from './inflate/inflater.ts';
import type { InflateOrder } from './inflate/shared-stream.ts';
import { inflateTogether } from './inflate/shared-zlib.ts';

const load = createRequire(typeof __filename === 'string' ? __filename : import.meta.url);

/** Largest contents of .gnu_debugdata believed, in bytes. */
const LARGEST_XZ = 256 << 20;

/** zlib by Node, zstd by fzstd, xz by the command of that name; all loaded on first use. */
export const decompressors: Decompressors = {
  zlib(data, size) {
    const zlib = load('node:zlib') as typeof import('node:zlib');
    return checked('zlib', size, () => zlib.inflateSync(data, wholeOf(size)));
  },
  growingZlib(source, stream) {
    return inflateInto(source, stream, new Uint8Array(stream.size));
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

/** The same, with a thread that runs `script` (`runInflating`) where there is much to inflate. */
export function decompressorsWith(script: () => string | undefined): Decompressors {
  return {
    ...decompressors,
    zlibBeside(source, streams) {
      const fd = source instanceof PagedSource && source.file instanceof DiskFile ? source.file.fd : undefined;
      const path = fd === undefined ? undefined : script();
      if (fd === undefined || path === undefined) return undefined;
      const { Worker } = load('node:worker_threads') as typeof import('node:worker_threads');
      const start = (workerData: InflateOrder): void => {
        // Without streams of its own it would make Node load what this thread's are made of.
        const worker = new Worker(path, { workerData, execArgv: [], stdout: true, stderr: true });
        // Nobody listens: what it does not do is done without it, and the process ends without it.
        worker.on('error', () => undefined);
        worker.unref();
      };
      return inflateTogether(fd, streams, start, (stream, into) => inflateInto(source, stream, into));
    },
  };
}

function inflateInto(source: ByteSource, stream: ZlibStream, into: Uint8Array): GrowingBytes {
  const { createInflate } = load('node:zlib') as typeof import('node:zlib');
  const inflater = Inflater.open(createInflate, (offset, length) => source.bytes(offset, length), stream);
  if (inflater !== undefined) return new ZlibBytes(inflater, into);
  into.set(decompressors.zlib(source.bytes(stream.offset, stream.length), stream.size));
  return whole(into);
}

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
