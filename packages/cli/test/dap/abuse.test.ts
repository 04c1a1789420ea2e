import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DapClient } from '@inquest/testkit/dap';
import { ensureBundle } from '../../../../scripts/bundle.mjs';
import { gone, memoryOf, rawSocket, sendUnfinished } from '../server-process.ts';
import { launchOf, VSCODE } from './open-dap.ts';

let child: ChildProcess;
/** How the server ended, which it must not. */
let end = '';
let address = '';
const launch = launchOf('sum/go1.26/default');

beforeAll(async () => {
  const launcher = await ensureBundle();
  child = spawn(process.execPath, [launcher, 'dap', '--accept-multiclient', '--no-config'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.once('exit', (code, signal) => {
    end = `the server ended: ${signal ?? code}`;
  });
  address = await new Promise((resolve) => {
    child.stdout?.once('data', (bytes: Buffer) => resolve(bytes.toString().trim().replace(/^.*: /, '')));
  });
});
afterAll(() => {
  child.kill('SIGKILL');
});

async function open(): Promise<DapClient> {
  const client = await DapClient.overSocket(address);
  await client.request('initialize', VSCODE);
  await client.request('launch', launch);
  await client.request('configurationDone');
  return client;
}

const raw = (): Promise<Socket> => rawSocket(address);

/** What a client takes where nobody else is there, in milliseconds. */
let usual = 0;

/** A client is served, not much more slowly than usual, and memory is as it should be. */
async function isWell(): Promise<void> {
  expect(end).toBe('');
  const before = performance.now();
  const client = await open();
  expect((await client.request('threads')).threads.length).toBeGreaterThan(0);
  client.close();
  const took = performance.now() - before;
  usual ||= took;
  expect(took).toBeLessThan(10 * usual + 3000);
  expect(memoryOf(child.pid ?? 0)).toBeLessThan(600);
}

describe('a server keeps serving', () => {
  it('one client', async () => {
    await open();
    await isWell();
  });

  it('fifty clients at once', async () => {
    const clients = await Promise.all(Array.from({ length: 50 }, open));
    const answers = await Promise.all(
      clients.map((client) => client.request('stackTrace', { threadId: 1, levels: 50 })),
    );
    for (const { stackFrames } of answers) expect(stackFrames.length).toBeGreaterThan(10);
    for (const client of clients) client.close();
    await isWell();
  });

  it('while clients do not read what they asked for', async () => {
    const sockets = await Promise.all(Array.from({ length: 4 }, raw));
    for (const socket of sockets) {
      socket.pause();
      let seq = 1;
      const request = (command: string, args: object): void => {
        const text = JSON.stringify({ seq: seq++, type: 'request', command, arguments: args });
        socket.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
      };
      request('initialize', VSCODE);
      request('launch', launch);
      for (let i = 0; i < 5000; i++) request('evaluate', { expression: 'help', context: 'repl' });
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
    await isWell();
    for (const socket of sockets) socket.destroy();
  });

  it('when messages are too large, announced or sent', async () => {
    const announced = await DapClient.overSocket(address);
    announced.sendBytes(`Content-Length: ${64 << 20}\r\n\r\n`);
    const { body } = await announced.event('output');
    expect(body.output).toContain('a message of 67108864 bytes is refused: 16777216 is the most');
    await announced.closed();
    const socket = await raw();
    const closed = gone(socket);
    socket.write(`Content-Length: ${64 << 20}\r\n\r\n`);
    for (let i = 0; i < 64 && !socket.destroyed; i++) socket.write(Buffer.alloc(1 << 20, 0x20));
    await closed;
    await isWell();
  });

  it('while many send large messages that they do not end', async () => {
    const sockets = await sendUnfinished(address, `Content-Length: ${15 << 20}\r\n\r\n`);
    await isWell();
    for (const socket of sockets) socket.destroy();
  });

  it('when a client goes in the middle of what it asked for', async () => {
    const clients = await Promise.all(Array.from({ length: 10 }, open));
    for (const client of clients) {
      for (let i = 0; i < 50; i++) client.send('exceptionInfo', { threadId: 1 });
      client.sendBytes('Content-Length: 1000\r\n\r\n{"half":');
      client.close();
    }
    await isWell();
  });

  it('when nobody speaks, or something else', async () => {
    const sockets = await Promise.all(Array.from({ length: 30 }, raw));
    for (const [i, socket] of sockets.entries())
      if (i % 2 === 0) socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await isWell();
    for (const socket of sockets) socket.destroy();
  });
});
