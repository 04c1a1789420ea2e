#!/usr/bin/env node
// Starts dist/main.cjs with V8's code cache, which spares compiling it at every start. The cache is written when the first
// runs end, so that it holds the functions that they needed. Whatever goes wrong with it costs only time.
'use strict';
const {
  mkdirSync,
  openSync,
  closeSync,
  fstatSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require('node:fs');
const nodeModule = require('node:module');
const { basename, dirname, join } = require('node:path');

// V8 refuses the compiled code that Node has of its own modules once flags are changed: those that are needed are loaded before.
for (const name of ['vm', 'os', 'zlib', ...(isTerminal(1) ? ['tty'] : [])]) require(`node:${name}`);

// Optimising takes V8 some 5 MB: a function must have run a while longer than by default to be worth it. What is young is to get its
// full room at once: growing to it by steps, through as many collections, takes a tenth of what a long question takes.
require('node:v8').setFlagsFromString('--interrupt-budget=400000 --semi-space-growth-factor=8');

/** Runs that add what they compiled to the code cache: later ones find most of what they need. */
const RUNS = 4;

const dist = join(__dirname, '../dist');
const file = join(dist, 'main.cjs');
/** Those that were loaded. */
const files = [];

if (nodeModule.enableCompileCache !== undefined) {
  // Node 22.8 and later keep compiled code themselves; by default in the shared temporary folder, which others may write.
  const folder = process.env.NODE_COMPILE_CACHE || userFolder();
  if (folder !== undefined) nodeModule.enableCompileCache(folder);
  require(file);
} else {
  start();
}

function isTerminal(fd) {
  try {
    return fstatSync(fd).isCharacterDevice();
  } catch {
    return false;
  }
}

/** Runs the main file; it loads other parts of the command as it needs them. */
function start() {
  const vm = require('node:vm');
  const real = nodeModule.createRequire(file);
  const loaded = new Map();
  const load = (name) => {
    if (!/^\.\/[\w-]+\.cjs$/.test(name)) return real(name);
    const known = loaded.get(name);
    if (known !== undefined) return known.exports;
    const own = { exports: {} };
    loaded.set(name, own);
    const path = join(dist, name);
    compiled(vm, path)(own.exports, load, own, path, dist);
    return own.exports;
  };
  load.resolve = real.resolve;
  load('./main.cjs');
}

/** A file of the command as a function of what Node gives to modules. */
function compiled(vm, path) {
  const source = readFileSync(path, 'latin1'); // ASCII by construction, see scripts/bundle.mjs
  const part = basename(path, '.cjs');
  const id = /\/\/# inquest=([0-9a-f]{16})\s*$/.exec(source.slice(-64))?.[1];
  const cached = id === undefined ? undefined : readCache(part, id);
  const script = new vm.Script(`(function(exports,require,module,__filename,__dirname){${source}\n})`, {
    filename: path,
    cachedData: cached?.data,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  if (id !== undefined) remember({ script, part, id, run: script.cachedDataRejected ? 0 : (cached?.run ?? 0) });
  return script.runInThisContext();
}

function remember(file) {
  if (files.length === 0) process.once('exit', saveAll);
  files.push(file);
}

/** As long as one of the files is new, what it needs of the others is as well. */
function saveAll() {
  if (files.every(({ run }) => run === RUNS)) return;
  for (const { script, part, id, run } of files) save(script, cachePlaces(part, id, Math.min(run + 1, RUNS)));
}

/** The newest cache of a file, and how many runs are in it. */
function readCache(part, id) {
  for (let run = RUNS; run > 0; run--) {
    const data = firstReadable(cachePlaces(part, id, run));
    if (data !== undefined) return { data, run };
  }
  return undefined;
}

/** Beside the bundle first, else in the user's cache. The name holds all that decides whether V8's data fits. */
function cachePlaces(part, id, run) {
  const name = `${part}.${process.version}-${process.arch}.${id}.${run}.v8`;
  const user = userFolder();
  return user === undefined ? [join(dist, name)] : [join(dist, name), join(user, name)];
}

function userFolder() {
  const { XDG_CACHE_HOME, HOME } = process.env;
  if (XDG_CACHE_HOME) return join(XDG_CACHE_HOME, 'inquest');
  return HOME ? join(HOME, '.cache/inquest') : undefined;
}

/** A code cache is code: only what the user or root wrote, and no one else may write, is run. */
function firstReadable(places) {
  for (const place of places) {
    let fd;
    try {
      fd = openSync(place, 'r');
      const { uid, mode } = fstatSync(fd);
      const self = process.geteuid?.();
      if (self === undefined || ((uid === self || uid === 0) && (mode & 0o022) === 0)) return readFileSync(fd);
    } catch {
      // Not there yet.
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }
  return undefined;
}

/** Written whole under another name and moved, so that no one reads half a cache. */
function save(script, places) {
  for (const place of places) {
    const temporary = `${place}.${process.pid}`;
    try {
      mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
      writeFileSync(temporary, script.createCachedData(), { mode: 0o644, flag: 'wx' });
      renameSync(temporary, place);
      removeOlder(place);
      return;
    } catch {
      try {
        rmSync(temporary, { force: true });
      } catch {
        // A read-only place: try the next.
      }
    }
  }
}

/** Caches of earlier runs, and those of other bundles for this Node, which an upgrade leaves behind. */
function removeOlder(place) {
  const folder = dirname(place);
  const kept = basename(place);
  const prefix = /^.*?(?=[0-9a-f]{16}\.\d+\.v8$)/.exec(kept)?.[0] ?? kept;
  for (const name of readdirSync(folder)) {
    if (name !== kept && name.startsWith(prefix) && name.endsWith('.v8')) rmSync(join(folder, name), { force: true });
  }
}
