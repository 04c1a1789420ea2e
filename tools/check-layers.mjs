// Checks the import rules of tools/layers.config.mjs. dependency-cruiser reads TypeScript through the classic API, which
// TypeScript 7 has not; with 7 it finds no module and reports success. So it gets TypeScript 6 here, an empty result is a
// failure, and tools/layers-canary must be found bad, folder by folder, for the rule its folder is named after.
import { readdirSync } from 'node:fs';
import Module, { register } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { options } from './layers.config.mjs';

const tools = dirname(fileURLToPath(import.meta.url));
const root = dirname(tools);

// Both ways in which dependency-cruiser looks for TypeScript: import for the compiler, require for its version.
register('./typescript6-hook.mjs', import.meta.url);
const resolveFilename = Module._resolveFilename;
Module._resolveFilename = (request, ...rest) =>
  resolveFilename(request.replace(/^typescript(?=\/|$)/, 'typescript6'), ...rest);
const { cruise } = await import('dependency-cruiser');

async function check(folder) {
  process.chdir(folder);
  const { output } = await cruise(['packages'], { ...options, baseDir: folder });
  const { summary, modules } = output;
  const sources = modules.filter((module) => /^packages\/.*\.ts$/.test(module.source)).length;
  return { sources, violations: summary.violations };
}

function describe({ from, to, rule, cycle }) {
  return `${rule.name}: ${from} -> ${cycle === undefined ? to : cycle.map((step) => step.name ?? step).join(' -> ')}`;
}

const problems = [];
const { sources, violations } = await check(root);
for (const violation of violations) problems.push(describe(violation));
// Each package has sources; fewer modules than that mean that the tool is blind.
if (sources < 4) problems.push(`only ${sources} modules found: the check does not see the sources`);

const canaries = readdirSync(join(tools, 'layers-canary'), { withFileTypes: true }).filter((entry) =>
  entry.isDirectory(),
);
if (canaries.length < 3) problems.push('tools/layers-canary: canaries are missing');
for (const { name } of canaries) {
  const found = await check(join(tools, 'layers-canary', name));
  const caught = found.violations.filter((violation) => violation.rule.name === name);
  if (caught.length === 0) problems.push(`canary ${name} was not caught (${found.sources} modules seen)`);
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  const rules = new Map(options.ruleSet.forbidden.map((rule) => [rule.name, rule.comment]));
  for (const name of new Set(violations.map((violation) => violation.rule.name))) {
    console.error(`\n${name}: ${rules.get(name)}`);
  }
  console.error(`layers: ${problems.length} problems`);
  process.exit(1);
}
console.log(`layers: ${sources} modules keep the rules; ${canaries.length} canaries were caught`);
