import type { DapMessage } from './message.ts';

type Json = Readonly<Record<string, unknown>>;

/** The largest number that the protocol allows for references and counts. */
const LARGEST = 2 ** 31 - 1;
/** Instructions of which an answer may be expected to have as many as were asked for. */
const MOST_INSTRUCTIONS = 10_000;

/** What the protocol says of messages together, which no schema can say: what answers what, and when an event may come. */
export class Conversation {
  private readonly open = new Map<number, DapMessage>();
  /** The number of the last message that came. */
  private last = 0;
  private readonly progress = new Set<unknown>();
  private readonly done = new Set<string>();
  /** What the client said of itself. */
  private traits: Json = {};

  /** Takes what the client says. */
  sent(message: DapMessage): void {
    this.open.set(message.seq, message);
    if (message.command === 'initialize' && !this.done.has('initialize')) this.traits = json(message.arguments);
  }

  /** Takes what the server says. Throws if it may not be said now. */
  received(message: DapMessage): void {
    const { last } = this;
    this.last = message.seq;
    if (message.seq !== last + 1) throw new Error(`the number ${message.seq} follows ${last}`);
    if (message.type === 'event') this.event(message.event ?? '', json(message.body));
    else this.answer(message);
  }

  private answer({ request_seq: number = Number.NaN, command = '', success, body }: DapMessage): void {
    const request = this.open.get(number);
    if (request === undefined) throw new Error(`nothing was asked under ${number}, or it was answered before`);
    if (request.command !== command) throw new Error(`${request.command} is answered as ${command}`);
    this.open.delete(number);
    if (success !== true) return;
    this.done.add(command);
    checkAnswer(command, json(request.arguments), json(body));
    for (const [key, trait] of ONLY_FOR) if (this.traits[trait] !== true) requireAbsent(command, body, key);
  }

  private event(name: string, body: Json): void {
    const asked = [...this.open.values()].some(({ command }) => command === 'initialize');
    if (asked && !this.done.has('initialize')) throw new Error(`${name} comes before the answer to initialize`);
    if (name === 'stopped' && !this.done.has('configurationDone'))
      throw new Error('stopped comes before the answer to configurationDone');
    if (name === 'initialized' && this.done.has(name)) throw new Error('initialized comes twice');
    const trait = name.startsWith('progress') ? 'supportsProgressReporting' : EVENTS[name];
    if (trait !== undefined && this.traits[trait] !== true) throw new Error(`${name} comes without ${trait}`);
    this.done.add(name);
    if (name.startsWith('progress')) this.follow(name, body['progressId']);
  }

  private follow(name: string, id: unknown): void {
    if (name === 'progressStart') {
      if (this.done.has(`progress ${String(id)}`)) throw new Error(`progress ${String(id)} starts twice`);
      this.done.add(`progress ${String(id)}`);
      this.progress.add(id);
    } else if (!this.progress.has(id)) throw new Error(`${name} of ${String(id)}, which is not under way`);
    if (name === 'progressEnd') this.progress.delete(id);
  }
}

/** Events that only clients get which say that they know them. */
const EVENTS: Readonly<Record<string, string>> = {
  invalidated: 'supportsInvalidatedEvent',
  memory: 'supportsMemoryEvent',
};

/** Properties of values that only clients get which say that they know them. */
const ONLY_FOR = [
  ['type', 'supportsVariableType'],
  ['memoryReference', 'supportsMemoryReferences'],
] as const;

function requireAbsent(command: string, body: unknown, key: string): void {
  if (command !== 'variables' && command !== 'evaluate') return;
  const values = command === 'evaluate' ? [body] : json(body)['variables'];
  for (const value of values as readonly Json[])
    if (value[key] !== undefined) throw new Error(`${command} tells a ${key}, which the client does not know`);
}

/** How an answer must fit what was asked. */
function checkAnswer(command: string, args: Json, body: Json): void {
  for (const [key, number] of numbersOf(body))
    if (number > LARGEST || number < (IDS.has(key) ? -LARGEST : 0))
      throw new Error(`${key} in the answer to ${command} is ${number}`);
  switch (command) {
    case 'setBreakpoints':
    case 'setFunctionBreakpoints':
    case 'setInstructionBreakpoints':
    case 'setDataBreakpoints':
      return requireCount(command, body['breakpoints'], lengthOf(args['breakpoints']) || lengthOf(args['lines']));
    case 'stackTrace':
      return requireAtMost(command, body['stackFrames'], args['levels']);
    case 'variables':
      return requireAtMost(command, body['variables'], args['filter'] === 'indexed' ? args['count'] : undefined);
    case 'disassemble':
      return checkInstructions(args, body);
    default:
  }
}

function checkInstructions({ instructionCount }: Json, { instructions }: Json): void {
  const count = Math.max(0, Number(instructionCount));
  if (count > MOST_INSTRUCTIONS) return;
  requireCount('disassemble', instructions, count);
  const addresses = (instructions as readonly { readonly address: string }[]).map(({ address }) => BigInt(address));
  for (const [i, address] of addresses.entries())
    // There is nothing below 0 that could be told.
    if (i > 0 && address > 0n && address <= (addresses[i - 1] ?? 0n))
      throw new Error(`disassemble: ${address.toString(16)} follows ${addresses[i - 1]?.toString(16)}`);
}

const BOUNDED = new Set(['variablesReference', 'namedVariables', 'indexedVariables', 'sourceReference']);
/** Of threads, frames and breakpoints; those of threads may be negative. */
const IDS = new Set(['id', 'threadId', 'frameId']);

/** All references and counts in an answer. */
function* numbersOf(value: unknown): Iterable<readonly [string, number]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    if (typeof part === 'number' && (BOUNDED.has(key) || IDS.has(key))) yield [key, part];
    else yield* numbersOf(part);
  }
}

function requireCount(command: string, list: unknown, count: number): void {
  if (lengthOf(list) !== count) throw new Error(`${command} answers ${lengthOf(list)} where ${count} were asked for`);
}

function requireAtMost(command: string, list: unknown, count: unknown): void {
  if (typeof count === 'number' && count > 0 && lengthOf(list) > count)
    throw new Error(`${command} answers ${lengthOf(list)} where ${count} were asked for`);
}

function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}

function json(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
