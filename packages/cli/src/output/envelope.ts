import { isDebugError, type ResultStream } from '@inquest/engine';
import { TOOL } from '../version.ts';

/** Raised when a field changes its meaning or goes; new fields leave it. */
export const SCHEMA_VERSION = 1;

/** Which program a document is about. */
export interface CoreIdentity {
  readonly path: string;
  readonly executable: string | undefined;
  readonly buildId: string | undefined;
}

/** What a command answered, as one line of JSON. */
export function formatEnvelope(
  core: CoreIdentity | undefined,
  command: { readonly text: string; readonly operation: string },
  data: unknown,
  warnings: readonly string[],
): string {
  return stringify({
    schemaVersion: SCHEMA_VERSION,
    tool: TOOL,
    core,
    command: command.text,
    operation: command.operation,
    data: data ?? {},
    warnings,
  });
}

/** The same line in pieces, for a result of which one field is a long list. */
export function* streamEnvelope(
  core: CoreIdentity | undefined,
  command: { readonly text: string; readonly operation: string },
  data: ResultStream,
  warnings: readonly string[],
): Generator<string, void, undefined> {
  const head = { schemaVersion: SCHEMA_VERSION, tool: TOOL, core, command: command.text, operation: command.operation };
  yield `${stringify(head).slice(0, -1)},"data":{${JSON.stringify(data.field)}:[`;
  let separator = '';
  for (const item of data.items) {
    yield separator + stringify(item);
    separator = ',';
  }
  const rest = stringify(data.rest()).slice(1, -1);
  yield `]${rest === '' ? '' : ','}${rest}},"warnings":${stringify(warnings)}}`;
}

/** Why a command failed, as one line of JSON. */
export function formatErrorEnvelope(
  core: CoreIdentity | undefined,
  command: string | undefined,
  error: unknown,
): string {
  const described = isDebugError(error)
    ? { code: error.detail.code, message: error.message, hint: error.detail.hint, position: error.detail.position }
    : { code: 'internal', message: error instanceof Error ? error.message : String(error) };
  return stringify({ schemaVersion: SCHEMA_VERSION, tool: TOOL, core, command, error: described });
}

/** JSON of plain data; integers beyond 2^53 become decimal strings. */
function stringify(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? each.toString() : each));
}
