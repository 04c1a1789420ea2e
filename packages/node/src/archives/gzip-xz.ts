import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { ArchiveDamage, FileReader } from './archive.ts';

const load = createRequire(typeof __filename === 'string' ? __filename : import.meta.url);

const CHUNK = 1 << 20;
/** Small, so that the place of damage is told closely: the decoder does not tell how far it is. */
const XZ_CHUNK = 1 << 16;
/** Results of xz_dec_run in xz-embedded (linux/xz.h). */
const XZ_RESULTS: Readonly<Record<string, string>> = {
  3: 'it needs more memory than the decoder has',
  4: 'it needs more memory than the decoder has',
  5: 'no stream begins there',
  6: 'it uses a filter or an option that is not known',
  7: 'its data make no sense, or a checksum differs',
};
/** Two bytes of the format's magic are all that a footer of xz ends with. */
const XZ_FOOTER = [0x59, 0x5a];

/** What gzip members hold; Node's zlib checks length and CRC. Throws `ArchiveDamage`. */
export async function* readGzip(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const { createGunzip } = load('node:zlib') as typeof import('node:zlib');
  const file = createReadStream(path, { highWaterMark: CHUNK });
  const inflater = createGunzip({ chunkSize: CHUNK });
  file.on('error', (error) => inflater.destroy(error));
  file.pipe(inflater);
  try {
    for await (const bytes of inflater) yield bytes as Uint8Array;
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message: string };
    if (code === 'Z_BUF_ERROR')
      throw new ArchiveDamage('cut off', inflater.bytesWritten, 'it ends before its contents do');
    if (code?.startsWith('Z_') === true) throw new ArchiveDamage('damaged', inflater.bytesWritten, message);
    throw error;
  } finally {
    file.destroy();
  }
}

/** What xz streams hold; the decoder (xz-embedded as WebAssembly) checks CRC32 and CRC64. Throws `ArchiveDamage`. */
export async function* readXz(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const { XzReadableStream } = load('xz-decompress') as typeof import('xz-decompress');
  const reader = new FileReader(path);
  let atEnd = false;
  let last: Uint8Array = new Uint8Array(0);
  const compressed = new ReadableStream<Uint8Array>({
    pull(controller): void {
      const bytes = reader.take(XZ_CHUNK).slice();
      atEnd = bytes.length === 0;
      if (atEnd) return controller.close();
      last = bytes;
      controller.enqueue(bytes);
    },
  });
  try {
    for await (const bytes of new XzReadableStream(compressed)) yield bytes;
  } catch (error) {
    // The decoder fails on its own error when it is out of input.
    const endsWell = XZ_FOOTER.every((byte, i) => last[last.length - XZ_FOOTER.length + i] === byte);
    if (atEnd && !endsWell) throw new ArchiveDamage('cut off', reader.position, 'it ends before its contents do');
    const what = error instanceof Error ? error.message : String(error);
    const code = /error code (\d+)/.exec(what)?.[1] ?? '';
    throw new ArchiveDamage('damaged', Math.max(0, reader.position - last.length), XZ_RESULTS[code] ?? what);
  } finally {
    reader.close();
  }
}
