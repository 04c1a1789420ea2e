import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A value as Delve's JSON-RPC gives it (service/api.Variable), as far as it is of use here. Addresses lose their low bits above 2^53. */
export interface DelveVariable {
  readonly name: string;
  readonly addr: number;
  /** Not loaded: only the address is known. */
  readonly onlyAddr: boolean;
  readonly type: string;
  readonly realType: string;
  /** Bits: 1 escaped, 2 shadowed, 4 constant, 8 argument, 16 result, 32 at an invented address, … */
  readonly flags: number;
  /** reflect.Kind. */
  readonly kind: number;
  readonly value: string;
  readonly len: number;
  readonly cap: number;
  /** Null in some answers where there are none. */
  readonly children: readonly DelveVariable[] | null;
  readonly base: number;
  readonly unreadable: string;
  readonly LocationExpr?: string;
  readonly DeclLine?: number;
}

/** One frame of Delve's stack trace. */
export interface DelveFrame {
  readonly pc: number;
  readonly file: string;
  readonly line: number;
  readonly function?: { readonly name: string };
}

/** How much Delve loads of a value (api.LoadConfig). */
export interface DelveLoad {
  readonly FollowPointers: boolean;
  readonly MaxVariableRecurse: number;
  readonly MaxStringLen: number;
  readonly MaxArrayValues: number;
  readonly MaxStructFields: number;
}

/** What Delve's terminal loads for `print`. */
export const DELVE_LOAD: DelveLoad = {
  FollowPointers: true,
  MaxVariableRecurse: 1,
  MaxStringLen: 64,
  MaxArrayValues: 64,
  MaxStructFields: -1,
};

interface Answer {
  readonly result?: unknown;
  readonly error?: string | null;
}

/** Longest time that Delve may take to open a core or to answer, in milliseconds. */
const PATIENCE = 60_000;

/** Path of Delve: $GO_TOOLCHAINS, else the usual folder of scripts/go-toolchains; undefined when it is not there. */
export function findDelve(): string | undefined {
  const toolchains = process.env['GO_TOOLCHAINS'] ?? join(homedir(), '.cache/go-toolchains');
  return [join(toolchains, 'delve/bin/dlv'), '/usr/bin/dlv'].find((path) => existsSync(path));
}

/** `dlv core` as a server, asked over JSON-RPC 1.0 (one object of parameters per call). Stop it when done. */
export class DelveClient {
  private readonly process: ChildProcessWithoutNullStreams;
  private readonly socket: Socket;
  private readonly waiting = new Map<number, (answer: Answer | Error) => void>();
  private received = '';
  private nextId = 1;

  private constructor(process: ChildProcessWithoutNullStreams, socket: Socket) {
    this.process = process;
    this.socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.take(text));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new Error('Delve closed the connection')));
  }

  /** Starts Delve on a core. Rejects when Delve is not there, cannot open the core, or takes too long. */
  static async open(executable: string, core: string, delve: string | undefined = findDelve()): Promise<DelveClient> {
    if (delve === undefined) throw new Error('Delve is not installed: scripts/go-toolchains fetches it');
    const flags = ['--headless', '--check-go-version=false', '--listen=127.0.0.1:0'];
    const child = spawn(delve, ['core', executable, core, ...flags]);
    const ended = endOf(child);
    try {
      // Delve listens before it reads the core, and ends when it cannot.
      const port = await Promise.race([listeningPort(child), ended]);
      const client = new DelveClient(child, await Promise.race([connected(port), ended]));
      await Promise.race([client.call('GetVersion', {}), ended]);
      ended.catch(() => undefined);
      return client;
    } catch (error) {
      const why = await Promise.race([ended.catch((reason: unknown) => reason), delay(1000)]);
      child.kill();
      throw why instanceof Error ? why : error;
    }
  }

  /** One call of RPCServer.`method`; rejects with Delve's own message where it refuses. */
  async call<T>(method: string, parameters: object): Promise<T> {
    const id = this.nextId++;
    const answer = await new Promise<Answer | Error>((resolve) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        resolve(new Error(`Delve did not answer ${method} within ${PATIENCE / 1000} s`));
      }, PATIENCE);
      this.waiting.set(id, (given) => {
        clearTimeout(timer);
        resolve(given);
      });
      this.socket.write(`${JSON.stringify({ method: `RPCServer.${method}`, params: [parameters], id })}\n`);
    });
    if (answer instanceof Error) throw answer;
    if (typeof answer.error === 'string') throw new Error(answer.error);
    return answer.result as T;
  }

  /** The frames of a goroutine, -1 for the selected one. */
  async stack(goroutine = -1, depth = 200): Promise<readonly DelveFrame[]> {
    const { Locations } = await this.call<{ Locations: readonly DelveFrame[] | null }>('Stacktrace', {
      Id: goroutine,
      Depth: depth,
    });
    return Locations ?? [];
  }

  /** The value of an expression in a frame. */
  async evaluate(
    expression: string,
    frame: number,
    load: DelveLoad = DELVE_LOAD,
    goroutine = -1,
  ): Promise<DelveVariable> {
    const scope = { GoroutineID: goroutine, Frame: frame };
    const { Variable } = await this.call<{ Variable: DelveVariable }>('Eval', {
      Scope: scope,
      Expr: expression,
      Cfg: load,
    });
    return Variable;
  }

  async locals(frame: number, load: DelveLoad = DELVE_LOAD, goroutine = -1): Promise<readonly DelveVariable[]> {
    const scope = { GoroutineID: goroutine, Frame: frame };
    const answer = await this.call<{ Variables: readonly DelveVariable[] | null }>('ListLocalVars', {
      Scope: scope,
      Cfg: load,
    });
    return answer.Variables ?? [];
  }

  async arguments(frame: number, load: DelveLoad = DELVE_LOAD, goroutine = -1): Promise<readonly DelveVariable[]> {
    const scope = { GoroutineID: goroutine, Frame: frame };
    const answer = await this.call<{ Args: readonly DelveVariable[] | null }>('ListFunctionArgs', {
      Scope: scope,
      Cfg: load,
    });
    return answer.Args ?? [];
  }

  /** Ends Delve. */
  stop(): void {
    this.socket.destroy();
    this.process.kill();
  }

  private take(text: string): void {
    this.received += text;
    for (let end = this.received.indexOf('\n'); end >= 0; end = this.received.indexOf('\n')) {
      const line = this.received.slice(0, end);
      this.received = this.received.slice(end + 1);
      if (line.trim() === '') continue;
      const { id, ...answer } = JSON.parse(line) as Answer & { readonly id: number };
      this.waiting.get(id)?.(answer);
      this.waiting.delete(id);
    }
  }

  private fail(error: Error): void {
    for (const give of this.waiting.values()) give(error);
    this.waiting.clear();
  }
}

/** The port that Delve prints when it is ready. */
function listeningPort(child: ChildProcessWithoutNullStreams): Promise<number> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const timer = setTimeout(() => reject(new Error(`Delve did not start: ${printed}`)), PATIENCE);
    child.stdout.on('data', (text: Buffer) => {
      printed += text.toString();
      const match = /listening at: \S+:(\d+)/.exec(printed);
      if (match === null) return;
      clearTimeout(timer);
      resolve(Number(match[1]));
    });
    child.on('exit', () => clearTimeout(timer));
  });
}

/** Rejects with what Delve said when it ends or cannot be started. */
function endOf(child: ChildProcessWithoutNullStreams): Promise<never> {
  return new Promise((_, reject) => {
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      said += text.toString();
    });
    child.on('error', reject);
    child.on('close', (status) => reject(new Error(`Delve ended with status ${status}: ${said.trim()}`)));
  });
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.on('error', reject);
  });
}
