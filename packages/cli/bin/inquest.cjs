#!/usr/bin/env node
// Starts dist/main.cjs with V8's code cache, which halves the time to the first line.
'use strict';
const { join } = require('node:path');
const file = join(__dirname, '../dist/main.cjs');
const module_ = require('node:module');

if (typeof module_.enableCompileCache === 'function') {
  // Node 22.8 and later keep compiled code themselves.
  module_.enableCompileCache();
  require(file);
} else {
  startWithCodeCache();
}

function startWithCodeCache() {
  const fs = require('node:fs');
  const vm = require('node:vm');
  const source = fs.readFileSync(file, 'utf8');
  const stat = fs.statSync(file);
  const key = `${process.version}-${process.arch}-${stat.size}-${Math.floor(stat.mtimeMs)}`;
  const places = cachePlaces(key);
  let cachedData;
  for (const place of places) {
    try {
      cachedData = fs.readFileSync(place);
      break;
    } catch {
      // No cache yet.
    }
  }
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
  const script = new vm.Script(wrapped, {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
    // Vendor files and Node's own modules are loaded through require, which is lent to the bundle.
    importModuleDynamically: vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  if (cachedData === undefined || script.cachedDataRejected) {
    process.once('exit', () => save(fs, script, places));
  }
  const own = { exports: {} };
  script.runInThisContext()(own.exports, module_.createRequire(file), own, file, join(__dirname, '../dist'));
}

/** Beside the bundle first, else in the user's cache. */
function cachePlaces(key) {
  const base = process.env.XDG_CACHE_HOME || (process.env.HOME ? join(process.env.HOME, '.cache') : undefined);
  const places = [join(__dirname, `../dist/main.${key}.v8`)];
  if (base !== undefined) places.push(join(base, 'inquest', `main.${key}.v8`));
  return places;
}

/** Written whole under another name and moved, so that no one reads half a cache. Failure costs only time. */
function save(fs, script, places) {
  for (const place of places) {
    try {
      fs.mkdirSync(join(place, '..'), { recursive: true });
      const temporary = `${place}.${process.pid}`;
      fs.writeFileSync(temporary, script.createCachedData(), { mode: 0o600 });
      fs.renameSync(temporary, place);
      return;
    } catch {
      // Read-only place: try the next.
    }
  }
}
