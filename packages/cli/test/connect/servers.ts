// Starts what serves a core to `dlv connect`: inquest, and Delve itself.
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { findDelve } from '../../../testkit/src/index.ts';
import { ensureBundle } from '../../../../scripts/bundle.mjs';
import { openFixture } from '../../../../fixtures/fixtures.mjs';

/** Longest time that a server may take to listen or to answer, in milliseconds. */
const PATIENCE = 60_000;

export interface HeadlessServer {
  readonly pid: number;
  readonly address: string;
  /** Calls one method of Delve's API. */
  call(method: string, parameters: object): Promise<unknown>;
  /** The exit code, once it has one. */
  readonly ended: Promise<number | null>;
  stop(): void;
}

export async function startInquest(id: string, flags: readonly string[] = []): Promise<HeadlessServer> {
  const { exe, core, libs } = openFixture(id);
  const folders = libs.flatMap((folder) => ['--libs', folder]);
  return listening(process.execPath, [
    await ensureBundle(),
    'core',
    exe,
    core,
    '--headless',
    '--accept-multiclient',
    '--no-config',
    ...folders,
    ...flags,
  ]);
}

export function startDelve(id: string): Promise<HeadlessServer> {
  const { exe, core } = openFixture(id);
  const flags = ['--headless', '--accept-multiclient', '--check-go-version=false', '--listen=127.0.0.1:0'];
  return listening(findDelve() ?? 'dlv', ['core', exe, core, ...flags]);
}

async function listening(command: string, args: readonly string[]): Promise<HeadlessServer> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const address = await new Promise<string>((resolve, reject) => {
    let printed = '';
    const timer = setTimeout(() => reject(new Error(`the server does not listen: ${printed}`)), PATIENCE);
    const take = (text: Buffer): void => {
      printed += text.toString();
      const found = /^API server listening at: (\S+)$/m.exec(printed)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${printed}`)));
  });
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const call = (method: string, values: object): Promise<unknown> => callOnce(address, method, values);
  return { pid: child.pid ?? 0, address, call, ended, stop: () => void child.kill('SIGKILL') };
}

/** One call over a connection of its own. */
function callOnce(address: string, method: string, parameters: object): Promise<unknown> {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(address) ?? [];
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(Number(port), host, () => {
      socket.write(`${JSON.stringify({ method: `RPCServer.${method}`, params: [parameters], id: 1 })}\n`);
    });
    socket.setTimeout(PATIENCE, () => reject(new Error(`${method} is not answered`)));
    socket.on('error', reject);
    socket.on('data', (bytes: Buffer) => {
      received += bytes.toString();
      if (!received.endsWith('\n')) return;
      socket.destroy();
      const { result, error } = JSON.parse(received) as { result: unknown; error: string | null };
      if (error === null) resolve(result);
      else reject(new Error(error));
    });
  });
}
