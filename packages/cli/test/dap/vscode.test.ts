// A session as VS Code and its Go extension (golang/vscode-go, extension/src) hold it; vscode-client.ts tells what the editor asks.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GO_EXTENSION, launchOf, type DapVariable } from './open-dap.ts';
import { CodeSession, type CodeFrame } from './vscode-client.ts';

describe('VS Code with the Go extension', () => {
  it('opens a core, and ends the session', async () => {
    const session = new CodeSession();
    const { client } = session;
    await session.start({ ...GO_EXTENSION, ...launchOf('sum/go1.26/default') }, { '/home/me/app/main.go': [11, 12] });
    // What is not told is not offered.
    expect(Object.keys(session.capabilities).filter((key) => /step|goto|restart|setVariable|write/i.test(key))).toEqual(
      [],
    );
    const { threadId, frame } = await session.stopped();
    expect(frame).toMatchObject({ name: 'main.main', line: 11 });
    const { scopes, shown } = await session.variables(frame.id);
    expect(scopes.map(({ name }) => name)).toEqual(['Arguments', 'Locals']);
    expect([...shown.keys()]).toEqual(['sum', 'n']);
    // exceptionWidget.ts: the editor stopped for an exception, and can ask which.
    const info = await client.request('exceptionInfo', { threadId });
    expect(info).toMatchObject({ exceptionId: 'panic', description: 'panic: :(', breakMode: 'unhandled' });
    expect(info.details.stackTrace).toContain('goroutine 1 died in main.main at main.go:11');
    await session.stop();
    expect(orderOf(session)).toEqual([
      '(initialize)',
      'process',
      'output',
      'initialized',
      '(launch)',
      '(setBreakpoints)',
      '(configurationDone)',
      'stopped',
      // What the editor asks when it is configured, and again because the program has stopped.
      '(threads)',
      '(threads)',
      '(stackTrace)',
      '(stackTrace)',
      '(scopes)',
      '(variables)',
      '(variables)',
      '(exceptionInfo)',
      '(terminate)',
      'terminated',
      '(disconnect)',
    ]);
  });

  it('loads a stack in parts, and knows its end', async () => {
    const session = new CodeSession();
    await session.start({ ...GO_EXTENSION, ...launchOf('exprs/go1.27/noopt') });
    const { threadId } = await session.stopped();
    const inParts = await session.wholeStack(threadId);
    const { stackFrames } = await session.client.request('stackTrace', { threadId });
    expect(inParts.map(({ id, name, line }) => ({ id, name, line }))).toEqual(
      (stackFrames as CodeFrame[]).map(({ id, name, line }) => ({ id, name, line })),
    );
    await session.stop();
  });

  it('gives requests up that it no longer needs', async () => {
    const session = new CodeSession();
    const { client } = session;
    await session.start({ ...GO_EXTENSION, ...launchOf('sum/go1.26/default') });
    const { threadId } = await session.stopped();
    // debugSession.ts, cancelAllRequests: of those that have a token, when the session is ended.
    const waiting = [1, 20, 40].map((startFrame) => client.send('stackTrace', { threadId, startFrame, levels: 20 }));
    const cancels = waiting.map((requestId) => client.send('cancel', { requestId }));
    const answers = await Promise.all(waiting.map((seq) => client.answer(seq)));
    expect(answers.map(({ message }) => message)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    for (const seq of cancels) expect(await client.answer(seq)).toMatchObject({ success: true });
    await session.stop();
  });

  it('toggles the goroutines of the runtime (goDebugFactory.ts), and asks again for what has changed', async () => {
    const session = new CodeSession();
    const { client } = session;
    await session.start({ ...GO_EXTENSION, ...launchOf('sum/go1.26/default') });
    await session.stopped();
    const context = 'context';
    const shown = await client.request('evaluate', { expression: 'dlv config -list hideSystemGoroutines', context });
    expect(shown.result).toContain('false');
    await client.request('evaluate', { expression: 'dlv config hideSystemGoroutines true', context });
    await client.event('invalidated');
    const { threads } = await client.request('threads');
    expect(threads.map(({ id }: { id: number }) => id)).toEqual([1, -2]);
    await session.stop();
  });
});

describe('in the editor', () => {
  const session = new CodeSession();
  const { client } = session;
  let frame: CodeFrame;
  let shown: Map<string, DapVariable>;
  const of = (name: string): DapVariable => {
    const variable = shown.get(name);
    if (variable === undefined) throw new Error(`no variable ${name}`);
    return variable;
  };

  beforeAll(async () => {
    await session.start({
      ...GO_EXTENSION,
      ...launchOf('exprs/go1.27/noopt'),
      showRegisters: true,
      showGlobalVariables: true,
    });
    ({ frame } = await session.stopped());
    ({ shown } = await session.variables(frame.id));
  });
  afterAll(() => session.stop());

  it('maps and arrays of any length open in parts, whole', async () => {
    const many = of('many');
    expect(many.indexedVariables).toBe(200);
    const parts = await session.children(many);
    expect(parts.map(({ indexedVariables, start }) => [start, indexedVariables])).toEqual([
      [0, 100],
      [100, 100],
    ]);
    const entries = await session.leaves(many);
    expect(new Set(entries.map(({ name }) => name)).size).toBe(200);
    for (const { name, value } of entries) expect(value).toBe(`${Number(name) * 10}`);
    // Above ten thousand elements in parts of parts.
    const expression = '*(*[20123]uint8)(main.main)';
    const { memoryReference: start } = await client.request('evaluate', {
      expression: '&main.gInt',
      frameId: frame.id,
    });
    expect(start).toBeUndefined();
    const array = await client.request('evaluate', {
      expression: expression.replace('main.main', frame.instructionPointerReference ?? ''),
      frameId: frame.id,
      context: 'watch',
    });
    expect(array.indexedVariables).toBe(20_123);
    const bytes = (await session.leaves(array)).filter(({ name }) => name.startsWith('['));
    expect(bytes.map(({ name }) => name)).toEqual(Array.from({ length: 20_123 }, (_, i) => `[${i}]`));
  });

  it('names are evaluated in watches, in hovers and in the console', async () => {
    const evaluate = (expression: string, context: string, more: object = {}): Promise<{ result: string }> =>
      client.request('evaluate', { expression, frameId: frame.id, context, ...more });
    for (const context of ['watch', 'variables']) expect((await evaluate('a', context)).result).toBe('10');
    // debugHover.ts: what is under the mouse, with its place.
    const place = { line: 114, column: 9, source: frame.source };
    expect((await evaluate('many', 'hover', place)).result).toMatch(/^map\[int\]int \[/);
    expect((await evaluate('a + 1', 'repl')).result).toBe('11');
    // replModel.ts: nothing may be in focus.
    expect((await client.request('evaluate', { expression: 'bt 1', context: 'repl' })).result).toContain('runtime.');
  });

  it('a function leads to where it is written (debugExpressionRenderer.ts)', async () => {
    const adder = of('adder');
    expect(adder.valueLocationReference).toBeGreaterThan(0);
    const place = await client.request('locations', { locationReference: adder.valueLocationReference });
    expect(place).toMatchObject({ line: 105, source: { path: frame.source?.path } });
    const asked = { expression: 'main.double', frameId: frame.id, context: 'watch' };
    const { valueLocationReference } = await client.request('evaluate', asked);
    const declared = await client.request('locations', { locationReference: valueLocationReference });
    expect(declared.source.name).toBe('types.go');
    const none = await client.request('evaluate', { ...asked, expression: 'main.gNilFunc' });
    expect(none).not.toHaveProperty('valueLocationReference');
    expect(await client.refusal('locations', { locationReference: 999 })).toBe('there is no location 999');
  });

  it('Copy Value takes all of it (variablesView.ts)', async () => {
    const { result } = await client.request('evaluate', {
      expression: of('many').evaluateName,
      frameId: frame.id,
      context: 'clipboard',
    });
    expect(result).toContain('199: 1990');
    expect(result).not.toContain('more]');
  });

  it('completes what is typed in the console (repl.ts)', async () => {
    const text = 'print shad';
    const { targets } = await client.request('completions', {
      frameId: frame.id,
      text,
      column: text.length + 1,
      line: 1,
    });
    expect(targets.map(({ label }: { label: string }) => label)).toContain('shadow');
  });

  it('the Disassembly view has the same rows however one came to them', async () => {
    const reference = frame.instructionPointerReference ?? '';
    const { rows, first } = await session.disassembly(reference, 6);
    expect(rows[-first]?.address).toBe(reference);
    const again = await session.disassemble(reference, first, rows.length);
    expect(rows.map(({ address, instruction }) => [address, instruction])).toEqual(
      again.map(({ address, instruction }) => [address, instruction]),
    );
    // It goes to the source from a row, with the file of the last row that told one.
    expect(rows.find(({ line }) => line === frame.line)?.location?.path).toBe(frame.source?.path);
  });

  it('the Disassembly view shows where code ends', async () => {
    const { rows, first } = await session.disassembly('0x401000', 3);
    expect(rows[-first]).toMatchObject({ address: '0x401000' });
    const again = await session.disassemble('0x401000', first, rows.length);
    expect(rows.map(({ address }) => address)).toEqual(again.map(({ address }) => address));
    const kinds = rows.map(({ presentationHint }) => presentationHint === 'invalid');
    expect(kinds.indexOf(false)).toBeLessThanOrEqual(-first);
    // Instructions, and what stands for none before them, are in one piece each.
    expect(kinds.slice(kinds.indexOf(false), kinds.lastIndexOf(false))).not.toContain(true);
  });

  it('the memory view shows bytes as they are, and none where there are none', async () => {
    const whole = await session.memory('0x401000', 0, 4096);
    expect(whole).not.toContain(undefined);
    for (const [offset, count] of [
      [1, 1],
      [3, 17],
      [1023, 2049],
    ] as const)
      expect(await session.memory('0x401000', offset, count)).toEqual(whole.slice(offset, offset + count));
    expect(await session.memory('0x401000', -0x40_1000, 64)).toEqual(Array.from({ length: 64 }, () => undefined));
    const refused = await client.refusal('readMemory', { memoryReference: '0x401000', offset: 0, count: 1 << 30 });
    expect(refused).toBe('1073741824 bytes are too many at once: 16777216 are the most');
  });

  it('a string or a slice opens as a document (goDebugCommands.ts), and nothing behind it', async () => {
    expect(await documentOf('s')).toBe('local');
    expect(await documentOf('hi')).toBe('日本語');
    expect(await documentOf('bytes')).toBe('\u0000\u0001��');
    expect(await documentOf('emptyString')).toBe('');
    // Of all else the editor shows what it copies.
    for (const name of ['a', 'p', 'ppp', 'many', 'anyInt']) expect(of(name)).not.toHaveProperty('memoryReference');
    const { variablesReference = 0 } =
      (await session.variables(frame.id)).scopes.find(({ name }) => name === 'Registers') ?? {};
    for (const register of await session.children({ variablesReference }))
      expect(register).not.toHaveProperty('memoryReference');
  });

  it('all else opens as it is copied, in the frame whose variables are listed', async () => {
    const { stackFrames } = await client.request('stackTrace', { threadId: 1 });
    const outer = (stackFrames as CodeFrame[]).find(({ name }) => name === 'main.outer');
    const copied = async (expression: string): Promise<string> =>
      (await client.request('evaluate', { expression, context: 'clipboard' })).result;
    const { shown: there } = await session.variables(outer?.id ?? 0);
    expect([...there.keys()]).toContain('local');
    expect([await copied('local'), await copied('n')]).toEqual(['10', '5']);
    await session.children(of('p'));
    expect(await copied('p.X')).toBe('7');
    expect(await client.refusal('evaluate', { expression: 'local', context: 'clipboard' })).toContain('local');
  });

  /** It reads until nothing comes. */
  async function documentOf(name: string): Promise<string> {
    const chunk = 1 << 14;
    const parts: Buffer[] = [];
    for (let offset = 0; offset < 100 * chunk; offset += chunk) {
      const { memoryReference } = of(name);
      const { data, unreadableBytes } = await client.request('readMemory', { memoryReference, offset, count: chunk });
      if (data === '') break;
      parts.push(Buffer.from(data, 'base64'));
      if (unreadableBytes === 0) break;
    }
    return Buffer.concat(parts).toString('utf8');
  }

  it('loaded scripts open (loadedScriptsView.ts, debugContentProvider.ts)', async () => {
    const { sources } = await client.request('loadedSources', {});
    const source = sources.find(({ path = '' }) => path.endsWith('programs/exprs/main.go'));
    expect(source).toBeDefined();
    const { content } = await client.request('source', { sourceReference: source.sourceReference ?? 0, source });
    expect(content).toContain('package main');
  });
});

/** Answers in parentheses, and events, in the order in which they came. */
function orderOf({ client }: CodeSession): string[] {
  return client.log.flatMap(({ event, command, direction }) =>
    event !== undefined ? [event] : direction === 'received' && command !== undefined ? [`(${command})`] : [],
  );
}
