import { Ajv, type ValidateFunction } from 'ajv';
import type { DapMessage } from '@inquest/testkit';
import { dapSchema } from '../../../../scripts/dap-schema.mjs';

const schema = dapSchema();
const names = new Set(Object.keys(schema.definitions['Messages']?.properties ?? {}));
const ajv = new Ajv({ strict: false, allErrors: true }).addSchema({ $id: 'dap', ...schema });
const validators = new Map<string, ValidateFunction>();

/** Requests of ours, which the protocol allows and does not know. */
const OWN = new Set(['inquest']);

/** Throws if a message is not as the protocol's schema has it. */
export function checkMessage(message: DapMessage): void {
  const { type, success, command = '', event = '' } = message;
  if (OWN.has(command)) return;
  const name =
    type === 'response' && success === false ? 'response error' : `${type} ${type === 'event' ? event : command}`;
  if (!names.has(name)) throw new Error(`the protocol has no ${name}`);
  let validate = validators.get(name);
  if (validate === undefined) {
    validate = ajv.compile({ $ref: `dap#/definitions/Messages/properties/${name.replaceAll(' ', '%20')}` });
    validators.set(name, validate);
  }
  if (!validate(message)) {
    throw new Error(
      `${name}: ${(validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`).join('; ')}`,
    );
  }
}
