import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDebugError } from '@inquest/engine';
import { afterAll, describe, expect, it } from 'vitest';
import { formatAddress, isLoopback, parseAddress } from './address.ts';
import { dial } from './dial.ts';
import { listen, type Listener } from './listen.ts';
import { userOfPeer } from './same-user.ts';

const folder = mkdtempSync(join(tmpdir(), 'inquest-net-'));
afterAll(() => rmSync(folder, { recursive: true }));

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (isDebugError(error)) return error.message;
    throw error;
  }
  return 'no failure';
}

describe('addresses', () => {
  it.each([
    ['127.0.0.1:0', '127.0.0.1:0'],
    [':4711', '127.0.0.1:4711'],
    ['4711', '127.0.0.1:4711'],
    ['localhost:1', 'localhost:1'],
    ['[::1]:80', '[::1]:80'],
    ['unix:/tmp/a b', 'unix:/tmp/a b'],
  ])('%s is understood', (text, expected) => {
    expect(formatAddress(parseAddress(text))).toBe(expected);
  });

  it.each(['', 'host', 'a:b', '::1:80', '127.0.0.1:65536', 'unix:', '[x]:1', '127.0.0.1:-1'])(
    '%j is refused',
    (text) => {
      expect(messageOf(() => parseAddress(text))).toBe(`cannot understand the address ${JSON.stringify(text)}`);
    },
  );

  it('of this machine alone are known', () => {
    expect(
      ['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1', '0.0.0.0', '::', '10.127.0.1'].map(isLoopback),
    ).toEqual([true, true, true, true, false, false, false]);
  });
});

describe('the user of a client', () => {
  const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
  const row = (local: string, remote: string, uid: number): string =>
    `   1: ${local} ${remote} 01 00000000:00000000 00:00000000 00000000  ${uid}        0 53 1 0000 20 4 30 10 -1\n`;
  const tables: Record<string, string> = {
    '/proc/net/tcp': head + row('0100007F:1267', '0100007F:C350', 1) + row('0100007F:C350', '0100007F:1267', 1000),
    '/proc/net/tcp6':
      head +
      row('00000000000000000000000001000000:C351', '00000000000000000000000001000000:1267', 1001) +
      row('0000000000000000FFFF00000100007F:C352', '0000000000000000FFFF00000100007F:1267', 1002),
  };
  const user = (address: string, port: number): number | undefined =>
    userOfPeer({ address, port }, { address, port: 0x1267 }, (path) => tables[path] ?? '');

  it('is found in the kernel tables, by the end of the client', () => {
    expect([user('127.0.0.1', 50_000), user('::1', 50_001), user('::ffff:127.0.0.1', 50_002)]).toEqual([
      1000, 1001, 1002,
    ]);
  });

  it('is not guessed', () => {
    expect(user('127.0.0.1', 50_003)).toBeUndefined();
    const unreadable = (): string => {
      throw new Error('no such file');
    };
    expect(
      userOfPeer({ address: '127.0.0.1', port: 1 }, { address: '127.0.0.1', port: 2 }, unreadable),
    ).toBeUndefined();
  });
});

/** Listens, lets one client say something, and returns what the server got. */
async function exchange(address: string): Promise<{ got: string; warnings: string[]; listening: string }> {
  const warnings: string[] = [];
  let heard: (text: string) => void = () => undefined;
  const got = new Promise<string>((resolve) => {
    heard = resolve;
  });
  const listener: Listener = await listen(parseAddress(address), {
    onlySameUser: true,
    warn: (text) => warnings.push(text),
    accept: (stream) =>
      stream.start({
        data: (bytes) => {
          heard(Buffer.from(bytes).toString());
          stream.write(Buffer.from('bye'));
          stream.end();
        },
        drained: () => undefined,
        closed: () => undefined,
      }),
  });
  try {
    const where = address.startsWith('unix:') ? address : listener.address.replace('0.0.0.0', '127.0.0.1');
    const client = await dial(parseAddress(where));
    const answer = new Promise<string>((resolve) => {
      let said = '';
      client.start({
        data: (bytes) => {
          said += Buffer.from(bytes).toString();
        },
        drained: () => undefined,
        closed: () => resolve(said),
      });
    });
    client.write(Buffer.from('hello'));
    expect(await answer).toBe('bye');
    return { got: await got, warnings, listening: listener.address };
  } finally {
    listener.close();
  }
}

describe('listening', () => {
  it('takes clients of the same user, at a port that the system chooses', async () => {
    const { got, warnings, listening } = await exchange('127.0.0.1:0');
    expect({ got, warnings }).toEqual({ got: 'hello', warnings: [] });
    expect(listening).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
  });

  it('warns where other machines can connect', async () => {
    const { warnings } = await exchange('0.0.0.0:0');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^other machines can connect to 0\.0\.0\.0:\d+, and what is sent is not encrypted$/);
  });

  it('makes sockets for the user alone, and takes the place of those that were left behind', async () => {
    const path = join(folder, 'socket');
    // Only a process that is killed leaves its socket behind.
    const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', script]);
    expect(statSync(path).isSocket()).toBe(true);
    const listener = await listen(parseAddress(`unix:${path}`), {
      onlySameUser: true,
      warn: () => undefined,
      accept: (stream) => stream.destroy(),
    });
    expect([listener.address, statSync(path).mode & 0o777]).toEqual([path, 0o600]);
    await expect(exchange(`unix:${path}`)).rejects.toThrow(/cannot listen at unix:.*(in use|EADDRINUSE)/);
    listener.close();
    expect((await exchange(`unix:${path}`)).got).toBe('hello');
  });

  it('says why it cannot', async () => {
    await expect(exchange('unix:/nowhere/socket')).rejects.toThrow('cannot listen at unix:/nowhere/socket: ');
    const port = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => port.once('listening', resolve));
    const { port: taken } = port.address() as { port: number };
    await expect(exchange(`127.0.0.1:${taken}`)).rejects.toThrow(`cannot listen at 127.0.0.1:${taken}: `);
    port.close();
    await expect(dial(parseAddress(`127.0.0.1:${taken}`))).rejects.toThrow(`cannot connect to 127.0.0.1:${taken}: `);
  });

  it('closes a client that does not stay', async () => {
    const closed = new Promise<void>((resolve) => {
      void listen(parseAddress('127.0.0.1:0'), {
        onlySameUser: false,
        warn: () => undefined,
        accept: (stream) => stream.start({ data: () => undefined, drained: () => undefined, closed: resolve }),
      }).then((listener) => {
        const { host, port } = parseAddress(listener.address) as { host: string; port: number };
        const socket = connect(port, host, () => socket.resetAndDestroy());
        void closed.then(() => listener.close());
      });
    });
    await closed;
  });
});
