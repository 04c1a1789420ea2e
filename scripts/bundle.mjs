// Bundles the command into packages/cli/dist: one CommonJS file with everything of ours, and one file for each heavy
// library, which are loaded when first needed. `bundle()` may be called by other scripts; run as a script it always builds.
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(root, 'packages/cli/dist');

/** Sources behind the main bundle; each `vendor/x.ts` of the command becomes a file of its own. */
const main = join(root, 'packages/cli/src/bin.ts');
const vendorFolder = join(root, 'packages/cli/src/vendor');

function newest(folder) {
  let time = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    time = Math.max(time, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return time;
}

function modifiedAt(path) {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

/** True if the bundle is younger than all sources. */
export function isUpToDate() {
  const sources = ['engine', 'node', 'cli'].map((name) => newest(join(root, 'packages', name, 'src')));
  const built = Math.min(modifiedAt(join(out, 'main.cjs')));
  return built > Math.max(...sources, modifiedAt(fileURLToPath(import.meta.url)));
}

/** Builds the bundle. */
export async function bundle() {
  mkdirSync(out, { recursive: true });
  const vendors = readdirSync(vendorFolder).filter((name) => name.endsWith('.ts'));
  const common = {
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    conditions: ['inquest-source'],
    logLevel: 'warning',
    minifySyntax: true,
    legalComments: 'none',
  };
  await build({
    ...common,
    entryPoints: [main],
    outfile: join(out, 'main.cjs'),
    // Each vendor module is reached as `./vendor/NAME.cjs` at run time.
    external: ['./vendor/*.cjs'],
    sourcemap: 'linked',
  });
  await build({
    ...common,
    entryPoints: vendors.map((name) => join(vendorFolder, name)),
    outdir: join(out, 'vendor'),
    outExtension: { '.js': '.cjs' },
    minify: true,
  });
}

/** Builds the bundle unless it is up to date; returns the path of the command's launcher. */
export async function ensureBundle() {
  if (!isUpToDate()) await bundle();
  return join(root, 'packages/cli/bin/inquest.cjs');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await bundle();
