// What tests and scripts need to compare texts of the Go runtime.

/** Where the runtime begins to print. */
const START =
  /^(?:\t*panic: |fatal error: |SIG[A-Z]+: |runtime: goroutine stack |runtime: out of memory: |unexpected fault address )/m;

/** What the runtime printed, out of everything that a program wrote to standard error. */
export function runtimeText(stderr) {
  const at = stderr.search(START);
  return at < 0 ? '' : stderr.slice(at);
}

/** True for the goroutines of the runtime itself, whose states differ from run to run. */
function isSystem(block) {
  return /^goroutine \d/.test(block) && /^created by runtime\./m.test(block) && !/^runtime\.main\(/m.test(block);
}

/**
 * The text without what differs between two runs of a program: numbers of goroutines and threads, addresses, values of which
 * the runtime says that they may be stale (all values until Go 1.17, which do not say), the goroutines of the runtime, registers.
 */
export function normaliseRun(text) {
  const numbers = new Map();
  const number = (id) => {
    if (!numbers.has(id)) numbers.set(id, numbers.size + 1);
    return `#${numbers.get(id)}`;
  };
  return text
    .split('\n\n')
    .filter((block) => !isSystem(block))
    .join('\n\n')
    .replace(/\bgoroutine (\d+)/g, (_, id) => `goroutine ${number(id)}`)
    .replace(/0x[0-9a-f]+\?/g, '0x?')
    .replace(/^(\S.*)\((0x[0-9a-f, x.]*)\)$/gm, (line, name, words) => (words.includes('?') ? line : `${name}(…)`))
    .replace(/0x[0-9a-f]{5,}/g, '0xADDRESS')
    .replace(/ m=\d+/g, ' m=N')
    .replace(/ addr=0x[0-9a-f]+/g, ' addr=0x…')
    .replace(/^(r[a-z0-9]{1,5}|cs|fs|gs) +0x[0-9A-Za-z]+$/gm, '$1');
}
