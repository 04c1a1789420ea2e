#!/usr/bin/env node
// Starts dist/main.cjs with V8's code cache, which spares compiling it at every start. The cache is written when the first
// run ends, so that it holds the functions that run needed. Whatever goes wrong with it costs only time.
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
const { dirname, join } = require('node:path');

// Optimising takes V8 some 5 MB: a function must have run a while longer than by default to be worth it.
require('node:v8').setFlagsFromString('--interrupt-budget=400000');

const dist = join(__dirname, '../dist');
const file = join(dist, 'main.cjs');

if (nodeModule.enableCompileCache !== undefined) {
  // Node 22.8 and later keep compiled code themselves; by default in the shared temporary folder, which others may write.
  const folder = process.env.NODE_COMPILE_CACHE || userFolder();
  if (folder !== undefined) nodeModule.enableCompileCache(folder);
  require(file);
} else {
  start();
}

function start() {
  const vm = require('node:vm');
  const source = readFileSync(file, 'latin1'); // ASCII by construction, see scripts/bundle.mjs
  const id = /\/\/# inquest=([0-9a-f]{16})\s*$/.exec(source.slice(-64))?.[1];
  const places = id === undefined ? [] : cachePlaces(id);
  const cachedData = firstReadable(places);
  const script = new vm.Script(`(function(exports,require,module,__filename,__dirname){${source}\n})`, {
    filename: file,
    cachedData,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  if (cachedData === undefined || script.cachedDataRejected) process.once('exit', () => save(script, places));
  const own = { exports: {} };
  script.runInThisContext()(own.exports, nodeModule.createRequire(file), own, file, dist);
}

/** Beside the bundle first, else in the user's cache. The name holds all that decides whether V8's data fits. */
function cachePlaces(id) {
  const name = `main.${process.version}-${process.arch}.${id}.v8`;
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

/** Caches of other bundles for this Node, which an upgrade leaves behind. */
function removeOlder(place) {
  const folder = dirname(place);
  const kept = place.slice(folder.length + 1);
  const prefix = kept.slice(0, kept.lastIndexOf('.', kept.length - '.v8'.length - 1) + 1);
  for (const name of readdirSync(folder)) {
    if (name !== kept && name.startsWith(prefix) && name.endsWith('.v8')) rmSync(join(folder, name), { force: true });
  }
}
