import { DebugError, type SourceProvider } from '@inquest/engine';
import { rpcProtocol, StreamServer, type Prompt, type RpcHost, type StreamServerOptions } from '@inquest/servers';
import { openCore } from '@inquest/node';
import { MadeUpStream } from '../../../servers/src/transport/testing/made-up-stream.ts';
import { openFixture } from '../../../../fixtures/fixtures.mjs';

interface Answer {
  readonly id: unknown;
  readonly result: unknown;
  readonly error: string | null;
}

/** One client of a server, without a socket. */
export class RpcTestClient {
  readonly stream = new MadeUpStream();
  private read = 0;
  private id = 0;

  constructor(server: StreamServer) {
    server.accept(this.stream);
  }

  /** All answers that came since the last time. */
  async answers(count: number): Promise<readonly Answer[]> {
    const lines = (): string[] => this.stream.received.slice(this.read).split('\n').slice(0, -1);
    for (let turns = 0; lines().length < count && turns < 2000; turns++) {
      await new Promise((resolve) => {
        setTimeout(resolve, 1);
      });
    }
    const found = lines();
    this.read = this.stream.received.length;
    return found.map((line) => JSON.parse(line) as Answer);
  }

  async send(text: string): Promise<Answer> {
    this.stream.send(text);
    const [answer] = await this.answers(1);
    if (answer === undefined) throw new Error(`no answer to ${text}`);
    return answer;
  }

  /** What a method of Delve's API answers; its error as `Error: …`. */
  async call<T = unknown>(method: string, parameters: object = {}): Promise<T> {
    const id = this.id++;
    const answer = await this.send(JSON.stringify({ method: `RPCServer.${method}`, params: [parameters], id }));
    if (answer.id !== id) throw new Error(`the answer is to ${String(answer.id)}, not to ${id}`);
    if (answer.error !== null) throw new Error(answer.error);
    return answer.result as T;
  }
}

export interface RpcUnderTest {
  readonly server: StreamServer;
  /** How often a client asked to end the debugger. */
  readonly detached: () => number;
  connect(): RpcTestClient;
}

function refuse(): never {
  throw new DebugError('there is no prompt here', { code: 'unsupported' });
}

/** The prompt is the command's, which is not here. */
const NO_PROMPT: Prompt = {
  knows: () => false,
  run: refuse,
  runFor: refuse,
  complete: () => ({ names: [], tail: '' }),
};

/** Sources decide what is certain, and are not on every machine. */
export const NO_SOURCES: SourceProvider = { read: () => undefined, isAsBuilt: () => false };

/** A server over a fixture. */
export function rpcOver(
  id: string,
  options: Partial<StreamServerOptions> = {},
  host: Partial<RpcHost> = {},
  sources: { readonly sources?: SourceProvider } = {},
): RpcUnderTest {
  const { exe, core } = openFixture(id);
  const opened = openCore({ paths: [exe, core] });
  let detached = 0;
  const protocol = rpcProtocol({
    version: '0.0.0',
    multiclient: true,
    executableChanged: 0,
    openSession: () => {
      const session = opened.another({ addressable: true, ...sources });
      return { session, prompt: NO_PROMPT, remember: () => session.bookmark() };
    },
    reportBug: (error) => {
      throw error;
    },
    detach: () => {
      detached++;
    },
    ...host,
  });
  const server = new StreamServer({ protocols: [protocol], ...options });
  return { server, detached: () => detached, connect: () => new RpcTestClient(server) };
}
