// Prints what failed, from files of vitest's JSON reporter: where, and the beginning of why. What CI keeps of a long log is its end.
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** Lines of one failure at most. */
const SHOWN = 30;

for (const path of process.argv.slice(2)) {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (text !== '') for (const file of JSON.parse(text).testResults) printFailures(file);
}

function printFailures({ name, status, message, assertionResults }) {
  const failed = assertionResults.filter((result) => result.status === 'failed');
  if (status === 'failed' && failed.length === 0) print(relative(process.cwd(), name), message);
  for (const { fullName, failureMessages } of failed)
    print(`${relative(process.cwd(), name)}: ${fullName}`, failureMessages.join('\n'));
}

function print(title, reason) {
  const lines = reason.split('\n').filter((line) => !/^\s+at .*(node_modules|node:)/.test(line));
  console.log([`--- ${title}`, ...lines.slice(0, SHOWN)].join('\n'));
  if (lines.length > SHOWN) console.log(`(${lines.length - SHOWN} more lines)`);
}
