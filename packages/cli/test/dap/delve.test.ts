// The same session with `dlv dap`: docs/differences-from-delve.md has the reason of each difference that is allowed here.
import { spawn, type ChildProcess } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { findDelve } from '@inquest/testkit';
import { DapClient, type DapMessage } from '@inquest/testkit/dap';
import { connectTo, GO_EXTENSION, launchOf, serverOf, VSCODE, type DapVariable } from './open-dap.ts';
import type { CodeFrame, Instruction } from './vscode-client.ts';

const delve = findDelve();
if (delve === undefined) console.log('dlv is not here: its debug adapter is not compared with ours');

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

interface Held {
  readonly client: DapClient;
  readonly problems: readonly string[];
  /** The answer to each request. */
  readonly answers: Map<string, DapMessage>;
}

async function hold(isDelve: boolean, more: object = {}): Promise<Held> {
  const problems: string[] = [];
  const options = { onProblem: ({ message }: Error) => problems.push(message.replace(/^.*: Error: /s, '')) };
  const client = isDelve ? await DapClient.overSocket(await startDelve(), options) : connectTo(serverOf());
  const answers = new Map<string, DapMessage>();
  // oxlint-disable-next-line no-explicit-any
  const ask = async (command: string, args?: object, as = command): Promise<any> => {
    const answer = await client.answer(client.send(command, args));
    answers.set(as, answer);
    return answer.body;
  };
  await ask('initialize', VSCODE);
  const launched = ask('launch', { ...GO_EXTENSION, ...launchOf('exprs/go1.26/noopt'), ...more });
  await client.event('initialized');
  await ask('setBreakpoints', { source: { path: '/x/main.go' }, breakpoints: [{ line: 5 }] });
  await ask('configurationDone');
  await launched;
  const { threadId } = (await client.event('stopped')).body;
  await ask('threads');
  const { stackFrames } = await ask('stackTrace', { threadId, startFrame: 0, levels: 50 });
  const frame = (stackFrames as CodeFrame[]).find(({ name }) => name === 'main.inner');
  const [frameId, memoryReference] = [frame?.id, frame?.instructionPointerReference];
  await ask('exceptionInfo', { threadId });
  const { scopes } = await ask('scopes', { frameId });
  const variables: DapVariable[] = [];
  // Delve has arguments and locals in one scope.
  for (const { variablesReference } of scopes)
    variables.push(...(await ask('variables', { variablesReference })).variables);
  await ask('evaluate', { expression: 'slice', frameId, context: 'watch' });
  await ask('evaluate', { expression: 'nosuch', frameId, context: 'watch' }, 'evaluate nosuch');
  const text = variables.find(({ name }) => name === 's')?.memoryReference;
  await ask('readMemory', { memoryReference: text, offset: 0, count: 100 });
  const around = { offset: 0, instructionOffset: -50, instructionCount: 100 };
  await ask('disassemble', { memoryReference, ...around, resolveSymbols: true });
  await ask('disconnect', { restart: false });
  answers.set('all variables', { seq: 0, type: 'response', success: true, body: { variables } });
  return { client, problems, answers };
}

async function startDelve(): Promise<string> {
  const child = spawn(delve ?? '', ['dap', '--listen=127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const line = await new Promise<Buffer>((resolve) => child.stdout.once('data', resolve));
  return line.toString().trim().replace(/^.*: /, '');
}

/** What a message tells, as paths. */
function pathsOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => pathsOf(each, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [`${path}: ${typeof value}`];
  return Object.entries(value).flatMap(([key, each]) => pathsOf(each, `${path}.${key}`));
}

/** Answers in parentheses, and events but for words in the console. */
function orderOf({ client }: Held): string[] {
  return client.log.flatMap(({ event, command, direction }) => {
    if (event !== undefined) return event === 'output' ? [] : [event];
    return direction === 'received' && command !== undefined ? [`(${command})`] : [];
  });
}

describe.skipIf(delve === undefined)('a session with dlv dap and with ours', () => {
  it('has the same order, and ours tells all that Delve tells', async () => {
    const [theirs, ours] = [await hold(true), await hold(false)];
    // `dap-faults`: Delve's session ends with an event behind the last answer.
    expect(orderOf(ours).filter((each, i, all) => each !== '(variables)' || all[i - 1] !== each)).toEqual(
      orderOf(theirs).filter((each) => each !== 'terminated'),
    );
    for (const [request, answer] of theirs.answers) {
      const own = ours.answers.get(request);
      expect({ request, success: own?.success }).toEqual({ request, success: answer.success });
      const told = new Set(pathsOf(own?.body));
      const missing = [...new Set(pathsOf(answer.body))].filter((path) => !told.has(path));
      // A core does not run: these are for programs that do. Maps have no `len()` among their entries (`dap-values`).
      const allowed =
        request === 'initialize' ? /Breakpoint|SetVariable|Restart|LogPoints|Write|Stepping/ : /namedVariables/;
      expect({ request, missing: missing.filter((path) => !allowed.test(path)) }).toEqual({ request, missing: [] });
    }
    // `dap-faults`
    expect(theirs.problems.filter((problem) => !problem.startsWith('the number '))).toEqual([
      'response exceptionInfo: /body/breakMode must be equal to one of the allowed values',
    ]);
  });

  it('shows the same frames, values, bytes and instructions', async () => {
    const [theirs, ours] = [await hold(true), await hold(false)];
    const body = (held: Held, request: string): DapMessage['body'] => held.answers.get(request)?.body;
    const frames = (held: Held): string[] => {
      const all = body(held, 'stackTrace').stackFrames as CodeFrame[];
      const own = all.slice(all.findIndex(({ name }) => name === 'main.inner'));
      return own.map(({ name, line, instructionPointerReference }) => `${name}:${line} ${instructionPointerReference}`);
    };
    expect(frames(ours)).toEqual(frames(theirs));
    const values = (held: Held): Map<string, DapVariable> =>
      new Map((body(held, 'all variables').variables as DapVariable[]).map((each) => [each.name, each]));
    const own = values(ours);
    const differ = [...values(theirs)].filter(([name, { value, type = '' }]) => {
      const mine = own.get(name);
      // `dap-values`: what an interface holds is no part of its type.
      return mine?.value !== value || (mine.type !== type && !type.startsWith(`${mine.type}(`));
    });
    // What is cut ends with another sign; channels show what is in them; no spaces among type arguments.
    expect(differ.map(([name]) => name)).toEqual(['many', 'ch', 'receiver', 'twoPair']);
    expect([...own.keys()]).toEqual([...values(theirs).keys()]);
    expect(body(ours, 'readMemory')).toEqual(body(theirs, 'readMemory'));
    const code = (held: Held): string[] =>
      (body(held, 'disassemble').instructions as Instruction[])
        .filter(({ instructionBytes }) => instructionBytes !== 'cc')
        .map(
          ({ address, instructionBytes, line }) => `${address} ${instructionBytes?.replaceAll(' ', '')} ${line ?? ''}`,
        );
    // `dap-values`: Delve shows what fills the space between functions, so there are fewer others.
    expect(code(ours).slice(0, code(theirs).length)).toEqual(code(theirs));
    expect(code(theirs).length).toBeGreaterThan(60);
  });

  it('stops when it is configured, and where the program failed', async () => {
    const [theirs, ours] = [await hold(true, { stopOnEntry: true }), await hold(false, { stopOnEntry: true })];
    // `dap-faults`
    expect(theirs.problems).toContain('stopped comes before the answer to configurationDone');
    expect(orderOf(ours).indexOf('stopped')).toBe(orderOf(ours).indexOf('(configurationDone)') + 1);
  });
});
