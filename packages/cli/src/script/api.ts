import {
  DebugError,
  defineOperation,
  evaluateLive,
  liveVariables,
  readMemory,
  type FrameResult,
  type GoroutinesResult,
  type LiveValue,
  type Operation,
  type Parameters,
  type Session,
  type StackResult,
  type VariableResult,
  type VariablesResult,
} from '@inquest/engine';
import { resolveWhere, scopeOf, type Where } from './where.ts';

/** What scripts need of the session's front: running lines, writing, adding commands. */
export interface ScriptHost {
  readonly session: Session;
  /** The commands of now. */
  readonly operations: readonly Operation[];
  print(text: string): void;
  /** Runs a line and writes what it answers; true if it did not fail. */
  command(line: string): boolean;
  /** Runs a line and returns what it would have written. Throws what fails. */
  text(line: string): string;
  addCommand(operation: Operation): void;
}

/** A frame that scripts get: it says whose it is, so that it can be given where a place is asked for. */
export interface ScriptFrame extends FrameResult {
  readonly goroutine: number | undefined;
}

/** A variable that scripts get; `value` is JavaScript's own, undefined where `absent` says why there is none. */
export interface ScriptVariable extends Omit<VariableResult, 'value'> {
  readonly tree: VariableResult['value'];
  readonly live: LiveValue | undefined;
  readonly value: unknown;
}

/** A command that a script adds. */
export interface ScriptCommand {
  /** The first line is the summary; what follows is the help's text. */
  readonly help?: string;
  readonly aliases?: readonly string[];
  /** Gets the words behind the command, and the whole text. What it returns is printed. */
  readonly run: (words: readonly string[], text: string) => unknown;
}

/** The functions that have no operation of their own name. All others are derived from the operation table. */
export interface ScriptApi {
  readonly arguments: readonly string[];
  readonly print: (...values: unknown[]) => void;
  [name: string]: unknown;
}

/** Runs what a script gave, and tells its errors with their place in the script. */
export type Guard = <T>(action: () => T) => T;

/** Makes the API that scripts get as `inquest`. */
export function createApi(host: ScriptHost, args: readonly string[], guard: Guard): ScriptApi {
  const { session } = host;
  const print = (...values: unknown[]): void => host.print(`${values.map(show).join(' ')}\n`);
  return {
    ...derived(host),
    arguments: args,
    program: program(session),
    goroutines: (parameters: Parameters = {}) => ask<GoroutinesResult>(host, 'goroutines', parameters).goroutines,
    stack: (where?: Where, depth?: number) => stack(host, where, depth),
    locals: (where?: Where) => variables(host, 'locals', where),
    args: (where?: Where) => variables(host, 'args', where),
    eval: (expression: string, where?: Where) => within(session, where, () => evaluateLive(session, expression)),
    memory: (address: unknown, length: number) => readMemory(session, addressOf(address), length),
    select: (where: Where) => select(session, where),
    ask: (name: string, parameters: Parameters = {}) => ask(host, name, parameters),
    command: (line: string) => host.command(line),
    text: (line: string) => host.text(line),
    print,
    registerCommand: (name: string, command: ScriptCommand) => register(host, name, command, guard),
    setting: (key: string, value?: string | number | boolean) => setting(session, key, value),
  };
}

/** A function for each operation: `inquest.examinemem({…})` answers what `--json` shows. */
function derived(host: ScriptHost): Record<string, (parameters?: unknown) => unknown> {
  const out: Record<string, (parameters?: unknown) => unknown> = {};
  for (const { name } of host.operations) {
    const camel = name.replace(/-(\w)/g, (_all, letter: string) => letter.toUpperCase());
    out[camel] = (parameters) => ask(host, name, parameters);
  }
  return out;
}

/**
 * Asks an operation. Parameters are named as the flags are; one that is no object is the first that is taken by place.
 * `goroutine` and `frame` say where, unless the operation has parameters of these names.
 */
function ask<R = unknown>(host: ScriptHost, name: string, given: unknown = {}): R {
  const operation = host.operations.find((each) => each.name === name || each.aliases.includes(name));
  if (operation === undefined)
    throw new DebugError(`there is no operation ${name}`, { code: 'not-found', hint: 'help lists the commands' });
  const parameters = typeof given === 'object' && given !== null ? (given as Parameters) : byPlace(operation, given);
  const names = new Set(operation.parameters.map((parameter) => parameter.name));
  const unknown = Object.keys(parameters).find((key) => !names.has(key) && key !== 'goroutine' && key !== 'frame');
  if (unknown !== undefined)
    throw new DebugError(`${name} has no parameter ${unknown}`, {
      code: 'usage',
      hint: `it has: ${[...names].join(', ')}`,
    });
  const { goroutine, frame, ...rest } = parameters;
  const scope = scopeOf({
    goroutine: names.has('goroutine') ? undefined : goroutine,
    frame: names.has('frame') ? undefined : frame,
  });
  const own = { ...rest, ...(names.has('goroutine') ? { goroutine } : {}), ...(names.has('frame') ? { frame } : {}) };
  return host.session.within(scope, () => operation.run(host.session, own)) as R;
}

function byPlace({ name, parameters }: Operation, given: unknown): Parameters {
  const first = parameters.find(({ positional }) => positional === true);
  if (first === undefined) throw new DebugError(`${name} takes no value by place`, { code: 'usage' });
  return { [first.name]: given as string | number | boolean };
}

function within<T>(session: Session, where: Where | undefined, action: () => T): T {
  return session.within(resolveWhere(where), action);
}

/** Frames that a script gets where it does not say how many. */
const DEPTH = 1000;

function stack(host: ScriptHost, where: Where | undefined, depth = DEPTH): readonly ScriptFrame[] {
  const { goroutine, frames } = within(host.session, where, () => ask<StackResult>(host, 'stack', { depth }));
  return frames.map((frame) => ({ ...frame, goroutine }));
}

function variables(host: ScriptHost, name: 'locals' | 'args', where: Where | undefined): readonly ScriptVariable[] {
  const { session } = host;
  return within(session, where, () => {
    const result = ask<VariablesResult>(host, name);
    const live = liveVariables(session);
    return result.variables.map((variable): ScriptVariable => {
      const { value: tree, ...rest } = variable;
      const own = tree === undefined || variable.shadowed ? undefined : live.get(variable.name);
      return {
        ...rest,
        tree,
        live: own,
        get value() {
          return own?.value;
        },
      };
    });
  });
}

function select(session: Session, where: Where): void {
  const { goroutine, frame } = resolveWhere(where);
  if (goroutine !== undefined) session.selectGoroutine(goroutine);
  if (frame !== undefined) session.selectFrame(frame);
}

function addressOf(address: unknown): number {
  const number = typeof address === 'string' || typeof address === 'bigint' ? Number(address) : address;
  if (typeof number !== 'number' || Number.isNaN(number))
    throw new DebugError(`${show(address)} is no address`, { code: 'usage' });
  return number;
}

function setting({ configuration }: Session, key: string, value: string | number | boolean | undefined): unknown {
  if (value !== undefined) configuration.set(key, value);
  return configuration.value(key);
}

function program({ program: { main, target }, corePath }: Session): Readonly<Record<string, unknown>> {
  return {
    core: corePath,
    executable: target.executablePath,
    goVersion: main?.buildInfo?.versionText,
    module: main?.buildInfo?.mainModule?.path,
    arch: target.arch.name,
    pid: target.pid,
  };
}

function register(host: ScriptHost, name: string, { help = '', aliases = [], run }: ScriptCommand, guard: Guard): void {
  const [summary = '', ...details] = help.trim().split('\n');
  for (const word of [name, ...aliases])
    if (!/^[a-z][\w-]*$/i.test(word))
      throw new DebugError(`${word} cannot be the name of a command`, { code: 'usage' });
  host.addCommand(
    defineOperation({
      name,
      aliases,
      group: 'scripts',
      summary: summary === '' ? 'A command of a script' : summary.replace(/\.$/, ''),
      ...(details.length === 0 ? {} : { details: details.join('\n').trim() }),
      parameters: [{ name: 'text', kind: 'rest', positional: true, summary: 'arguments' }],
      run(_session, { text }) {
        const whole = typeof text === 'string' ? text : '';
        const words = whole.split(/\s+/).filter((word) => word !== '');
        const result = guard(() => run(words, whole));
        return { text: result === undefined ? '' : show(result) };
      },
    }),
  );
}

/** Text as it is; all else as Node's console shows it. */
function show(value: unknown): string {
  if (typeof value === 'string') return value;
  const { inspect } = process.getBuiltinModule('node:util');
  return inspect(value, { depth: 4, maxArrayLength: 100, getters: true });
}
