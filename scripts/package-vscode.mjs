// Packs editors/vscode into dist/inquest-VERSION.vsix, with the command inside: node scripts/package-vscode.mjs [FILE.vsix]
// The packer is fetched by npm when this runs; nothing else needs it.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { ensureBundle } from './bundle.mjs';

const PACKER = '@vscode/vsce@3.9.2';
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const extension = join(root, 'editors/vscode');

/** Puts all that the package is made of into `folder`. */
export async function stageExtension(folder) {
  await ensureBundle();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'inquest'), { recursive: true });
  for (const name of ['package.json', 'README.md']) cpSync(join(extension, name), join(folder, name));
  for (const name of ['LICENSE', 'CHANGELOG.md']) cpSync(join(root, name), join(folder, name));
  // All of the folder is for the package; without this file the packer warns that it may not be.
  writeFileSync(join(folder, '.vscodeignore'), '');
  const isShipped = (path) => !/\.(?:v8|map|tsbuildinfo|d\.ts|js)$/.test(path);
  for (const name of ['bin', 'dist', 'package.json'])
    cpSync(join(root, 'packages/cli', name), join(folder, 'inquest', name), { recursive: true, filter: isShipped });
  await build({
    entryPoints: [join(extension, 'src/extension.ts')],
    outfile: join(folder, 'dist/extension.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    conditions: ['inquest-source'],
    external: ['vscode'],
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
}

/** Packs a folder that `stageExtension` made. */
export function packExtension(folder, file) {
  const packer = ['exec', '--yes', `--package=${PACKER}`, '--', 'vsce', 'package', '--no-dependencies'];
  const options = ['--allow-missing-repository', '--skip-license', '--out', file];
  execFileSync('npm', [...packer, ...options], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { version } = JSON.parse(readFileSync(join(extension, 'package.json'), 'utf8'));
  const file = resolve(process.argv[2] ?? join(extension, 'dist', `inquest-${version}.vsix`));
  const folder = join(extension, 'dist/package');
  await stageExtension(folder);
  mkdirSync(dirname(file), { recursive: true });
  packExtension(folder, file);
  rmSync(folder, { recursive: true });
  writeFileSync(1, `${file}\n`);
}
