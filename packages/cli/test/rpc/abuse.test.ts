import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../engine/fuzz/damage.ts';
import { startInquest, type HeadlessServer } from '../connect/servers.ts';
import { gone, memoryOf, rawSocket, sendUnfinished } from '../server-process.ts';
import { anyRequest } from './any-request.ts';
import { LineClient } from './line-client.ts';

const FULL = { FollowPointers: true, MaxVariableRecurse: 1, MaxStringLen: 64, MaxArrayValues: 64, MaxStructFields: -1 };
/** Asks for everything there is. */
const ALL = { ...FULL, MaxVariableRecurse: 1e9, MaxStringLen: 1e9, MaxArrayValues: 1e9 };

/** Requests that are made up, and connections that bring what is none for each ten of them. */
const REQUESTS = Number(process.env['INQUEST_REQUESTS'] ?? 1500);

let server: HeadlessServer;

beforeAll(async () => {
  server = await startInquest('exprs/go1.27/noopt');
});
afterAll(() => server.stop());

const open = (): Promise<LineClient> => LineClient.open(server.address);

/** A client is served, and memory is as it should be. */
async function isWell(): Promise<void> {
  const client = await open();
  expect((await client.ask('RPCServer.State')).error).toBeNull();
  expect((await client.ask('RPCServer.Stacktrace', { Id: -1, Depth: 50, Cfg: FULL })).error).toBeNull();
  client.close();
  // That is what clients have not taken, 256 MB in all, and the largest answer while it is made.
  expect(memoryOf(server.pid)).toBeLessThan(900);
}

describe('a server of JSON-RPC keeps serving', () => {
  it('requests with parameters of all kinds, each of which it answers once, and none by a bug', async () => {
    const random = randomFrom(4711);
    const bugs: string[] = [];
    const client = await open();
    for (let i = 0; i < REQUESTS; i += 25) {
      const batch = Array.from({ length: 25 }, async () => {
        const { method, parameters } = anyRequest(random);
        const { error } = await client.ask(method, parameters);
        if (error?.startsWith('sorry, this is a bug')) bugs.push(`${method} ${JSON.stringify(parameters)}: ${error}`);
      });
      await Promise.all(batch);
    }
    expect(bugs).toEqual([]);
    expect(client.answersToNothing).toBe(0);
    client.close();
    await isWell();
  }, 600_000);

  it('when connections bring what is no request', async () => {
    const random = randomFrom(815);
    for (let i = 0; i < REQUESTS / 10; i += 30) {
      const sockets = await Promise.all(Array.from({ length: 30 }, () => rawSocket(server.address)));
      for (const [j, socket] of sockets.entries()) {
        const bytes = Buffer.from(Array.from({ length: 60 }, () => random(256)));
        const half = Buffer.concat([Buffer.from('{"method":'), bytes, Buffer.from('}{}[]')]);
        socket.write(j % 3 === 0 ? bytes : j % 3 === 1 ? half : '{"id":1 2}'.repeat(10));
        if (j % 2 === 0) socket.destroy();
        else socket.end();
      }
    }
    await isWell();
  }, 120_000);

  it('when a request is nested as deep as its length allows', async () => {
    const deep = '['.repeat(1e6) + ']'.repeat(1e6);
    for (const field of ['"id"', '"id":1,"params"', '"id":1,"method"']) {
      const socket = await rawSocket(server.address);
      const closed = gone(socket);
      socket.resume();
      socket.write(`{"method":"RPCServer.State",${field}:${deep}}`);
      await closed;
    }
    await isWell();
  });

  it('fifty clients at once', async () => {
    const clients = await Promise.all(Array.from({ length: 50 }, open));
    const answers = await Promise.all(
      clients.map((client) => client.ask('RPCServer.Stacktrace', { Id: -1, Depth: 50, Cfg: FULL })),
    );
    for (const { error, size } of answers)
      expect({ error, isLarge: size > 10_000 }).toEqual({ error: null, isLarge: true });
    for (const client of clients) client.close();
    await isWell();
  });

  it('while clients do not read what they asked for', async () => {
    const sockets = await Promise.all(Array.from({ length: 4 }, () => rawSocket(server.address)));
    const request = JSON.stringify({ method: 'RPCServer.ListPackageVars', params: [{ Cfg: ALL }], id: 1 });
    for (const socket of sockets) {
      socket.pause();
      socket.write(request.repeat(2));
    }
    // All of them together would have more than is kept for clients.
    await isWell();
    for (const socket of sockets) socket.destroy();
    await isWell();
  }, 300_000);

  it('when a message is too large', async () => {
    const socket = await rawSocket(server.address);
    let told = '';
    socket.on('data', (bytes: Buffer) => (told += bytes.toString()));
    const closed = gone(socket);
    socket.write('{"method":"');
    for (let i = 0; i < 64 && !socket.destroyed; i++) socket.write(Buffer.alloc(1 << 20, 0x20));
    await closed;
    expect(told).toMatch(/^({"id":null,"result":null,"error":"a message of more than 16777216 bytes is refused"}\n)?$/);
    await isWell();
  });

  it('while many send large messages that they do not end', async () => {
    const sockets = await sendUnfinished(server.address, '{"method":"');
    await isWell();
    for (const socket of sockets) socket.destroy();
  });

  it('when a client goes in the middle of what it asked for', async () => {
    const clients = await Promise.all(Array.from({ length: 10 }, open));
    for (const client of clients) {
      for (let i = 0; i < 50; i++) client.ask('RPCServer.ListPackageVars', { Cfg: ALL }).catch(() => undefined);
      client.socket.write('{"half":');
      client.close();
    }
    await isWell();
  });
});
