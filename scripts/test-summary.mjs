// Prints `N passed, N failed, N skipped` from the file of vitest's JSON reporter. A test file in which nothing ran has no tests
// to count, so it counts as one: failed if it could not be loaded, else skipped, and named. No test passed: the run failed.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const empty = report.testResults.filter((file) => file.assertionResults.length === 0);
const broken = empty.filter((file) => file.status === 'failed');
const idle = empty.filter((file) => file.status !== 'failed');
for (const file of idle) console.log(`no tests ran in ${relative(process.cwd(), file.name)}`);

const passed = report.numPassedTests;
const failed = report.numFailedTests + broken.length;
const skipped = report.numPendingTests + report.numTodoTests + idle.length;
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
if (passed === 0) process.exitCode = 1;
