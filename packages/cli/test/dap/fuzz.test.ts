import { debugHost } from '../../src/serve/debug-host.ts';
import { describe, expect, it } from 'vitest';
import type { DapClient } from '@inquest/testkit/dap';
import { randomFrom } from '../../../engine/fuzz/damage.ts';
import { EXPRESSIONS, LINES, ODD, pick, type Random } from '../random-values.ts';
import { connectTo, launchOf, openDap, serverOf, VSCODE } from './open-dap.ts';

/** Kinds of arguments: a number, an address, an expression, a line of the prompt or other words. */
const COMMANDS: Readonly<Record<string, Readonly<Record<string, keyof typeof FITTING>>>> = {
  threads: {},
  stackTrace: { threadId: 'number', startFrame: 'number', levels: 'number' },
  scopes: { frameId: 'number' },
  variables: { variablesReference: 'number', filter: 'word', start: 'number', count: 'number', format: 'object' },
  evaluate: { expression: 'line', frameId: 'number', context: 'word', format: 'object' },
  exceptionInfo: { threadId: 'number' },
  readMemory: { memoryReference: 'address', offset: 'number', count: 'number' },
  disassemble: {
    memoryReference: 'address',
    offset: 'number',
    instructionOffset: 'number',
    instructionCount: 'number',
  },
  locations: { locationReference: 'number' },
  modules: { startModule: 'number', moduleCount: 'number' },
  source: { sourceReference: 'number', source: 'object' },
  completions: { text: 'line', column: 'number', line: 'number', frameId: 'number' },
  setBreakpoints: { source: 'object', breakpoints: 'object', lines: 'object' },
  configurationDone: {},
  breakpointLocations: { source: 'object', line: 'number' },
  continue: { threadId: 'number' },
  cancel: { requestId: 'number' },
  inquest: { operation: 'operation', parameters: 'object', goroutine: 'number' },
  initialize: { pathFormat: 'word' },
  launch: { mode: 'word', coreFilePath: 'word' },
  nonsense: { x: 'word' },
};

const FITTING = {
  number: [0, 1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 100, 1000, -1, -2, -50, 1e9, -1e12],
  address: ['0x401000', '0x47d6c1', '0xffffffffffffffff', '0x10', '4198400', '0x7fffffffffffffff', 'main.main'],
  line: [
    ...EXPRESSIONS,
    ...LINES,
    'dlv config goroutineFilters -with running',
    'dlv config goroutineFilters -clear',
    'dlv config hideSystemGoroutines false',
    'dlv',
  ],
  word: ['hover', 'watch', 'repl', 'clipboard', 'indexed', 'named', 'core', 'path', 'variables'],
  object: [
    {},
    { hex: true },
    { path: '/etc/passwd' },
    { path: 'main.go', sourceReference: 1 },
    { depth: 3 },
    { expression: 'a' },
    { location: 'main.main' },
    { with: 'running' },
    { regex: '(' },
  ],
  operation: [
    'goroutines',
    'stack',
    'print',
    'report',
    'regs',
    'list',
    'threads',
    'waiting',
    'disassemble',
    'health',
    'whatis',
  ],
} as const;

/** A request with arguments of all kinds, most of them wrong. */
function anyRequest(random: Random): { command: string; args: unknown } {
  const command = pick(random, Object.keys(COMMANDS));
  if (random(50) === 0) return { command, args: pick(random, ODD) };
  const args: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(COMMANDS[command] ?? {})) {
    const chance = random(20);
    if (chance === 0) continue;
    if (chance === 1) args[name] = pick(random, ODD);
    // Many of the numbers are such as were handed out.
    else if (kind === 'number' && chance < 14) args[name] = 1 + random(name === 'variablesReference' ? 200 : 15);
    else args[name] = pick<unknown>(random, FITTING[kind]);
  }
  return { command, args };
}

/** The requests that were not answered, and the answers that tell of a bug. */
function wrong(client: DapClient, sent: readonly number[]): { unanswered: number[]; bugs: string[] } {
  const answers = client.log.filter(({ direction, type }) => direction === 'received' && type === 'response');
  const answered = new Set(answers.map((answer) => answer.request_seq));
  return {
    unanswered: sent.filter((seq) => !answered.has(seq)),
    bugs: answers.flatMap(({ message }) => (message?.includes('bug in inquest') === true ? [message] : [])),
  };
}

describe('ten thousand messages', () => {
  it('with arguments of all kinds are answered once each, and none by a bug', async () => {
    const random = randomFrom(4711);
    const server = serverOf(debugHost({ reach: 'answers', config: false }));
    const client = connectTo(server);
    await client.request('initialize', VSCODE);
    await client.request('launch', launchOf('exprs/go1.27/noopt'));
    await client.request('configurationDone');
    const { body } = await client.event('stopped');
    await client.request('stackTrace', { threadId: body.threadId, levels: 20 });
    const sent: number[] = [];
    for (let i = 0; i < 5000; i++) {
      const { command, args } = anyRequest(random);
      sent.push(client.sendAnything(command, args));
      if (i % 100 === 99) await client.answer(sent.at(-1) ?? 0);
    }
    await client.request('threads');
    expect(wrong(client, sent)).toEqual({ unanswered: [], bugs: [] });
  }, 120_000);

  it('that are no messages end a connection at most, and the server goes on', async () => {
    const random = randomFrom(815);
    const server = serverOf();
    const bytes = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => random(256));
    for (let i = 0; i < 5000; i++) {
      const client = connectTo(server);
      const kind = i % 5;
      if (kind === 0) client.sendBytes(bytes(50));
      else if (kind === 1) client.sendBytes(`Content-Length: ${random(1e12)}\r\n\r\n{`);
      else if (kind === 2) client.sendText(Buffer.from(bytes(40)).toString('latin1'));
      else if (kind === 3) client.sendText(JSON.stringify(pick(random, ODD) ?? 0));
      else client.sendBytes(`Content-Length: 10\r\nX: ${i}\r\n\r\n{}`);
      if (i % 3 === 0) client.close();
      else if (i % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      client.close();
    }
    const { client } = await openDap('sum/go1.26/default');
    const other = connectTo(server);
    expect(await other.request('initialize', VSCODE)).toMatchObject({ supportsConfigurationDoneRequest: true });
    expect((await client.request('threads')).threads.length).toBeGreaterThan(0);
  }, 60_000);
});
