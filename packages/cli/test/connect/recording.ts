// What a server of Delve answered, kept so that tests need no Delve: a line for each request and one for its answer.
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { readFileSync, writeFileSync } from 'node:fs';

export interface PlayedServer {
  readonly address: string;
  /** Writes what went over the wire, if this is a recording. */
  stop(): void;
}

interface Message {
  readonly id: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** What tells requests from each other. */
function keyOf({ method, params }: Message): string {
  return JSON.stringify({ method, params });
}

/** Plays the answers of a file back. A request that is not in it gets an error. */
export async function playBack(file: string): Promise<PlayedServer> {
  const lines = readFileSync(file, 'utf8').split('\n');
  const answers = new Map<string, string[]>();
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const key = lines[i] as string;
    answers.set(key, [...(answers.get(key) ?? []), lines[i + 1] as string]);
  }
  const server = createServer((socket) => {
    eachLine(socket, (line) => {
      const request = JSON.parse(line) as Message;
      const left = answers.get(keyOf(request)) ?? [];
      // The same question has the same answer until the last that was recorded.
      const answer =
        (left.length > 1 ? left.shift() : left[0]) ?? `"result":null,"error":"not recorded: ${request.method}"`;
      socket.write(`{"id":${request.id},${answer}}\n`);
    });
  });
  return { address: await listenOn(server), stop: () => server.close() };
}

/** Passes messages on to the server at `address`, and keeps them in the file. */
export async function recordTo(file: string, address: string): Promise<PlayedServer> {
  const [host = '', port = ''] = address.split(':');
  const kept: string[] = [];
  const server = createServer((socket) => {
    const delve = connect(Number(port), host);
    const asked = new Map<number, string>();
    eachLine(socket, (line) => {
      const request = JSON.parse(line) as Message;
      asked.set(request.id, keyOf(request));
      delve.write(`${line}\n`);
    });
    eachLine(delve, (line) => {
      socket.write(`${line}\n`);
      const { id } = JSON.parse(line) as Message;
      // As it was sent: numbers may have more digits than JavaScript keeps.
      kept.push(asked.get(id) ?? '', line.replace(/^\{"id":\d+,/, '').replace(/\}$/, ''));
    });
    socket.on('close', () => delve.destroy());
  });
  const stop = (): void => {
    server.close();
    writeFileSync(file, `${kept.join('\n')}\n`);
  };
  return { address: await listenOn(server), stop };
}

function eachLine(socket: Socket, take: (line: string) => void): void {
  let received = '';
  socket.setEncoding('utf8').on('error', () => undefined);
  socket.on('data', (text: string) => {
    received += text;
    const lines = received.split('\n');
    received = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
}

function listenOn(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}
