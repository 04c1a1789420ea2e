// Opens the committed core of the program in fixtures/programs/sum and prints the report.
//   npm run demo [-- FIXTURE [COMMAND...]]      for instance: npm run demo -- sum/go1.24/noopt bt locals
import { spawnSync } from 'node:child_process';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openFixture } from '../fixtures/fixtures.mjs';
import { ensureBundle } from './bundle.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [id = 'sum/go1.27/default', ...commands] = process.argv.slice(2);
const command = await ensureBundle();
const { exe, core } = openFixture(id);
const paths = [exe, core].map((path) => relative(process.cwd(), path));
console.error(`$ inquest core ${paths.join(' ')}${commands.map((text) => ` -e '${text}'`).join('')}\n`);
// The source lies with the fixtures; the path in the executable is where it was built.
const args = [command, 'core', ...paths, ...commands.flatMap((text) => ['-e', text])];
if (commands.length === 0 && !process.stdin.isTTY) args.push('--batch');
const env = { ...process.env, INQUEST_SOURCE_PATH: join(root, 'fixtures/programs', id.split('/')[0] ?? '') };
process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit', env }).status ?? 1;
