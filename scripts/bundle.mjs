// Bundles the command into packages/cli/dist: one CommonJS file with everything of ours, and a file for each heavy library,
// loaded when first needed. `ensureBundle()` serves scripts that start the command; run as a script it always builds.
//
// A lazy library is a file in packages/cli/src/vendor, which becomes dist/vendor/NAME.cjs, or a package in `lazyPackages`.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const self = fileURLToPath(import.meta.url);
const root = dirname(dirname(self));
const cli = join(root, 'packages/cli');
const out = join(cli, 'dist');
const vendorFolder = join(cli, 'src/vendor');

/** Packages that sources load with `load('NAME')`, a createRequire: in the bundle `load('./vendor/NAME.cjs')`. */
const lazyPackages = ['fzstd', 'iced-x86', 'xz-decompress'];

/** Files that lazy packages read from beside themselves. */
const besidePackages = ['iced-x86/iced_x86_bg.wasm'];

const common = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20.19',
  conditions: ['inquest-source'],
  // ASCII only, so that the launcher may read the file as Latin-1, which is quicker.
  charset: 'ascii',
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
  logOverride: { 'empty-import-meta': 'silent' }, // for sources that ask `typeof __filename` first
  write: false,
  absWorkingDir: root,
};

/** True if the bundle is younger than everything it is made of. */
export function isUpToDate() {
  const sources = ['engine', 'node', 'servers', 'cli'].map((name) => newest(join(root, 'packages', name, 'src')));
  const others = ['package.json', 'package-lock.json', 'packages/cli/package.json'].map((name) =>
    modifiedAt(join(root, name)),
  );
  const built = Math.min(...outputs().map(modifiedAt));
  return built > Math.max(...sources, ...others, modifiedAt(self));
}

/** Builds the bundle. Files are replaced whole, so several processes may do this at once. */
export async function bundle() {
  const main = await build({
    ...common,
    entryPoints: [join(cli, 'src/bin.ts')],
    outfile: join(out, 'main.cjs'),
    external: ['./vendor/*.cjs'],
    minifyWhitespace: true,
    sourcemap: 'linked',
    sourcesContent: false,
    plugins: [lazyLoads],
  });
  const vendors = await build({
    ...common,
    entryPoints: [
      ...vendorNames().map((name) => ({ in: join(vendorFolder, `${name}.ts`), out: `vendor/${name}` })),
      ...lazyPackages.map((name) => ({ in: name, out: `vendor/${name}` })),
    ],
    outdir: out,
    outExtension: { '.js': '.cjs' },
    minify: true,
  });
  mkdirSync(join(out, 'vendor'), { recursive: true });
  for (const file of besidePackages)
    replaceFile(join(out, 'vendor', basename(file)), readFileSync(join(root, 'node_modules', file)));
  for (const { path, text } of [...vendors.outputFiles, ...main.outputFiles]) {
    replaceFile(path, basename(path) === 'main.cjs' ? withId(text) : text);
  }
  for (const name of readdirSync(out)) if (name.endsWith('.v8')) rmSync(join(out, name), { force: true });
}

/** Builds the bundle unless it is up to date; returns the path of the command's launcher. */
export async function ensureBundle() {
  if (!isUpToDate()) await bundle();
  return join(cli, 'bin/inquest.cjs');
}

/** The launcher keys V8's code cache by this hash: a file's time and size do not tell one release from another. */
function withId(text) {
  return `${text}//# inquest=${createHash('sha256').update(text).digest('hex').slice(0, 16)}\n`;
}

/** Points the loads of lazy packages to their bundles, and fails if one has lost its package unseen. */
const lazyLoads = {
  name: 'lazy-loads',
  setup(context) {
    const found = new Set();
    context.onLoad({ filter: /packages[\\/]node[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8').replace(/\bload\('([^':]+)'\)/g, (call, name) => {
        if (!lazyPackages.includes(name))
          throw new Error(`${path}: ${call} is not in lazyPackages of scripts/bundle.mjs`);
        found.add(name);
        return `load('./vendor/${name}.cjs')`;
      });
      return { contents, loader: 'ts' };
    });
    context.onEnd(() => ({
      errors: lazyPackages
        .filter((name) => !found.has(name))
        .map((name) => ({ text: `nothing calls load('${name}')` })),
    }));
  },
};

function vendorNames() {
  return readdirSync(vendorFolder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => name.slice(0, -'.ts'.length));
}

function outputs() {
  return [
    join(out, 'main.cjs'),
    ...besidePackages.map((file) => join(out, 'vendor', basename(file))),
    ...[...vendorNames(), ...lazyPackages].map((name) => join(out, 'vendor', `${name}.cjs`)),
  ];
}

function newest(folder) {
  let time = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    time = Math.max(time, entry.isDirectory() ? newest(path) : modifiedAt(path));
  }
  return time;
}

function modifiedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function replaceFile(path, text) {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await bundle();
