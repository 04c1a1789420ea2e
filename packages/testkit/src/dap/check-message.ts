import { Ajv, type ValidateFunction } from 'ajv';
import { dapSchema } from '../../../../scripts/dap-schema.mjs';
import type { DapMessage } from './message.ts';

const schema = dapSchema();
const names = new Set(Object.keys(schema.definitions['Messages']?.properties ?? {}));
const ajv = new Ajv({ strict: false, allErrors: true }).addSchema({ $id: 'dap', ...schema });
const validators = new Map<string, ValidateFunction>();

/** Requests of ours, which the protocol allows and does not know: what they have in common with others is checked. */
const OWN = new Set(['inquest']);

/** Throws if a message is not as the protocol's schema has it. */
export function checkMessage(message: DapMessage): void {
  const name = nameOf(message);
  if (!names.has(name)) throw new Error(`the protocol has no ${name}`);
  const validate =
    validators.get(name) ?? ajv.compile({ $ref: `dap#/definitions/Messages/properties/${encodeURI(name)}` });
  validators.set(name, validate);
  if (validate(message)) return;
  const errors = (validate.errors ?? []).map(({ instancePath, message: text }) => `${instancePath} ${text}`);
  throw new Error(`${name}: ${errors.join('; ')}`);
}

function nameOf({ type, success, command = '', event = '' }: DapMessage): string {
  if (type === 'event') return `event ${event}`;
  if (type === 'response' && success === false) return 'response error';
  return OWN.has(command) ? type : `${type} ${command}`;
}
