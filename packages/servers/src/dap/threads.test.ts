import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluateLive } from '@inquest/engine';
import { openCore } from '@inquest/node';
import { describe, expect, it } from 'vitest';
import { openFixture } from '../../../../fixtures/fixtures.mjs';
import { clientTraits } from './client.ts';
import { CoreView } from './core-view.ts';
import { parseLaunch } from './launch.ts';
import { lookOf } from './requests.ts';
import type { ThreadLimits } from './threads.ts';

function viewOf(id: string, limits?: ThreadLimits, launch: object = {}): CoreView {
  return viewOfFiles(openFixture(id), limits, launch);
}

interface Files {
  readonly exe: string;
  readonly core: string;
  readonly libs: readonly string[];
}

function viewOfFiles({ exe, core, libs }: Files, limits?: ThreadLimits, launch: object = {}): CoreView {
  const { session } = openCore({ paths: [exe, core], places: { libs } });
  const prompt = {
    knows: () => false,
    run: () => ({ text: '', leave: false }),
    runFor: () => ({ text: '', complaint: '', code: 0, prompt: '', output: undefined, command: undefined }),
    complete: () => ({ names: [], tail: '' }),
  };
  const hosted = { session, executable: exe, notes: [], prompt, remember: () => () => undefined };
  const client = clientTraits({ adapterID: 'go', clientID: 'vscode', supportsInvalidatedEvent: true }, false);
  const { view } = parseLaunch('launch', { mode: 'core', coreFilePath: core, ...launch }, client);
  return new CoreView(hosted, client, view, limits);
}

// oxlint-disable-next-line no-explicit-any
function ask(view: CoreView, command: string, args: object = {}): any {
  return lookOf(command)?.(view, args as never);
}

/** All goroutines that a client can get to from the list: by threads, and by what stands for several. */
function reachable(view: CoreView): { ids: number[]; threads: { id: number; name: string }[] } {
  const { threads } = ask(view, 'threads') as { threads: { id: number; name: string }[] };
  const ids: number[] = [];
  for (const { id } of threads) {
    const frames = ask(view, 'stackTrace', { threadId: id, startFrame: 0, levels: 1000 }).stackFrames as {
      id: number;
    }[];
    // One frame for each stack of a pool; of a goroutine the first is enough.
    for (const frame of id < 0 ? frames : frames.slice(0, 1)) ids.push(...membersOf(view, frame.id, id));
  }
  return { ids: [...new Set(ids)].sort((a, b) => a - b), threads };
}

function membersOf(view: CoreView, frameId: number, threadId: number): number[] {
  const { scopes } = ask(view, 'scopes', { frameId }) as { scopes: { name: string; variablesReference: number }[] };
  const group = scopes.find(({ name }) => name.startsWith('Goroutines'));
  if (group === undefined) return [threadId];
  const { variablesReference } = group;
  const { variables } = ask(view, 'variables', { variablesReference, filter: 'indexed', start: 0, count: 100_000 });
  return (variables as { name: string }[]).map(({ name }) => Number(/^\[Go (\d+)\]$/.exec(name)?.[1]));
}

/** Copies a core in which goroutine 1 has another number. */
function renumber({ exe, core }: Files, copy: string, goid: number): void {
  const { session } = openCore({ paths: [exe, core] });
  const address = session.goroutine(1)?.address ?? 0;
  const place = evaluateLive(session, `(*runtime.g)(${address}).goid`).address ?? 0;
  const bytes = readFileSync(core);
  for (let i = 0; i < bytes.readUInt16LE(56); i++) {
    const header = Number(bytes.readBigUInt64LE(32)) + 56 * i;
    const [offset = 0, start = 0, , size = 0] = [8, 16, 24, 32].map((at) => Number(bytes.readBigUInt64LE(header + at)));
    if (place >= start && place < start + size) bytes.writeBigUInt64LE(BigInt(goid), offset + place - start);
  }
  writeFileSync(copy, bytes);
}

function everyone(view: CoreView): number[] {
  return view.session.runtime.goroutines.map(({ id }) => id).sort((a, b) => a - b);
}

const MANY = 'waits/go1.27/default/planted';

describe('the list of threads', () => {
  it.each([
    ['one by one', undefined],
    ['in groups', { single: 3, groups: 100 }],
    ['in groups and one for the others', { single: 3, groups: 2 }],
  ] as const)('has every goroutine, %s', (_how, limits) => {
    for (const id of [MANY, 'waits/go1.19/default/planted', 'stacks/go1.27/default', 'crash/go1.27/default/deadlock']) {
      const view = viewOf(id, limits);
      const { ids, threads } = reachable(view);
      expect(ids.filter((each) => each > 0)).toEqual(everyone(view));
      expect(new Set(threads.map((each) => each.id)).size).toBe(threads.length);
    }
  });

  it('begins with the one that crashed, then those that ran', () => {
    const view = viewOf('crash/go1.27/default/goroutine', { single: 0, groups: 1 });
    const [first] = ask(view, 'threads').threads as { name: string }[];
    expect(first?.name).toMatch(/^\* \[Go \d+\] \S+ \(crashed, thread \d+\)$/);
  });

  it('hides those of the runtime in one line, unless they are asked for', () => {
    const hidden = ask(viewOf('sum/go1.26/default'), 'threads').threads as { name: string }[];
    expect(hidden.map(({ name }) => name).at(-1)).toBe('3 goroutines of the runtime');
    const shown = ask(viewOf('sum/go1.26/default', undefined, { hideSystemGoroutines: false }), 'threads').threads;
    expect(shown).toHaveLength(4);
  });

  it('says how many more have a stack, and lets each be looked into', () => {
    const view = viewOf('waits/go1.27/default/healthy', { single: 3, groups: 100 });
    const { threads } = ask(view, 'threads') as { threads: { id: number; name: string }[] };
    const group = threads.find(({ name }) => / and \d+ more\]/.test(name));
    expect(group?.name).toMatch(/^\[Go \d+ and \d+ more\] \S+ \[.+\]$/);
    const { stackFrames } = ask(view, 'stackTrace', { threadId: group?.id });
    const { scopes } = ask(view, 'scopes', { frameId: stackFrames[0].id });
    const { variables } = ask(view, 'variables', { variablesReference: scopes.at(-1).variablesReference });
    const member = ask(view, 'variables', { variablesReference: variables[1].variablesReference }).variables;
    const frames = (member as { name: string; value: string; variablesReference: number }[]).filter(({ name }) =>
      name.startsWith('#'),
    );
    expect(frames.map(({ value }) => value.split(' ')[0])).toEqual(
      (stackFrames as { name: string; presentationHint?: string }[])
        .filter(({ presentationHint }) => presentationHint !== 'label')
        .map(({ name }) => name),
    );
    const inner = ask(view, 'variables', { variablesReference: frames.at(-2)?.variablesReference }).variables;
    expect(Array.isArray(inner)).toBe(true);
  });

  it('is filtered as goroutines is, with the same words', () => {
    const view = viewOf(MANY, undefined, { goroutineFilters: '-with running' });
    const { threads } = ask(view, 'threads') as { threads: unknown[] };
    expect(threads.length).toBeGreaterThan(0);
    expect(threads.length).toBeLessThan(everyone(view).length);
  });

  it('gets a thread for a goroutine that the user went to', () => {
    const view = viewOf(MANY, { single: 0, groups: 1 });
    const alone = new Set((ask(view, 'threads').threads as { id: number }[]).map(({ id }) => id));
    const other = everyone(view).find((id) => !alone.has(id)) ?? 0;
    expect([view.threads.visit(other), view.threads.visit(other)]).toEqual([true, false]);
    expect((ask(view, 'threads').threads as { id: number }[]).map(({ id }) => id)).toContain(other);
  });
});

describe('stacks', () => {
  it('come in parts that make the whole', () => {
    const view = viewOf('stacks/go1.27/default');
    const threadId = view.threads.threadOf(view.focus);
    const whole = ask(view, 'stackTrace', { threadId, startFrame: 0, levels: 10_000 });
    const parts: unknown[] = [];
    for (let startFrame = 0; ; startFrame += 3) {
      const { stackFrames, totalFrames } = ask(view, 'stackTrace', { threadId, startFrame, levels: 3 });
      parts.push(...stackFrames);
      if (startFrame + 3 >= totalFrames) break;
    }
    expect(parts).toEqual(whole.stackFrames);
    expect(whole.totalFrames).toBe(whole.stackFrames.length);
  });

  it('of any depth are cut for those who do not ask in parts, and say so', () => {
    const view = viewOf('crash/go1.27/default/overflow');
    const threadId = view.threads.threadOf(view.focus);
    const { stackFrames } = ask(view, 'stackTrace', { threadId });
    expect(stackFrames).toHaveLength(51);
    expect(stackFrames[50]).toMatchObject({
      name: 'more frames follow: bt -from 50 in the debug console shows them',
      presentationHint: 'label',
    });
    const paged = ask(view, 'stackTrace', { threadId, startFrame: 10_000, levels: 20 });
    expect(paged.stackFrames).toHaveLength(20);
    expect(paged.totalFrames).toBeGreaterThan(10_020);
    expect(() => ask(view, 'scopes', { frameId: stackFrames[50].id })).not.toThrow();
  });

  it('begin where the program failed, for clients that go to the first frame', () => {
    const view = viewOf('exprs/go1.27/noopt', undefined, { showRuntimeFrames: false });
    const whole = ask(viewOf('exprs/go1.27/noopt'), 'stackTrace', { threadId: 1 }).stackFrames as { name: string }[];
    const { stackFrames, totalFrames } = ask(view, 'stackTrace', { threadId: 1 });
    const names = (stackFrames as { name: string }[]).map(({ name }) => name);
    const failure = whole.findIndex(({ name }) => name === 'main.inner');
    expect(names).toEqual([
      ...whole.slice(failure).map(({ name }) => name),
      `${failure} frames of the runtime above the failure: bt in the debug console shows all`,
    ]);
    expect(totalFrames).toBe(names.length);
    const parts = [0, 2, 4, 6].flatMap(
      (startFrame) => ask(view, 'stackTrace', { threadId: 1, startFrame, levels: 2 }).stackFrames,
    );
    expect(parts).toEqual(stackFrames);
  });

  it('of a deadlock are those of the main goroutine', () => {
    const view = viewOf('crash/go1.27/default/deadlock');
    expect(view.threads.threadOf(view.focus)).toBe(1);
  });

  it('of goroutines whose number is too large for clients have another', () => {
    const folder = mkdtempSync(join(tmpdir(), 'inquest-large-'));
    try {
      const files = { ...openFixture('sum/go1.26/default'), core: join(folder, 'core') };
      const goid = 3_000_000_000;
      renumber(openFixture('sum/go1.26/default'), files.core, goid);
      const view = viewOfFiles(files, undefined, { hideSystemGoroutines: false });
      const { threads } = ask(view, 'threads') as { threads: { id: number; name: string }[] };
      expect(threads[0]?.name).toMatch(/^\* \[Go 3000000000\] main\.main \(crashed/);
      const threadId = threads[0]?.id ?? 0;
      expect(threads.map(({ id }) => id)).toEqual([threadId, 2, 3, 4]);
      expect(threadId).toBeGreaterThan(-(2 ** 31));
      expect(threadId).toBeLessThan(-(2 ** 22));
      const { stackFrames } = ask(view, 'stackTrace', { threadId });
      expect((stackFrames as { name: string }[]).map(({ name }) => name)).toContain('main.main');
      expect(ask(view, 'exceptionInfo', { threadId }).exceptionId).toBe('panic');
      expect(view.threads.threadOf(view.focus)).toBe(threadId);
      expect(view.threads.meaning(threadId)).toMatchObject({ selection: { goroutine: { id: goid } } });
      expect(() => view.threads.meaning(threadId - 1)).toThrow('there is no thread');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('of C threads without a goroutine have a number of their own', () => {
    const view = viewOf('cgocrash/go1.27/cgo/thread');
    const { threads } = ask(view, 'threads') as { threads: { id: number; name: string }[] };
    const threadId = view.threads.threadOf(view.focus);
    expect(threads[0]).toMatchObject({ id: threadId });
    expect(ask(view, 'stackTrace', { threadId }).stackFrames.length).toBeGreaterThan(0);
  });
});

describe('memory and code', () => {
  it('are read as they are, with the end of what is there', () => {
    const view = viewOf('sum/go1.26/default');
    const { stackFrames } = ask(view, 'stackTrace', { threadId: 1 });
    const pc = stackFrames[0].instructionPointerReference as string;
    const { data, address } = ask(view, 'readMemory', { memoryReference: pc, count: 4 });
    expect({ address, bytes: Buffer.from(data, 'base64') }).toEqual({
      address: pc,
      bytes: Buffer.from(view.session.program.memory.read(Number(pc), 4)),
    });
    const nothing = ask(view, 'readMemory', { memoryReference: '0x10', count: 100 });
    expect(nothing).toEqual({ address: '0x10', data: '', unreadableBytes: 100 });
  });

  it('are disassembled before and behind a place, in as many lines as were asked for', () => {
    const view = viewOf('sum/go1.26/default');
    const { stackFrames } = ask(view, 'stackTrace', { threadId: 1 });
    const frame = (stackFrames as { name: string; instructionPointerReference: string }[]).find(
      ({ name }) => name === 'main.main',
    );
    const memoryReference = frame?.instructionPointerReference ?? '';
    const lines = (instructionOffset: number, instructionCount: number): { address: string; symbol?: string }[] =>
      ask(view, 'disassemble', { memoryReference, instructionOffset, instructionCount }).instructions;
    const around = lines(-50, 100);
    expect(around).toHaveLength(100);
    expect(around[50]?.address).toBe(memoryReference);
    const addresses = around.map(({ address }) => Number(address));
    expect(addresses).toEqual([...addresses].sort((a, b) => a - b));
    expect(lines(10, 5)).toEqual(
      around.slice(60, 65).map((each) => expect.objectContaining({ address: each.address })),
    );
    expect(lines(-20, 5).map(({ address }) => address)).toEqual(around.slice(30, 35).map(({ address }) => address));
    expect(around.some(({ symbol }) => symbol === 'main.main')).toBe(true);
  });

  it('are marked where there is no code', () => {
    const view = viewOf('sum/go1.26/default');
    const { instructions } = ask(view, 'disassemble', {
      memoryReference: '0x10',
      instructionOffset: -5,
      instructionCount: 10,
    });
    expect(instructions).toHaveLength(10);
    expect(new Set((instructions as { presentationHint?: string }[]).map((each) => each.presentationHint))).toEqual(
      new Set(['invalid']),
    );
  });
});

describe('modules and sources', () => {
  it('are the files that were mapped, and those that were compiled', () => {
    const view = viewOf('cgocrash/go1.27/cgo');
    const { modules, totalModules } = ask(view, 'modules');
    expect(totalModules).toBe(modules.length);
    expect((modules as { name: string }[]).some(({ name }) => name.startsWith('libc'))).toBe(true);
    expect(ask(view, 'modules', { startModule: 1, moduleCount: 1 }).modules).toEqual([modules[1]]);
    const { sources } = ask(view, 'loadedSources') as { sources: { name: string }[] };
    expect(sources.some(({ name }) => name === 'main.go')).toBe(true);
  });
});
