// The JSON Schema of the Debug Adapter Protocol's messages, made from the official types of @vscode/debugprotocol (which
// Microsoft makes from its schema): the package has no schema of its own.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGenerator } from 'ts-json-schema-generator';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const types = join(root, 'node_modules/@vscode/debugprotocol/lib/debugProtocol.d.ts');
const folder = join(root, 'node_modules/.cache/inquest');

/** What may have more properties than the protocol names. */
const OPEN = ['LaunchRequestArguments', 'AttachRequestArguments', 'Module'];

/** The schema, with a definition for each message: `request threads`, `response threads`, `event stopped`, `response error`. */
export function dapSchema() {
  const text = readFileSync(types, 'utf8');
  const version = createRequire(import.meta.url)('@vscode/debugprotocol/package.json').version;
  const key = createHash('sha256')
    .update(text)
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .digest('hex');
  const cached = join(folder, `dap-${version}-${key.slice(0, 12)}.json`);
  try {
    return JSON.parse(readFileSync(cached, 'utf8'));
  } catch {
    const schema = makeSchema(text);
    writeWhole(cached, JSON.stringify(schema));
    return schema;
  }
}

function makeSchema(text) {
  const messages = [...text.matchAll(/interface (\w+)(Event|Request|Response) extends (Event|Request|Response) \{/g)];
  const fields = messages.map(([, name, kind]) => {
    const word = kind === 'Event' ? eventWord(text, name) : name.charAt(0).toLowerCase() + name.slice(1);
    return `'${kind.toLowerCase()} ${word}': DebugProtocol.${name}${kind};`;
  });
  const entry = join(folder, `messages-${process.pid}.ts`);
  writeWhole(
    entry,
    `import type { DebugProtocol } from '@vscode/debugprotocol';\nexport interface Messages {\n${fields.join('\n')}\n}\n`,
  );
  const schema = createGenerator({
    path: entry,
    tsconfig: join(root, 'tsconfig.test.json'),
    type: 'Messages',
    skipTypeCheck: true,
    additionalProperties: false,
  }).createSchema('Messages');
  for (const name of OPEN) {
    const definition = schema.definitions[`DebugProtocol.${name}`];
    if (definition !== undefined) definition.additionalProperties = true;
  }
  return schema;
}

/** The name of an event stands in a comment: `// event: 'stopped';`. */
function eventWord(text, name) {
  return new RegExp(`interface ${name}Event extends Event \\{\\s*// event: '(\\w+)'`).exec(text)[1];
}

function writeWhole(path, text) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${path}.${process.pid}`, text);
  renameSync(`${path}.${process.pid}`, path);
}
