import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFixture } from '../../../fixtures/fixtures.mjs';
import { LASTING, linesOf, useCommand, type Run } from './command-process.ts';
import { startInquest, type HeadlessServer } from './connect/servers.ts';
import { HAS_TMUX, Terminal } from './terminal.ts';

const FIXTURE = 'sum/go1.27/default';
const command = useCommand();
const { folder } = command;
let server: HeadlessServer;

beforeAll(async () => {
  server = await startInquest(FIXTURE);
});
afterAll(() => server.stop());

function inquest(args: readonly string[], input?: string): Promise<Run> {
  return command.runBeside(args, input);
}

const ask = (...lines: readonly string[]): Promise<Run> => inquest(['connect', server.address, ...linesOf(...lines)]);

describe('inquest connect', () => {
  it('answers as the prompt does where the core is', async () => {
    const { exe, core } = openFixture(FIXTURE);
    const lines = ['bt', 'locals -v', 'goroutines -all', 'deadlocks', 'help print', 'print %x 255', 'config tab'];
    const here = await inquest([exe, core, '--no-config', ...linesOf(...lines)]);
    const there = await ask(...lines);
    expect(here.code).toBe(0);
    // The prompt here shortens paths below the folder that it is in; that of the server is another.
    expect(there).toEqual(here);
    expect((await inquest(['connect', server.address])).out).toBe((await inquest([exe, core, '--no-config'])).out);
  });

  it('reports failures as the prompt does, and by the exit code', async () => {
    const run = await ask('nonsense', 'print 1 +', 'bt 1');
    expect(run.code).toBe(1);
    expect(run.err).toBe(
      'inquest: there is no command nonsense\n  help lists the commands\n' +
        'inquest: the expression ends too early: expected a variable, a number, a string or a type\n  1 +\n     ^\n',
    );
    expect(run.out).toMatch(/^0 {2}0x[0-9a-f]{16} in runtime\.raise\n/);
  });

  it('writes files and runs programs on its own machine', async () => {
    const script = join(folder, 'script');
    writeFileSync(script, 'echo in a file\nnonsense\n');
    const run = await ask('bt > stack.txt', 'goroutines | wc -l', 'transcript t.txt', 'echo one', `source ${script}`);
    expect(run).toMatchObject({
      code: 1,
      err: `inquest: ${script}:2: there is no command nonsense\n  help lists the commands\n`,
    });
    expect(run.out).toMatch(/^\d+\nwriting into t\.txt as well\none\nin a file\n$/);
    expect(readFileSync(join(folder, 'stack.txt'), 'utf8')).toMatch(/in runtime\.raise\n/);
    expect(readFileSync(join(folder, 't.txt'), 'utf8')).toMatch(/\(inquest\) echo one\none\n/);
    writeFileSync(join(folder, 's.js'), '');
    expect((await ask('source s.js')).err).toBe('inquest: scripts run where the core is, and that is on the server\n');
    writeFileSync(join(folder, 'loop'), 'source loop\n');
    expect((await ask('source loop')).err).toContain('more than 20 deep');
  });

  it('takes lines from files and standard input, and leaves at exit', async () => {
    expect((await inquest(['connect', server.address], 'echo a\nexit\necho b\n')).out).toBe('a\n');
    writeFileSync(join(folder, 'init'), '# comment\n\necho a\nq\necho b\n');
    expect((await inquest(['connect', server.address, '--init', join(folder, 'init')])).out).toBe('a\n');
    expect(await inquest(['connect', server.address, '--init', 'none'])).toMatchObject({ code: 3, out: '' });
  });

  it('answers in JSON as the prompt does', async () => {
    const { exe, core } = openFixture(FIXTURE);
    const lines = ['print 1 + 1', 'nonsense', 'goroutines'].flatMap((line) => ['-e', line]);
    const here = await inquest([exe, core, '--no-config', '--json', ...lines]);
    const there = await inquest(['connect', server.address, '--json', ...lines]);
    expect(there.out.split('\n').filter((line) => line !== '')).toHaveLength(3);
    expect(there).toEqual(here);
    const failed = await inquest(['connect', '127.0.0.1:1', '--json']);
    expect(failed.code).toBe(3);
    expect(JSON.parse(failed.out)).toMatchObject({ error: { code: 'io' } });
  });

  it('gives each client a selection of its own', async () => {
    expect((await ask('goroutine 2', 'goroutine 2 frame 1 frame')).code).toBe(0);
    expect((await ask('goroutine')).out).toMatch(/^Goroutine 1 /);
  });

  it('colours and fits answers where the terminal wants it', async () => {
    const run = await inquest(['connect', server.address, '--color', 'always', '-e', 'bt 1', '-e', 'bt 1 > plain']);
    expect(run.out).toContain('\u001b[1mruntime.raise\u001b[22m');
    expect(readFileSync(join(folder, 'plain'), 'utf8')).not.toContain('\u001b');
  });

  it('says why there is nothing to connect to', async () => {
    expect(await inquest(['connect', '127.0.0.1:1', '-e', 'bt'])).toMatchObject({
      code: 3,
      err: expect.stringMatching(/^inquest: cannot connect to 127\.0\.0\.1:1: /) as string,
    });
    expect(await inquest(['connect', 'nowhere'])).toMatchObject({ code: 2 });
    const talker = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => talker.listen(0, '127.0.0.1', resolve));
    const { port } = talker.address() as AddressInfo;
    expect(await inquest(['connect', `127.0.0.1:${port}`])).toMatchObject({
      code: 3,
      err: `inquest: what listens at 127.0.0.1:${port} is no server of inquest or Delve\n`,
    });
    talker.close();
  });

  it('gives the token, and ends the server when asked to', async () => {
    const guarded = await startInquest(FIXTURE, ['--token', 'secret']);
    const without = await inquest(['connect', guarded.address, '-e', 'bt']);
    expect(without).toMatchObject({ code: 3, err: expect.stringContaining('this server wants a token') as string });
    const run = await inquest(['connect', guarded.address, '--token', 'secret', '-e', 'echo hello', '-e', 'detach']);
    expect(run).toEqual({ code: 0, out: 'hello\n', err: '' });
    expect(await guarded.ended).toBe(0);
  });
});

describe.skipIf(!HAS_TMUX)('the prompt of inquest connect (needs tmux)', () => {
  it('gives up what takes long at Ctrl-C, completes on the server, and goes on', async () => {
    const environment = `env -u NO_COLOR -u INQUEST_PAGER PAGER= TERM=screen HOME='${folder}'`;
    const start = `${environment} '${process.execPath}' '${command.launcher}' connect ${server.address} -e 'goroutine 2'`;
    const terminal = new Terminal(`${start}; echo "left with $?"; sleep 60`);
    try {
      await terminal.until(/^\(inquest\)$/m);
      terminal.type(LASTING);
      terminal.key('Enter');
      await new Promise((resolve) => setTimeout(resolve, 500));
      terminal.key('C-c');
      await terminal.until('cancelled');
      terminal.type('gorou');
      terminal.key('Tab');
      await terminal.until('(inquest) goroutine');
      terminal.key('Enter');
      await terminal.until(/cancelled[^]*Goroutine 2 /);
      terminal.key('C-d');
      await terminal.until('left with 0');
    } finally {
      terminal.end();
    }
  });
});
