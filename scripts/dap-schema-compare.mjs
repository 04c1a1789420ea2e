// Compares the schema that tests hold messages to (dap-schema.mjs) with the official one, debugAdapterProtocol.json of
// github.com/microsoft/debug-adapter-protocol: node scripts/dap-schema-compare.mjs FILE. Prints what differs, a line each.
import { readFileSync } from 'node:fs';
import { dapSchema } from './dap-schema.mjs';

const PREFIX = '#/definitions/';
/** JSON's types: what may be all of them may be anything. */
const ALL_TYPES = 7;
/** What every message inherits, and is compared in each. */
const BASES = ['ProtocolMessage', 'Request', 'Event', 'Response'];

/** Each property of each definition by its path, `StackFrame.source`, and what it may be: `Source`, behind it `?` where it may be absent. */
function flatten(definitions) {
  const out = new Map();
  const nameOf = (reference) => reference.slice(PREFIX.length);
  /** A definition with what it inherits. */
  const merged = (schema) => {
    if (schema.allOf === undefined) return schema;
    const parts = schema.allOf.map((part) => merged(part.$ref === undefined ? part : definitions[nameOf(part.$ref)]));
    return {
      type: 'object',
      properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
      required: parts.flatMap(({ required }) => required ?? []),
    };
  };
  const visit = (path, given) => {
    const schema = merged(given);
    if (schema.$ref !== undefined) return nameOf(schema.$ref);
    const choice = schema.anyOf ?? schema.oneOf;
    if (choice !== undefined) return joined(choice.map((each) => visit(path, each)));
    if (schema.enum !== undefined) return joined(schema.enum.map((each) => JSON.stringify(each)));
    const types = [schema.type ?? []].flat();
    if (types.length === 0 || types.length === ALL_TYPES) return 'any';
    return joined(types.map((type) => ofType(path, type, schema)));
  };
  const ofType = (path, type, schema) => {
    if (type === 'array') return `${visit(`${path}[]`, schema.items)}[]`;
    if (type !== 'object') return type;
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      const what = visit(`${path}.${name}`, property);
      out.set(`${path}.${name}`, schema.required?.includes(name) ? what : `${what}?`);
    }
    const others = schema.additionalProperties;
    return typeof others === 'object' ? `{ [name]: ${visit(path, others)} }` : 'object';
  };
  for (const [name, definition] of Object.entries(definitions))
    if (!BASES.includes(name)) out.set(name, visit(name, definition));
  return out;
}

function joined(choices) {
  return [...new Set(choices)].sort((a, b) => (a < b ? -1 : 1)).join(' | ');
}

/** Ours, with the names of the official one. */
function ownDefinitions() {
  const text = JSON.stringify(dapSchema().definitions).replaceAll('DebugProtocol.', '');
  const { Messages: _messages, ...definitions } = JSON.parse(text);
  return definitions;
}

const official = flatten(JSON.parse(readFileSync(process.argv[2], 'utf8')).definitions);
const ours = flatten(ownDefinitions());
const paths = [...new Set([...official.keys(), ...ours.keys()])];
const differences = paths.filter((path) => official.get(path) !== ours.get(path));
for (const path of differences)
  console.log(`${path}: ${official.get(path) ?? 'absent'} in the official one, ${ours.get(path) ?? 'absent'} in ours`);
console.log(`${official.size} definitions and properties in the official one, ${differences.length} differences`);
process.exitCode = differences.length === 0 ? 0 : 1;
