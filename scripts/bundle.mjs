// Bundles the command into packages/cli/dist: CommonJS files with everything of ours, main.cjs and the parts that are loaded when
// first needed (bundle-parts.mjs divides them, bundle-commonjs.mjs writes them), and a file for each heavy library, loaded in the same way. `ensureBundle()` serves scripts that
// start the command; run as a script it always builds.
//
// A lazy library is a file in packages/cli/src/vendor, which becomes dist/vendor/NAME.cjs, or a package in `lazyPackages`.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { asCommonJs } from './bundle-commonjs.mjs';
import { parts } from './bundle-parts.mjs';

const self = fileURLToPath(import.meta.url);
const root = dirname(dirname(self));
const cli = join(root, 'packages/cli');
const out = join(cli, 'dist');
const vendorFolder = join(cli, 'src/vendor');
const entry = join(cli, 'src/bin.ts');

/** Packages that sources load with `load('NAME')`, a createRequire: in the bundle `load('./vendor/NAME.cjs')`. */
const lazyPackages = ['fzstd', 'iced-x86', 're2js', 'xz-decompress'];

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
  const scripts = ['scripts/bundle-parts.mjs', 'scripts/bundle-commonjs.mjs'];
  const others = ['package.json', 'package-lock.json', 'packages/cli/package.json', ...scripts];
  const built = Math.min(...outputs().map(modifiedAt));
  return built > Math.max(...sources, ...others.map((name) => modifiedAt(join(root, name))), modifiedAt(self));
}

/** Builds the bundle. Files are replaced whole, so several processes may do this at once. */
export async function bundle() {
  const found = new Set();
  const made = await build({
    ...common,
    entryPoints: [entry],
    outdir: out,
    format: 'esm',
    splitting: true,
    external: ['./vendor/*.cjs'],
    minifyWhitespace: true,
    // Sources ask for __filename first, which CommonJS has.
    define: { 'import.meta.url': '""' },
    metafile: true,
    plugins: [leanPackages, parts(join(root, 'packages'), (path, text) => withVendors(path, text, found))],
  });
  const lost = lazyPackages.filter((name) => !found.has(name));
  if (lost.length > 0) throw new Error(`nothing calls load('${lost.join("'), load('")}')`);
  const texts = new Map(made.outputFiles.map(({ path, text }) => [relative(root, path), text]));
  const files = asCommonJs(made.metafile.outputs, texts, relative(root, entry));
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
  for (const { path, text } of vendors.outputFiles) replaceFile(path, text);
  // The main file last: with it the others are up to date.
  for (const [name, text] of [...files].reverse()) replaceFile(join(out, name), withId(text));
  for (const name of readdirSync(out)) {
    const isOld = name.endsWith('.v8') || name.endsWith('.map') || (name.endsWith('.cjs') && !files.has(name));
    if (isOld) rmSync(join(out, name), { force: true });
  }
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

/** What packages load or do at once although we do not need it: modules of Node take a millisecond each. */
const needless = [
  // Only subcommands that are programs of their own are spawned.
  {
    file: /commander[\\/]lib[\\/]command\.js$/,
    text: "const childProcess = require('node:child_process');",
    instead: "const childProcess = { spawn: (...args) => require('node:child_process').spawn(...args) };",
  },
  // We say ourselves whether there are to be colours.
  { file: /picocolors[\\/]picocolors\.js$/, text: '(p.stdout || {}).isTTY', instead: 'false' },
];

const leanPackages = {
  name: 'lean-packages',
  setup(context) {
    for (const { file, text, instead } of needless)
      context.onLoad({ filter: file }, ({ path }) => {
        const contents = readFileSync(path, 'utf8');
        if (!contents.includes(text))
          throw new Error(`${path} has changed: look at \`needless\` of scripts/bundle.mjs`);
        return { contents: contents.replace(text, instead), loader: 'js' };
      });
  },
};

/** Points the loads of lazy packages to their bundles, and tells which were met. */
function withVendors(path, text, found) {
  if (!/packages[\\/]node[\\/]src/.test(path)) return text;
  return text.replace(/\bload\('([^':]+)'\)/g, (call, name) => {
    if (!lazyPackages.includes(name)) throw new Error(`${path}: ${call} is not in lazyPackages of scripts/bundle.mjs`);
    found.add(name);
    return `load('./vendor/${name}.cjs')`;
  });
}

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
