import type { DebugProtocol } from '@vscode/debugprotocol';
import { DebugError, operations, type Operation, type Page, type Parameters } from '@inquest/engine';
import { forClient } from './client.ts';
import { codeLocation } from './code-locations.ts';
import { completions } from './completions.ts';
import type { CoreView } from './core-view.ts';
import { exceptionInfo } from './crash.ts';
import { disassemble } from './disassemble.ts';
import { readMemory } from './memory.ts';
import { modules } from './modules.ts';
import { scopesOf } from './scopes.ts';
import { stackTrace } from './stack-trace.ts';
import { childrenOf } from './variables.ts';

/** Arguments of a request, as a client sent them. */
export type Arguments = Readonly<Record<string, unknown>>;

type Answer = (view: CoreView, args: never) => object;

/** Requests that only look, and what answers them. Which arguments must be there, and of what type, is in `REQUIRED`. */
const LOOKS: Readonly<Record<string, Answer>> = {
  threads: (view) => ({ threads: view.threads.list() }),
  stackTrace,
  scopes: (view, { frameId }: DebugProtocol.ScopesArguments) => ({ scopes: scopesOf(view, frameId) }),
  variables: (view, args: DebugProtocol.VariablesArguments) => {
    const container = view.containers.get(args.variablesReference);
    if (container === undefined) throw unknown('variablesReference', args.variablesReference);
    const { frameId } = container;
    view.frameLookedAt = frameId ?? view.frameLookedAt;
    const variables = childrenOf(container, view.showing(args.format?.hex, frameId), args);
    return { variables: variables.map((variable) => forClient(view.client, variable)) };
  },
  exceptionInfo: (view, { threadId }: DebugProtocol.ExceptionInfoArguments) => exceptionInfo(view, threadId),
  readMemory: (view, args: DebugProtocol.ReadMemoryArguments) => readMemory(view.session, args),
  disassemble: (view, args: DebugProtocol.DisassembleArguments) => ({ instructions: disassemble(view, args) }),
  locations: codeLocation,
  modules,
  loadedSources: (view) => ({ sources: view.sources.all(view.ask<Page<string>>('sources')) }),
  source: (view, args: DebugProtocol.SourceArguments) => ({
    content: view.sources.content(args),
    mimeType: 'text/x-go',
  }),
  completions: (view, args: DebugProtocol.CompletionsArguments) => ({ targets: completions(view, args) }),
  inquest: askOperation,
};

const REQUIRED: Readonly<Record<string, Readonly<Record<string, 'number' | 'string'>>>> = {
  stackTrace: { threadId: 'number' },
  scopes: { frameId: 'number' },
  variables: { variablesReference: 'number' },
  exceptionInfo: { threadId: 'number' },
  readMemory: { memoryReference: 'string', count: 'number' },
  disassemble: { memoryReference: 'string', instructionCount: 'number' },
  locations: { locationReference: 'number' },
  completions: { text: 'string', column: 'number' },
  evaluate: { expression: 'string' },
  inquest: { operation: 'string' },
};

/** Arguments that may be left out, and their types where they are given. */
const OPTIONAL: Readonly<Record<string, 'number' | 'string' | 'object'>> = {
  startFrame: 'number',
  levels: 'number',
  start: 'number',
  count: 'number',
  filter: 'string',
  offset: 'number',
  instructionOffset: 'number',
  startModule: 'number',
  moduleCount: 'number',
  frameId: 'number',
  goroutine: 'number',
  line: 'number',
  context: 'string',
  format: 'object',
  source: 'object',
  sourceReference: 'number',
  parameters: 'object',
};

/** Throws `usage` where arguments are missing, or are something else than they must be. */
export function checkArguments(command: string, args: Arguments): void {
  const required = Object.hasOwn(REQUIRED, command) ? REQUIRED[command] : undefined;
  for (const [name, type] of Object.entries(required ?? {})) {
    if (!isOf(type, args[name])) throw new DebugError(`${command} needs a ${type} ${name}`, { code: 'usage' });
  }
  for (const [name, type] of Object.entries(OPTIONAL)) {
    const value = args[name];
    if (value === undefined || (required !== undefined && Object.hasOwn(required, name))) continue;
    if (!isOf(type, value))
      throw new DebugError(`${name} must be ${type === 'object' ? 'an' : 'a'} ${type}`, { code: 'usage' });
  }
}

function isOf(type: 'number' | 'string' | 'object', value: unknown): boolean {
  if (type === 'number') return Number.isSafeInteger(value);
  return typeof value === type && value !== null && !Array.isArray(value);
}

/** What answers a request that only looks; undefined for other requests. The arguments have been checked. */
export function lookOf(command: string): ((view: CoreView, args: Arguments) => object) | undefined {
  return Object.hasOwn(LOOKS, command) ? (LOOKS[command] as (view: CoreView, args: Arguments) => object) : undefined;
}

function unknown(what: string, number: number): DebugError {
  return new DebugError(`there is no ${what} ${number}`, { code: 'not-found' });
}

/** Throws `usage` for what an operation does not take. */
function checkParameter({ name: operation, parameters }: Operation, name: string, value: unknown): void {
  const parameter = parameters.find((each) => each.name === name);
  if (parameter === undefined) throw new DebugError(`${operation} takes no ${name}`, { code: 'usage' });
  const { kind, repeated } = parameter;
  const type = kind === 'flag' ? 'boolean' : kind === 'number' ? 'number' : 'string';
  const values: readonly unknown[] = repeated === true && Array.isArray(value) ? value : [value];
  if (!values.every((each) => typeof each === type))
    throw new DebugError(`${name} of ${operation} must be a ${type}`, { code: 'usage' });
}

/** A request of ours: any operation of the table, in a frame or in a goroutine, with the same answer as with --json. */
function askOperation(
  view: CoreView,
  args: {
    readonly operation: string;
    readonly parameters?: Parameters;
    readonly frameId?: number;
    readonly goroutine?: number;
  },
): object {
  const operation = operations.find(({ name }) => name === args.operation);
  if (operation === undefined) throw new DebugError(`there is no operation ${args.operation}`, { code: 'not-found' });
  const parameters = args.parameters ?? {};
  for (const [name, value] of Object.entries(parameters)) checkParameter(operation, name, value);
  const run = (): unknown => operation.run(view.session, parameters);
  const { goroutine } = args;
  if (goroutine !== undefined) return { result: view.session.within({ goroutine }, run) };
  return { result: view.inFrame(args.frameId, run) };
}
