import { closeSync, existsSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DebugError, defineOperation, exportValue, isDebugError, type Operation } from '@inquest/engine';
import { reasonOf } from '@inquest/node';

/** What was written. */
export interface ExportResult {
  readonly file: string;
  readonly kind: 'bytes' | 'text';
  readonly type: string;
  /** Bytes. */
  readonly size: number;
}

export const exportOperation: Operation<ExportResult> = defineOperation({
  name: 'export',
  aliases: [],
  group: 'data',
  summary: 'Write a value to a file',
  details: `export body.json req.body     the bytes of a string or []byte, all of them
export state.txt *server      the text of any other value, as print shows it
print req.body > ./body.json  the same; the file needs a path with a slash (./ / ../ ~/), so that it is no comparison
print req.body >! body.json   overwrites what is there, like export -f

The file is readable by you alone: a core may hold secrets.`,
  parameters: [
    { name: 'file', kind: 'string', positional: true, required: true, summary: 'where to write' },
    {
      name: 'expression',
      kind: 'expression',
      positional: true,
      required: true,
      completes: 'variable',
      summary: 'what to evaluate',
    },
    { name: 'force', kind: 'flag', aliases: ['f'], summary: 'overwrite the file if it is there' },
  ],
  run(session, parameters) {
    const { file, expression } = parameters;
    if (typeof file !== 'string' || typeof expression !== 'string')
      throw new DebugError('export needs a file and an expression', { code: 'usage' });
    const path = file.startsWith('~/') ? join(homedir(), file.slice(2)) : file;
    if (parameters['force'] !== true && existsSync(path))
      throw new DebugError(`${path} is already there`, {
        code: 'io',
        hint: 'export -f, or >! behind print, overwrites it',
      });
    const value = exportValue(session, expression);
    const { kind, type, size } = value;
    writeWhole(path, value.chunks());
    return { file: path, kind, type, size };
  },
});

/** Writes beside the file first, so that a value which cannot be read to its end leaves nothing behind. */
function writeWhole(path: string, chunks: Iterable<Uint8Array>): void {
  const partial = `${path}.${process.pid}.part`;
  try {
    const file = openSync(partial, 'wx', 0o600);
    try {
      for (const chunk of chunks) for (let at = 0; at < chunk.length;) at += writeSync(file, chunk, at);
    } finally {
      closeSync(file);
    }
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    if (isDebugError(error)) throw error;
    throw new DebugError(`cannot write ${path}: ${reasonOf(error)}`, { code: 'io' });
  }
}
