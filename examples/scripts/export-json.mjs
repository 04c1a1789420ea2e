// Writes a value of any size as JSON, an element a line for slices, arrays and maps, so that other tools can take it from there:
//
//   (inquest) source export-json.mjs main.sessions sessions.ndjson
//
// Or, without a prompt:
//
//   inquest ./server core.4711 -e 'source export-json.mjs main.sessions sessions.ndjson'

import { closeSync, openSync, writeSync } from 'node:fs';

/** JSON of any value: integers beyond 2^53 become text, bytes hex digits, maps lists of pairs, cycles a note. */
function toJson(value) {
  const open = [];
  const plain = (each) => {
    if (typeof each === 'bigint') return each.toString();
    if (each === undefined) return null;
    if (typeof each !== 'object' || each === null)
      return Number.isFinite(each) || typeof each !== 'number' ? each : String(each);
    if (each instanceof Uint8Array) return Buffer.from(each).toString('hex');
    if (open.includes(each)) return '(leads to itself)';
    open.push(each);
    try {
      if (Array.isArray(each)) return each.map(plain);
      if (each instanceof Map) return [...each].map(([key, element]) => [plain(key), plain(element)]);
      return Object.fromEntries(Object.keys(each).map((name) => [name, plain(each[name])]));
    } finally {
      open.pop();
    }
  };
  return JSON.stringify(plain(value));
}

export default (inquest) => {
  const [expression, path] = inquest.arguments;
  if (path === undefined) throw new Error('usage: source export-json.mjs EXPRESSION FILE');
  const value = inquest.eval(expression);
  const file = openSync(path, 'w');
  let lines = 0;
  const write = (each) => {
    writeSync(file, `${toJson(each)}\n`);
    lines++;
  };
  try {
    if (value.kind === 'map')
      for (const [key, element] of value.entries()) write({ key: key.value, value: element.value });
    else if (value.kind === 'slice' || value.kind === 'array') for (const element of value) write(element.value);
    else write(value.value);
  } finally {
    closeSync(file);
  }
  inquest.print(`${lines} ${lines === 1 ? 'line' : 'lines'} of ${value.type} in ${path}`);
};
