// Writes docs/commands.md, the reference of all commands, from the table of operations, and the schema of the report from its
// types.  npm run docs
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';
import { reportSchema, schemaPath } from './report-schema.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const path = join(root, 'docs/commands.md');
const folder = mkdtempSync(join(tmpdir(), 'inquest-docs-'));
try {
  const bundle = join(folder, 'reference.cjs');
  await build({
    entryPoints: [join(root, 'packages/cli/src/reference.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    conditions: ['inquest-source'],
    external: ['./vendor/*.cjs'],
    logOverride: { 'empty-import-meta': 'silent' },
  });
  /** @type {typeof import('../packages/cli/src/reference.ts')} */
  const { referencePage } = createRequire(import.meta.url)(bundle);
  writeFileSync(path, await format(referencePage(), { ...(await resolveConfig(path)), filepath: path }));
} finally {
  rmSync(folder, { recursive: true });
}
mkdirSync(dirname(schemaPath), { recursive: true });
writeFileSync(schemaPath, reportSchema());
