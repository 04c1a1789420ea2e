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
/** The only numbers of the protocol that need not be integers, which the types do not tell. */
const FRACTIONS = new Set(['percentage']);

/** The schema, with a definition for each message: `request threads`, `response threads`, `event stopped`, `response error`, `request`. */
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
  const declared = [...text.matchAll(/interface (\w+)(Event|Request|Response) extends (Event|Request|Response) \{/g)];
  const messages = declared.map(([, name, kind]) => {
    const word = kind === 'Event' ? eventWord(text, name) : name.charAt(0).toLowerCase() + name.slice(1);
    return { name: `${name}${kind}`, type: kind.toLowerCase(), word };
  });
  const fields = [
    ...messages.map(({ name, type, word }) => `'${type} ${word}': DebugProtocol.${name};`),
    // Of requests that the protocol does not know.
    'request: DebugProtocol.Request; response: DebugProtocol.Response;',
  ];
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
  for (const name of OPEN) schema.definitions[`DebugProtocol.${name}`].additionalProperties = true;
  for (const { name, type, word } of messages) {
    const { properties } = schema.definitions[`DebugProtocol.${name}`];
    properties.type.enum = [type];
    if (type !== 'response') properties[type === 'event' ? 'event' : 'command'].enum = [word];
  }
  requireIntegers(schema);
  return schema;
}

/** TypeScript has one type for all numbers. */
function requireIntegers(schema, name = '') {
  if (typeof schema !== 'object' || schema === null) return;
  if (schema.type === 'number' && !FRACTIONS.has(name)) schema.type = 'integer';
  else if (Array.isArray(schema.type)) schema.type = schema.type.map((type) => (type === 'number' ? 'integer' : type));
  for (const [key, part] of Object.entries(schema)) requireIntegers(part, key);
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
