import { spawn, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { checkMessage } from './check-message.ts';
import { Conversation } from './conversation.ts';
import type { DapMessage } from './message.ts';

export interface DapClientOptions {
  /** Called with each message that comes. */
  readonly seen?: (message: DapMessage) => void;
  /** Takes what is wrong with a message that came. By default nothing more is answered then, and the run of tests fails. */
  readonly onProblem?: (problem: Error) => void;
  /** Longest time to wait for an answer or an event, in milliseconds. */
  readonly patience?: number;
}

const SEPARATOR = Buffer.from('\r\n\r\n');

/**
 * A client of a debug adapter, for tests: says what it is told, and keeps all that comes. Every message is held to the protocol:
 * what is sent must be right unless it is meant not to be, and nothing more is answered behind a wrong message that came.
 */
export class DapClient {
  /** All messages in both directions, in their order. */
  readonly log: (DapMessage & { readonly direction: 'sent' | 'received' })[] = [];
  private readonly conversation = new Conversation();
  private readonly answers = new Map<number, DapMessage>();
  private readonly events: DapMessage[] = [];
  /** What was wrong with a message that came, if nobody took it. */
  private problem: Error | undefined;
  private readonly output: Writable;
  private readonly options: DapClientOptions;
  private readonly waiters = new Set<() => void>();
  private received: Buffer = Buffer.alloc(0);
  private seq = 1;
  private ended = false;
  private readonly stop: () => void;

  constructor(input: Readable, output: Writable, stop: () => void, options: DapClientOptions = {}) {
    this.output = output;
    this.options = options;
    this.stop = stop;
    input.on('data', (bytes: Buffer) => this.take(bytes));
    const end = (): void => {
      this.ended = true;
      this.wake();
    };
    input.on('end', end).on('close', end).on('error', end);
    output.on('error', end);
  }

  /** Over the standard streams of a command. */
  static overCommand(
    command: readonly string[],
    options?: DapClientOptions,
  ): { client: DapClient; child: ChildProcess } {
    const [program = '', ...args] = command;
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    return { client: new DapClient(child.stdout, child.stdin, () => child.kill(), options), child };
  }

  /** Over TCP. */
  static async overSocket(address: string, options?: DapClientOptions): Promise<DapClient> {
    const [host = '', port = ''] = address.split(/:(?=\d+$)/);
    const socket = connect(Number(port), host);
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new DapClient(socket, socket, () => socket.destroy(), options);
  }

  get isEnded(): boolean {
    return this.ended;
  }

  /** Sends a request and does not wait; returns its number. Throws if it is not as the protocol has it. */
  send(command: string, args?: unknown): number {
    const seq = this.seq++;
    const message = { seq, type: 'request' as const, command, ...(args === undefined ? {} : { arguments: args }) };
    checkMessage(message);
    this.sendText(JSON.stringify(message));
    return seq;
  }

  /** As `send`, for requests that may be wrong. */
  sendAnything(command: string, args: unknown): number {
    const seq = this.seq++;
    this.sendText(JSON.stringify({ seq, type: 'request', command, arguments: args }));
    return seq;
  }

  /** Sends any text as a message. */
  sendText(text: string): void {
    const message = requestIn(text);
    if (message !== undefined) {
      this.log.push({ ...message, direction: 'sent' });
      this.conversation.sent(message);
    }
    this.output.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  /** Sends bytes as they are. */
  sendBytes(bytes: string | Uint8Array): void {
    this.output.write(bytes);
  }

  /** The answer to a request, whether it succeeded or not. */
  answer(seq: number): Promise<DapMessage> {
    return this.find(() => this.answers.get(seq), `an answer to ${seq}`);
  }

  /** Sends a request, and returns the body of its answer. Rejects with the answer's message if it failed. */
  // oxlint-disable-next-line no-explicit-any
  async request(command: string, args?: unknown): Promise<any> {
    const answer = await this.answer(this.send(command, args));
    if (answer.success !== true) throw new Error(answer.message);
    return answer.body;
  }

  /** The message with which a request fails, which may be a wrong one. */
  async refusal(command: string, args?: unknown): Promise<string> {
    const { success, message } = await this.answer(this.sendAnything(command, args));
    if (success === true) throw new Error(`${command} succeeded`);
    return message ?? '';
  }

  /** The first event of that name, or the one that `isWanted`. */
  event(name: string, isWanted: (body: DapMessage['body']) => boolean = () => true): Promise<DapMessage> {
    const look = (): DapMessage | undefined => this.events.find((each) => each.event === name && isWanted(each.body));
    return this.find(look, `an event ${name}`);
  }

  /** Resolves when the server has closed the connection. */
  async closed(): Promise<void> {
    while (!this.ended) await this.change('the end of the connection');
  }

  /** Ends the connection from here. */
  close(): void {
    this.stop();
  }

  private async find(look: () => DapMessage | undefined, what: string): Promise<DapMessage> {
    for (;;) {
      if (this.problem !== undefined) throw this.problem;
      const found = look();
      if (found !== undefined) return found;
      if (this.ended) throw new Error(`the connection was closed before ${what}`);
      await this.change(what);
    }
  }

  private change(what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.waiters.delete(wake);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiters.delete(wake);
        reject(new Error(`${what} did not come`));
      }, this.options.patience ?? 30_000);
      this.waiters.add(wake);
    });
  }

  private take(bytes: Buffer): void {
    this.received = Buffer.concat([this.received, bytes]);
    for (;;) {
      const end = this.received.indexOf(SEPARATOR);
      if (end < 0) break;
      const length = Number(/^Content-Length: (\d+)$/.exec(this.received.toString('latin1', 0, end))?.[1]);
      const start = end + SEPARATOR.length;
      if (this.received.length < start + length) break;
      const text = this.received.toString('utf8', start, start + length);
      this.received = this.received.subarray(start + length);
      this.receive(JSON.parse(text) as DapMessage);
    }
    this.wake();
  }

  private receive(message: DapMessage): void {
    this.log.push({ ...message, direction: 'received' });
    if (message.type === 'event') this.events.push(message);
    else this.answers.set(message.request_seq ?? Number.NaN, message);
    this.options.seen?.(message);
    try {
      checkMessage(message);
      this.conversation.received(message);
    } catch (error) {
      const problem = new Error(`${JSON.stringify(message).slice(0, 500)}: ${String(error)}`);
      const { onProblem } = this.options;
      if (onProblem !== undefined) onProblem(problem);
      else this.fail(problem);
    }
  }

  /** Whoever waits is told, and where nobody does, a test that has ended fails as well. */
  private fail(problem: Error): void {
    this.problem ??= problem;
    queueMicrotask(() => {
      throw problem;
    });
  }

  private wake(): void {
    for (const wake of this.waiters) wake();
  }
}

/** A request in a text that is sent as a message. */
function requestIn(text: string): DapMessage | undefined {
  try {
    const message = JSON.parse(text) as Partial<DapMessage> | null;
    return message?.type === 'request' ? (message as DapMessage) : undefined;
  } catch {
    return undefined;
  }
}
