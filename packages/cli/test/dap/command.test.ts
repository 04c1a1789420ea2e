import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { tokenLine } from '@inquest/servers';
import { DapClient } from '@inquest/testkit/dap';
import { ensureBundle } from '../../../../scripts/bundle.mjs';
import { frameOf, launchOf, scopeOf, VSCODE } from './open-dap.ts';

let launcher = '';
const folder = mkdtempSync(join(tmpdir(), 'inquest-dap-'));
const env = { PATH: process.env['PATH'], HOME: folder };
const children: ChildProcess[] = [];

beforeAll(async () => {
  launcher = await ensureBundle();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Server {
  readonly child: ChildProcess;
  readonly line: string;
  readonly address: string;
  readonly exit: Promise<number | null>;
  readonly errors: () => string;
}

/** Starts `inquest dap`, and waits for the line that tells where it listens, on the descriptor `fd`. */
async function start(args: readonly string[], fd = 1): Promise<Server> {
  const child = spawn(process.execPath, [launcher, 'dap', ...args], {
    env,
    cwd: folder,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  children.push(child);
  let [told, errors] = ['', ''];
  child.stderr?.on('data', (bytes: Buffer) => {
    errors += bytes.toString();
  });
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const line = await new Promise<string>((resolve, reject) => {
    child.stdio[fd]?.on('data', (bytes: Buffer) => {
      told += bytes.toString();
      if (told.includes('\n')) resolve(told.slice(0, told.indexOf('\n')));
    });
    void exit.then((code) => reject(new Error(`it ended with ${code}: ${errors}`)));
  });
  return { child, line, address: line.replace(/^.*listening at: /, ''), exit, errors: () => errors };
}

async function session(client: DapClient, more: object = {}): Promise<void> {
  await client.request('initialize', VSCODE);
  await client.request('launch', launchOf('sum/go1.26/default', more));
  await client.request('configurationDone');
  const { body } = await client.event('stopped');
  const frame = await frameOf(client, body.threadId, 'main.main');
  expect([...(await scopeOf(client, frame.id, 'Locals')).keys()]).toEqual(['sum', 'n']);
}

describe('inquest dap', () => {
  it('tells where it listens as Delve does, serves a client, and ends with it', async () => {
    const { line, address, exit } = await start([]);
    expect(line).toMatch(/^DAP server listening at: 127\.0\.0\.1:\d+$/);
    // A look at the port is no client.
    await new Promise<void>((resolve) => {
      const probe = connect(Number(address.split(':')[1]), '127.0.0.1', () => probe.end(() => resolve()));
    });
    const client = await DapClient.overSocket(address);
    await session(client);
    await client.request('disconnect');
    await client.closed();
    expect(await exit).toBe(0);
  });

  it('takes the flags of vscode-go, which reads the line from descriptor 3', async () => {
    const flags = [
      '--check-go-version=false',
      '--log=true',
      '--log-output=dap',
      '--listen=127.0.0.1:0',
      '--log-dest=3',
    ];
    const { line, address, exit } = await start(flags, 3);
    expect(line).toMatch(/^DAP server listening at: 127\.0\.0\.1:\d+$/);
    const client = await DapClient.overSocket(address);
    await session(client);
    client.close();
    expect(await exit).toBe(0);
  });

  it('connects to an editor that listens, as vscode-go does in a terminal', async () => {
    const editor = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => editor.once('listening', resolve));
    const { port } = editor.address() as { port: number };
    const child = spawn(process.execPath, [launcher, 'dap', `--client-addr=:${port}`], { env, stdio: 'ignore' });
    children.push(child);
    const exit = new Promise((resolve) => child.once('exit', resolve));
    const client = await new Promise<DapClient>((resolve) =>
      editor.once('connection', (socket) => resolve(new DapClient(socket, socket, () => socket.destroy()))),
    );
    await session(client);
    client.close();
    editor.close();
    expect(await exit).toBe(0);
  });

  it('talks over standard input and output', async () => {
    const { client, child } = DapClient.overCommand([process.execPath, launcher, 'dap', '--stdio', '--no-config']);
    children.push(child);
    const exit = new Promise((resolve) => child.once('exit', resolve));
    await session(client);
    const script = join(folder, 'script.js');
    writeFileSync(script, "inquest.print(inquest.eval('1 + 1').value)\n");
    const { result } = await client.request('evaluate', { expression: `source ${script}`, context: 'repl' });
    expect(result).toBe('2');
    // What a program writes does not get between the messages.
    const piped = await client.request('evaluate', { expression: 'bt | wc -l', context: 'repl' });
    expect(Number(piped.result)).toBeGreaterThan(5);
    child.stdin?.end();
    expect(await exit).toBe(0);
  });

  it('gives up what takes long, tells how long it takes, and goes on', async () => {
    const { client, child } = DapClient.overCommand([process.execPath, launcher, 'dap', '--stdio', '--no-config']);
    children.push(child);
    await session(client);
    const script = join(folder, 'endless.js');
    writeFileSync(script, "inquest.select({ goroutine: 2 });\nfor (;;) inquest.eval('1 + 1');\n");
    for (let round = 0; round < 2; round++) {
      const endless = client.send('evaluate', { expression: `source ${script}`, context: 'repl' });
      const { body } = await client.event('progressStart', ({ requestId }) => requestId === endless);
      expect(body).toMatchObject({ title: 'evaluate', cancellable: true });
      const waiting = client.send('exceptionInfo', { threadId: 1 });
      client.send('cancel', round === 0 ? { requestId: endless } : { progressId: body.progressId });
      expect(await client.answer(endless)).toMatchObject({ success: false, message: 'cancelled' });
      await client.event('progressEnd', ({ progressId }) => progressId === body.progressId);
      // What waited behind it is answered, and the selection is as it was.
      expect(await client.answer(waiting)).toMatchObject({ success: true });
      const { result } = await client.request('evaluate', { expression: 'goroutine', context: 'repl' });
      expect(result).toContain('Goroutine 1');
    }
    client.close();
  });

  it.runIf(process.platform === 'linux')('ends on Ctrl-C, also while it is busy', async () => {
    for (const busy of [false, true]) {
      const { child, address, exit } = await start(['--accept-multiclient']);
      if (busy) {
        const client = await DapClient.overSocket(address);
        await session(client);
        const script = join(folder, 'endless.js');
        writeFileSync(script, 'for (;;);\n');
        const endless = client.send('evaluate', { expression: `source ${script}`, context: 'repl' });
        await client.event('progressStart', ({ requestId }) => requestId === endless);
      }
      child.kill('SIGINT');
      expect(await exit).toBe(0);
    }
  });

  it('ends when its editor goes without having said anything', async () => {
    const run = spawnSync(process.execPath, [launcher, 'dap', '--stdio'], { env, input: '', encoding: 'utf8' });
    expect(run).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  it('listens at a socket of its user', async () => {
    const path = join(folder, 'socket');
    const { line } = await start(['--listen', `unix:${path}`]);
    expect(line).toBe(`DAP server listening at: ${path}`);
    const socket = connect(path);
    const client = new DapClient(socket, socket, () => socket.destroy());
    await session(client);
  });

  it.each([
    [
      ['--listen', 'nonsense'],
      2,
      'inquest: cannot understand the address "nonsense"\n  an address is HOST:PORT or unix:PATH\n',
    ],
    [['--listen', '192.0.2.1:1'], 1, /^inquest: cannot listen at 192\.0\.2\.1:1: .+\n$/],
    [['--client-addr', '127.0.0.1:1'], 1, /^inquest: cannot connect to 127\.0\.0\.1:1: .+\n$/],
    [['--log-dest', '/nowhere/log'], 1, /^inquest: cannot write \/nowhere\/log: .+\n$/],
    [['--stdio', '--listen', ':1'], 2, /cannot be used with/],
  ])('%j is refused in a sentence', (args, status, message) => {
    const run = spawnSync(process.execPath, [launcher, 'dap', ...args], { env, encoding: 'utf8' });
    expect(run.status).toBe(status);
    if (typeof message === 'string') expect(run.stderr).toBe(message);
    else expect(run.stderr).toMatch(message);
  });
});

describe('who may connect', () => {
  /** The addresses at which a process listens, by the kernel's table. */
  function listening(port: number): string[] {
    const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
    return ['tcp', 'tcp6'].flatMap((table) =>
      readFileSync(`/proc/net/${table}`, 'latin1')
        .split('\n')
        .map((row) => row.trim().split(/\s+/))
        .filter((words) => words[1]?.endsWith(`:${hexPort}`) === true && words[3] === '0A')
        .map((words) => words[1]?.split(':')[0] ?? ''),
    );
  }

  it.runIf(process.platform === 'linux')('are programs of this machine, unless another address is named', async () => {
    const { address } = await start([]);
    expect(listening(Number(address.split(':')[1]))).toEqual(['0100007F']);
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((each) => each?.family === 'IPv4' && !each.internal)?.address;
    if (outside === undefined) return;
    await expect(DapClient.overSocket(`${outside}:${address.split(':')[1]}`)).rejects.toThrow();
    const open = await start(['--listen', '0.0.0.0:0']);
    expect(open.errors()).toMatch(
      /^inquest: other machines can connect to 0\.0\.0\.0:\d+, and what is sent is not encrypted\n$/,
    );
    // Who comes from there gets sources from here, since it has none of these files.
    const client = await DapClient.overSocket(`${outside}:${open.address.split(':')[1]}`);
    await session(client);
    const frame = await frameOf(client, 1, 'main.main');
    if (frame.source.sourceReference === undefined) return;
    const { content } = await client.request('source', {
      source: frame.source,
      sourceReference: frame.source.sourceReference,
    });
    expect(content).toContain('panic(":(")');
    expect(await client.refusal('evaluate', { expression: 'bt | cat', context: 'repl' })).toContain('out of reach');
  });

  // Only root can be somebody else.
  it.runIf(process.getuid?.() === 0)('are of the same user, unless others are let in', async () => {
    const NOBODY = 65_534;
    const initialize = JSON.stringify({ seq: 1, type: 'request', command: 'initialize', arguments: VSCODE });
    const stranger = (address: string): Promise<string> => {
      const [host = '', port = ''] = address.split(':');
      const script = `const s = require('node:net').connect(${port}, ${JSON.stringify(host)});
        s.write('Content-Length: ${Buffer.byteLength(initialize)}\\r\\n\\r\\n' + ${JSON.stringify(initialize)});
        s.on('data', (bytes) => { process.stdout.write(bytes); s.destroy(); }).on('error', () => undefined);`;
      const user = { uid: NOBODY, gid: NOBODY, cwd: '/', env: {} };
      return new Promise((resolve) => {
        execFile(process.execPath, ['-e', script], user, (_error, out) => resolve(out));
      });
    };
    const closed = await start(['--accept-multiclient']);
    expect(await stranger(closed.address)).toBe('');
    expect(closed.errors()).toMatch(/^inquest: closing 127\.0\.0\.1:\d+: it is a program of another user/);
    const open = await start(['--accept-multiclient', '--only-same-user=false']);
    expect(await stranger(open.address)).toContain('"command":"initialize"');
  });

  it('must know the token, if there is one', async () => {
    const { address, errors } = await start(['--token', '--accept-multiclient']);
    const token = /token of this server is ([0-9a-f]{32})\n/.exec(errors())?.[1] ?? '';
    const stranger = await DapClient.overSocket(address);
    await stranger.request('initialize', VSCODE);
    const launch = launchOf('sum/go1.26/default');
    expect(await stranger.refusal('launch', launch)).toContain('this server wants a token');
    expect(await stranger.refusal('launch', { ...launch, token: 'wrong' })).toContain('this server wants a token');
    expect(await stranger.refusal('threads')).toContain('needs an open core');
    await stranger.request('launch', { ...launch, token });
    const other = await DapClient.overSocket(address);
    other.sendBytes(tokenLine(token));
    await session(other);
    const wrong = await DapClient.overSocket(address);
    wrong.sendBytes(tokenLine('wrong'));
    wrong.send('initialize', VSCODE);
    await wrong.closed();
  });
});
