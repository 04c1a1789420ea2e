import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findDelve } from '@inquest/testkit';
import { DapClient } from '@inquest/testkit/dap';
import { openFixture } from '../../../fixtures/fixtures.mjs';
import { RpcConnection } from '../src/connect/rpc-connection.ts';
import { LASTING, useCommand, type Run } from './command-process.ts';
import { startInquest, type HeadlessServer } from './connect/servers.ts';
import { VSCODE } from './dap/open-dap.ts';

const FIXTURE = 'sum/go1.27/default';
const { exe, core } = openFixture(FIXTURE);
const command = useCommand();
const { folder, env } = command;
let server: HeadlessServer;

beforeAll(async () => {
  server = await startInquest(FIXTURE);
});
afterAll(() => server.stop());

/** `inquest core` with flags: what it says when it does not start. */
function refusal(...flags: readonly string[]): Pick<Run, 'code' | 'err'> {
  const { code, err } = command.run(['core', exe, core, '--no-config', ...flags], { timeout: 30_000 });
  return { code, err };
}

/** Starts a server, and collects what it prints. */
function start(...flags: readonly string[]): {
  printed: () => string;
  ended: Promise<number | null>;
  stop: () => void;
} {
  const args = [command.launcher, 'core', exe, core, '--headless', '--no-config', ...flags];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (bytes: Buffer) => (printed += bytes.toString()));
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  return { printed: () => printed, ended, stop: () => void child.kill('SIGKILL') };
}

async function firstLine(printed: () => string): Promise<string> {
  for (let i = 0; i < 600 && !printed().includes('\n'); i++) await new Promise((resolve) => setTimeout(resolve, 50));
  return printed();
}

describe('core --headless', () => {
  it('listens at this machine alone, tells where in the words of Delve, and ends with its client', async () => {
    const { printed, ended } = start();
    const line = await firstLine(printed);
    expect(line).toMatch(/^API server listening at: 127\.0\.0\.1:[1-9]\d*\n$/);
    const [connection] = await RpcConnection.open(line.trim().replace(/^.*: /, ''));
    expect(await connection.call('RPCServer.IsMulticlient')).toEqual({ IsMulticlient: false });
    connection.close();
    expect(await ended).toBe(0);
    expect(printed()).toBe(line);
  });

  it('speaks to editors at the same port', async () => {
    const [connection] = await RpcConnection.open(server.address);
    const editor = await DapClient.overSocket(server.address);
    await editor.request('initialize', VSCODE);
    await editor.request('attach', { request: 'attach', mode: 'remote' });
    await editor.request('configurationDone');
    const { body } = await editor.event('stopped');
    expect(body).toMatchObject({ reason: 'exception', threadId: 1 });
    const { stackFrames } = await editor.request('stackTrace', { threadId: 1, levels: 50 });
    const { Locations } = await connection.call<{ Locations: { function?: { name: string } }[] }>(
      'RPCServer.Stacktrace',
      { Id: 1, Depth: 50 },
    );
    const names = (stackFrames as { name: string }[]).map(({ name }) => name);
    expect(names.at(-1)).toBe(Locations.findLast((each) => each.function !== undefined)?.function?.name);
    editor.close();
    connection.close();
  });

  it('listens at a socket for its user alone, and leaves none behind', async () => {
    const path = join(folder, 'socket');
    const { printed, ended } = start('--listen', `unix:${path}`);
    expect(await firstLine(printed)).toBe(`API server listening at: ${path}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const run = command.run(['connect', `unix:${path}`, '-e', 'echo here']);
    expect(run).toEqual({ code: 0, out: 'here\n', err: '' });
    expect(await ended).toBe(0);
    expect(existsSync(path)).toBe(false);
  });

  it('refuses flags that would be without effect, and addresses that are none', () => {
    expect(refusal('--listen', '127.0.0.1:0', '-e', 'bt')).toEqual({
      code: 2,
      err: 'inquest: --listen is for a server\n  give --headless as well\n',
    });
    for (const flags of [['-e', 'bt'], ['--json'], ['--redact'], ['--init', 'x'], ['--html'], ['-o', 'x']])
      expect(refusal('--headless', ...flags)).toMatchObject({
        code: 2,
        err: expect.stringContaining('is about answers here') as string,
      });
    expect(refusal('--headless', '--api-version', '1')).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is no version 1 of the API') as string,
    });
    expect(refusal('--headless', '--listen', 'nonsense')).toMatchObject({
      code: 2,
      err: expect.stringContaining('cannot understand the address') as string,
    });
    expect(refusal('--headless', '--listen', server.address)).toMatchObject({
      code: 3,
      err: expect.stringMatching(/^inquest: cannot listen at 127\.0\.0\.1:\d+: /) as string,
    });
  });

  it('gives up what its client gives up, in the middle and while it waits', async () => {
    const [connection] = await RpcConnection.open(server.address);
    const ask = (line: string): Promise<unknown> =>
      connection.call<{ text: string }>('Inquest.Run', { Line: line }).then(
        ({ text }) => text,
        (error: unknown) => (error instanceof Error ? error.message : error),
      );
    await ask('goroutine 2');
    const [endless, waiting] = [ask(`goroutine 1 ${LASTING}`), ask('echo waited')];
    await new Promise((resolve) => setTimeout(resolve, 500));
    await connection.call('Inquest.Cancel');
    expect([await endless, await waiting]).toEqual(['cancelled', 'cancelled']);
    expect(await ask('goroutine')).toMatch(/^Goroutine 2 /);
    connection.close();
  });
});

const delve = findDelve();
if (delve === undefined) console.log('Delve is not here: it does not connect to our server');

it.runIf(delve !== undefined)('two of Delve’s clients at once are each where they went', async () => {
  const ask = (...lines: readonly string[]): Promise<string> =>
    new Promise((resolve) => {
      const child = spawn(delve ?? '', ['connect', server.address, '--allow-non-terminal-interactive=true'], { env });
      let out = '';
      child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()));
      child.on('close', () => resolve(out));
      for (const line of lines) child.stdin.write(`${line}\n`);
      // Both are there when the first leaves.
      setTimeout(() => child.stdin.end('goroutine\nexit -c\n'), 1500);
    });
  const [one, other] = await Promise.all([ask('goroutine 1'), ask('goroutine 2')]);
  expect(one).toContain('Goroutine 1:');
  expect(other).toContain('Goroutine 2:');
});
