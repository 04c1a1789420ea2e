import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { DapClient } from './client.ts';

const TRAITS = { adapterID: 'go', supportsVariableType: true, supportsProgressReporting: true };

/** A client that has said `requests`, beginning with `initialize`, and what is wrong with the messages of its server. */
function conversation(
  requests: readonly (readonly [string, object?])[],
  ...messages: readonly object[]
): { client: DapClient; problems: string[] } {
  const problems: string[] = [];
  const input = new PassThrough();
  const onProblem = ({ message }: Error): unknown => problems.push(message.replace(/^.*: Error: /, ''));
  const client = new DapClient(input, new PassThrough(), () => input.destroy(), { onProblem });
  client.send('initialize', TRAITS);
  for (const [command, args] of requests) client.send(command, args);
  const all = [{ type: 'response', request_seq: 1, success: true, command: 'initialize', body: {} }, ...messages];
  for (const [i, message] of all.entries()) {
    const text = JSON.stringify({ seq: i + 1, ...message });
    input.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }
  return { client, problems };
}

const event = (name: string, body?: object): object => ({ type: 'event', event: name, body });
const answer = (command: string, body?: object, more?: object): object => ({
  type: 'response',
  request_seq: 2,
  success: true,
  command,
  body,
  ...more,
});
const frame = { id: 1, name: 'main.main', line: 1, column: 1 };
const variable = { name: 'x', value: '1', variablesReference: 0 };
const instruction = { address: '0x10', instruction: 'NOP' };
const trace = { threadId: 1, levels: 1 };

describe('a message of a server is wrong if', () => {
  it.each<
    [what: string, request: readonly [string, object?] | undefined, messages: readonly object[], problem: RegExp]
  >([
    ['the protocol has none', undefined, [event('frobnicated')], /the protocol has no event frobnicated/],
    ['something is missing', undefined, [event('output', {})], /must have required property 'output'/],
    ['it says more than it may', undefined, [event('output', { output: '', x: 1 })], /must NOT have additional/],
    [
      'a number is no integer',
      ['stackTrace', trace],
      [answer('stackTrace', { stackFrames: [{ ...frame, line: 1.5 }] })],
      /line must be integer/,
    ],
    [
      'a word is none of those allowed',
      ['stackTrace', trace],
      [answer('stackTrace', { stackFrames: [{ ...frame, presentationHint: 'loud' }] })],
      /presentationHint must be equal to one of the allowed values/,
    ],
    ['a failure has no body', ['threads'], [answer('threads', undefined, { success: false })], /property 'body'/],
    [
      'a request of ours is answered badly',
      ['inquest', {}],
      [answer('inquest', {}, { message: 1 })],
      /message must be/,
    ],
    ['nobody asked', undefined, [answer('threads', { threads: [] })], /nothing was asked under 2/],
    [
      'it answers for the second time',
      ['threads'],
      [answer('threads', { threads: [] }), answer('threads', { threads: [] })],
      /nothing was asked under 2, or it was answered before/,
    ],
    ['it answers something else', ['threads'], [answer('modules', { modules: [] })], /threads is answered as modules/],
    ['its number is taken', undefined, [{ ...event('initialized'), seq: 1 }], /the number 1 follows 1/],
    ['its number comes later', undefined, [{ ...event('initialized'), seq: 3 }], /the number 3 follows 1/],
    ['it stops too early', ['configurationDone'], [event('stopped', { reason: 'x' })], /before the answer to conf/],
    ['it begins twice', undefined, [event('initialized'), event('initialized')], /initialized comes twice/],
    ['the client does not know it', undefined, [event('invalidated', {})], /without supportsInvalidatedEvent/],
    [
      'a value tells what the client does not know',
      ['variables', { variablesReference: 1 }],
      [answer('variables', { variables: [{ ...variable, type: 'int', memoryReference: '0x1' }] })],
      /tells a memoryReference/,
    ],
    [
      'a progress ends that did not begin',
      undefined,
      [event('progressEnd', { progressId: 'a' })],
      /progressEnd of a, which is not under way/,
    ],
    [
      'a reference is too large',
      ['variables', { variablesReference: 1 }],
      [answer('variables', { variables: [{ ...variable, indexedVariables: 2 ** 31 }] })],
      /indexedVariables in the answer to variables is 2147483648/,
    ],
    [
      'it has more than was asked for',
      ['stackTrace', trace],
      [answer('stackTrace', { stackFrames: [frame, frame] })],
      /stackTrace answers 2 where 1 were asked for/,
    ],
    [
      'it has less than must be there',
      ['setFunctionBreakpoints', { breakpoints: [{ name: 'f' }] }],
      [answer('setFunctionBreakpoints', { breakpoints: [] })],
      /setFunctionBreakpoints answers 0 where 1 were asked for/,
    ],
    [
      'instructions are not in their order',
      ['disassemble', { memoryReference: '0x10', instructionCount: 2 }],
      [answer('disassemble', { instructions: [instruction, instruction] })],
      /disassemble: 10 follows 10/,
    ],
  ])('%s', (_what, request, messages, problem) => {
    const { problems } = conversation(request === undefined ? [] : [request], ...messages);
    expect(problems).toEqual([expect.stringMatching(problem)]);
  });

  it('not if it is as it should be', async () => {
    const { client, problems } = conversation(
      [
        ['variables', { variablesReference: 1 }],
        ['inquest', { operation: 'x' }],
      ],
      event('initialized'),
      event('progressStart', { progressId: 'a', title: 'b', percentage: 0.5 }),
      event('progressEnd', { progressId: 'a' }),
      answer('variables', { variables: [{ ...variable, type: 'int' }] }),
      answer('inquest', { result: [] }, { request_seq: 3 }),
    );
    expect(await client.answer(3)).toMatchObject({ body: { result: [] } });
    expect(problems).toEqual([]);
  });
});

it('a wrong request is not sent, unless it is meant to be', () => {
  const { client } = conversation([]);
  expect(() => client.send('stackTrace', {})).toThrow("must have required property 'threadId'");
  expect(() => client.send('variables', { variablesReference: 1, filter: 'all' })).toThrow('allowed values');
  expect(() => client.send('nonsense')).toThrow('the protocol has no request nonsense');
  expect(client.sendAnything('stackTrace', {})).toBeGreaterThan(0);
});
