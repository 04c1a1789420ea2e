// What VS Code asks, when, and with which arguments, by its sources (src/vs/workbench/contrib/debug of microsoft/vscode; the file is
// named at each part), told in our own words.
import { expect } from 'vitest';
import type { DapClient } from '@inquest/testkit/dap';
import { connectTo, serverOf, VSCODE, type DapVariable } from './open-dap.ts';

export interface CodeFrame {
  readonly id: number;
  readonly name: string;
  readonly line: number;
  readonly source?: { readonly path?: string; readonly sourceReference?: number; readonly presentationHint?: string };
  readonly instructionPointerReference?: string;
}

interface Scope extends Pick<DapVariable, 'variablesReference' | 'namedVariables' | 'indexedVariables'> {
  readonly name: string;
  readonly expensive: boolean;
}

/** What can be expanded; a range of elements that the editor made up has a start. */
interface Expandable {
  readonly variablesReference: number;
  readonly namedVariables?: number;
  readonly indexedVariables?: number;
  readonly start?: number;
}

export interface Instruction {
  readonly address: string;
  readonly instruction: string;
  readonly instructionBytes?: string;
  readonly location?: { readonly path?: string };
  readonly line?: number;
  readonly presentationHint?: string;
}

/** Frames behind the first that are asked for at once, and then at each `Load More` (debugModel.ts, refreshTopOfCallstack). */
const REST = 19;
const MORE = 20;
/** debugModel.ts, BASE_CHUNK_SIZE. */
const CHUNK = 100;
/** disassemblyView.ts, NUM_INSTRUCTIONS_TO_LOAD. */
const INSTRUCTIONS = 50;

export class CodeSession {
  readonly client: DapClient = connectTo(serverOf());
  /** Of the thread that stopped. */
  callStack: CodeFrame[] = [];
  capabilities: Readonly<Record<string, unknown>> = {};

  /** debugSession.ts: from `initialize` to the first list of threads. `breakpoints` are lines by file. */
  async start(configuration: object, breakpoints: Readonly<Record<string, readonly number[]>> = {}): Promise<void> {
    const { client } = this;
    this.capabilities = await client.request('initialize', VSCODE);
    const launched = client.request('launch', configuration);
    await client.event('initialized');
    // debugService.ts, sendAllBreakpoints: all at once, since configurationDone is known; without the capabilities no others are
    // sent than those of lines, and without exceptionBreakpointFilters no setExceptionBreakpoints.
    const files = Object.entries(breakpoints).map(([path, lines]) =>
      client.request('setBreakpoints', {
        source: { name: path.slice(path.lastIndexOf('/') + 1), path },
        lines,
        breakpoints: lines.map((line) => ({ line })),
        sourceModified: false,
      }),
    );
    await Promise.all(files);
    await client.request('configurationDone');
    await client.request('threads');
    await launched;
  }

  /** debugSession.ts, onDidStop: threads, the top frame, the others; then it goes to the first frame that is not dimmed. */
  async stopped(): Promise<{ threadId: number; frame: CodeFrame }> {
    const { client } = this;
    const { body } = await client.event('stopped');
    const { threads } = await client.request('threads');
    const { threadId } = body;
    expect(threads.map(({ id }: { id: number }) => id)).toContain(threadId);
    this.callStack = [];
    await this.load(threadId, 1);
    await this.load(threadId, REST);
    const frame = this.callStack.find(
      ({ source }) => source !== undefined && source.presentationHint !== 'deemphasize',
    );
    if (frame === undefined) throw new Error('there is no frame to go to');
    return { threadId, frame };
  }

  /** debugModel.ts, fetchCallStack. True if more may follow: less than was asked for is the end, and so is the number told. */
  private async load(threadId: number, levels: number): Promise<boolean> {
    const startFrame = this.callStack.length;
    const { stackFrames, totalFrames } = await this.client.request('stackTrace', { threadId, startFrame, levels });
    this.callStack.push(...(stackFrames as CodeFrame[]));
    return stackFrames.length === levels && totalFrames !== this.callStack.length;
  }

  /** `Load More Stack Frames`, until there are none. */
  async wholeStack(threadId: number): Promise<CodeFrame[]> {
    for (let times = 0; await this.load(threadId, MORE); times++)
      if (times > 100) throw new Error('the stack has no end');
    return this.callStack;
  }

  /** variablesView.ts: the scopes of the frame, and what is in those that are not expensive. */
  async variables(frameId: number): Promise<{ scopes: Scope[]; shown: Map<string, DapVariable> }> {
    const { scopes } = (await this.client.request('scopes', { frameId })) as { scopes: Scope[] };
    const shown = new Map<string, DapVariable>();
    for (const scope of scopes)
      if (!scope.expensive) for (const variable of await this.children(scope)) shown.set(variable.name, variable);
    return { scopes, shown };
  }

  /** debugModel.ts, doGetChildren: all at once, or, where the number of elements is told, these in parts of a hundred. */
  async children(container: Expandable): Promise<(DapVariable & Expandable)[]> {
    const { variablesReference, namedVariables = 0, indexedVariables = 0, start = 0 } = container;
    if (variablesReference === 0) return [];
    if (indexedVariables === 0) return this.fetch({ variablesReference });
    const named = namedVariables > 0 ? await this.fetch({ variablesReference, filter: 'named' }) : [];
    let size = CHUNK;
    while (indexedVariables > size * CHUNK) size *= CHUNK;
    if (indexedVariables <= size)
      return [
        ...named,
        ...(await this.fetch({ variablesReference, filter: 'indexed', start, count: indexedVariables })),
      ];
    const parts = Array.from({ length: Math.ceil(indexedVariables / size) }, (_, i) => ({
      name: `[${start + i * size}..]`,
      value: '',
      variablesReference,
      indexedVariables: Math.min(size, indexedVariables - i * size),
      start: start + i * size,
    }));
    return [...named, ...parts];
  }

  private async fetch(args: object): Promise<DapVariable[]> {
    return (await this.client.request('variables', args)).variables;
  }

  /** Everything below a value, as `Expand All` and a patient user get to it. */
  async leaves(container: Expandable, depth = 3): Promise<DapVariable[]> {
    if (depth === 0) return [];
    const out: DapVariable[] = [];
    for (const child of await this.children(container))
      out.push(...(child.start === undefined ? [child] : await this.leaves(child, depth)));
    return out;
  }

  /** debugModel.ts, MemoryRegion.read: bytes, and `undefined` for those that are shown as unreadable. */
  async memory(memoryReference: string, offset: number, count: number): Promise<(number | undefined)[]> {
    const { data = '', unreadableBytes = 0 } = await this.client.request('readMemory', {
      count,
      memoryReference,
      offset,
    });
    if (data === '') return Array.from({ length: count }, () => undefined);
    const bytes = [...Buffer.from(data, 'base64')].slice(0, count - unreadableBytes);
    // What is neither there nor unreadable is zero.
    return Array.from({ length: count }, (_, i) => bytes[i] ?? (i < count - unreadableBytes ? 0 : undefined));
  }

  /** disassemblyView.ts, loadDisassembledInstructions. */
  async disassemble(memoryReference: string, instructionOffset: number, count: number): Promise<Instruction[]> {
    const { instructions } = await this.client.request('disassemble', {
      memoryReference,
      offset: 0,
      instructionOffset,
      instructionCount: count,
      resolveSymbols: true,
    });
    return instructions;
  }

  /** The Disassembly view: it opens around an instruction, and asks for more at both ends as one scrolls. */
  async disassembly(memoryReference: string, scrolls: number): Promise<{ rows: Instruction[]; first: number }> {
    let first = -4 * INSTRUCTIONS;
    const rows = await this.disassemble(memoryReference, first, 8 * INSTRUCTIONS);
    // What it counts from.
    const base = await this.disassemble(memoryReference, 0, INSTRUCTIONS);
    expect(base[0]?.address).toBe(rows[-first]?.address);
    for (let i = 0; i < scrolls; i++) {
      first -= INSTRUCTIONS;
      rows.unshift(...(await this.disassemble(memoryReference, first, INSTRUCTIONS)));
      rows.push(...(await this.disassemble(memoryReference, first + rows.length, INSTRUCTIONS)));
    }
    return { rows, first };
  }

  /** debugSession.ts and rawDebugSession.ts: `terminate` where it is known and the request was launch; its event leads to `disconnect`. */
  async stop(): Promise<void> {
    const { client } = this;
    await client.request('terminate', { restart: false });
    await client.event('terminated');
    await client.request('disconnect', { restart: false });
    await client.closed();
  }
}
