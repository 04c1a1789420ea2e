import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { diskReader, readHostFacts, type HostReader } from '@inquest/node';
import { afterEach, describe, expect, it } from 'vitest';
import { createStyle } from '../output/style.ts';
import { examine, type DoctorResult } from './examine.ts';
import { renderDoctor } from './render.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

interface Machine {
  readonly pattern?: string;
  readonly usesPid?: boolean;
  /** Files by path, beyond those of every machine. */
  readonly files?: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly limit?: string;
  readonly pid?: number;
  /** Files that may not be read. */
  readonly unreadable?: readonly string[];
  /** Answers in place of those of this machine's disk. */
  readonly reader?: Partial<HostReader>;
}

const HOME = '/home/me';
const UNLIMITED = 'unlimited            unlimited';

function processFiles(pid: string, limit: string): Record<string, string> {
  return {
    [`/proc/${pid}/status`]:
      'Name:\tserver\nUid:\t1000\t1000\t1000\t1000\nGid:\t1000\t1000\t1000\t1000\nGroups:\t1000 27\nNSpid:\t4711\nVmRSS:\t  200000 kB\nSeccomp:\t0\n',
    [`/proc/${pid}/limits`]: `Limit Soft Hard Units\nMax file size             ${UNLIMITED}            bytes\nMax core file size        ${limit}            bytes\n`,
    [`/proc/${pid}/coredump_filter`]: '00000033\n',
  };
}

/** A machine that keeps cores, but for what is said. */
function examineMachine(machine: Machine): DoctorResult & { text: string } {
  const root = mkdtempSync(join(tmpdir(), 'inquest-machine-'));
  folders.push(root);
  const limit = machine.limit ?? UNLIMITED;
  const files: Record<string, string> = {
    ...processFiles('self', limit),
    '/proc/4711/environ': 'HOME=/\0GOTRACEBACK=crash\0',
    ...(machine.pid === undefined ? {} : processFiles(String(machine.pid), limit)),
    '/proc/sys/kernel/core_uses_pid': machine.usesPid === true ? '1\n' : '0\n',
    '/proc/sys/kernel/hostname': 'box\n',
    '/proc/sys/kernel/osrelease': '6.8.0\n',
    '/proc/sys/fs/suid_dumpable': '0\n',
    [`${HOME}/.profile`]: '',
    ...(machine.pattern === undefined ? {} : { '/proc/sys/kernel/core_pattern': `${machine.pattern}\n` }),
    ...machine.files,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const links = {
    '/proc/4711/root': '../..',
    '/proc/4711/cwd': HOME,
    '/proc/4711/exe': '/opt/server',
    ...machine.links,
  };
  if (machine.pid !== undefined)
    for (const [path, target] of Object.entries(links)) symlinkSync(target, join(root, path));
  const disk = diskReader(root);
  const reader: HostReader = {
    ...disk,
    text: (path) => (machine.unreadable?.includes(path) === true ? undefined : disk.text(path)),
    writable: () => true,
    free: () => 9e9,
    ...machine.reader,
  };
  const { pid, env = { GOTRACEBACK: 'crash' } } = machine;
  const facts = readHostFacts(reader, { env, cwd: HOME, ...(pid === undefined ? {} : { pid }) });
  if (facts === undefined) throw new Error('no process');
  const result = examine(facts, reader);
  return { ...result, text: renderDoctor(result, createStyle(false, Number.POSITIVE_INFINITY)).join('\n') };
}

const SYSTEMD = '|/usr/lib/systemd/systemd-coredump %P %u %g %s %t %c %h';
const SYSTEMD_FILES = { '/usr/lib/systemd/systemd-coredump': '', '/var/lib/systemd/coredump/x': '' };

describe('inquest doctor on a machine', () => {
  it('with plain files', () => {
    const result = examineMachine({ pattern: 'core', usesPid: true });
    expect(result).toMatchObject({
      verdict: 'kept',
      destination: 'file',
      path: '/home/me/core.PID',
      container: undefined,
    });
    expect(result.text).toMatch(/^A Go program that crashes here leaves a core: \/home\/me\/core\.PID\n/);
    expect(result.text).not.toContain('inquest run');
  });

  it('with an absolute pattern', () => {
    const files = { '/var/crash/x': '' };
    expect(examineMachine({ pattern: '/var/crash/%h.%u.%e.%s', files })).toMatchObject({
      verdict: 'kept',
      path: '/var/crash/box.1000.NAME.6',
    });
    expect(examineMachine({ pattern: '/var/none/core.%p', files }).text).toContain(
      'there is no folder /var/none, and the kernel makes none',
    );
    expect(examineMachine({ pattern: '/var/%t/core', files })).toMatchObject({ verdict: 'unknown' });
    expect(examineMachine({ pattern: '/var/crash/x/core', files }).text).toContain('/var/crash/x is not a folder');
  });

  it('where the runtime makes no core', () => {
    const result = examineMachine({ pattern: 'core', env: {} });
    expect(result.verdict).toBe('lost');
    expect(result.text).toContain('NO    GOTRACEBACK is not set: a panic ends with exit status 2');
    expect(result.text).toContain('\n        export GOTRACEBACK=crash\n');
    expect(result.text).toMatch(/inquest run PROGRAM ARGUMENTS .*$/);
    expect(examineMachine({ pattern: 'core', env: { GOTRACEBACK: 'all' } }).text).toContain('GOTRACEBACK is all');
  });

  it('with limits', () => {
    const none = examineMachine({ pattern: 'core', limit: '0                    unlimited' });
    expect(none.verdict).toBe('lost');
    expect(none.text).toContain('limited to 0 bytes (hard limit: none)\n        ulimit -S -c unlimited\n');
    const hard = examineMachine({ pattern: 'core', limit: '0                    0' });
    expect(hard.text).toContain('raise the hard limit');
    expect(hard.text).not.toContain('ulimit -S');
    const limit = '0                    0';
    const status = `${processFiles('self', limit)['/proc/self/status'] ?? ''}CapEff:\t000001ffffffffff\n`;
    const root = examineMachine({ pattern: 'core', limit, files: { '/proc/self/status': status } });
    expect(root.text).toContain('(hard limit: 0 bytes)\n        ulimit -c unlimited\n');
    const cut = examineMachine({ pattern: 'core', limit: '5000000              unlimited' });
    expect(cut.verdict).toBe('kept');
    expect(cut.text).toContain('note  a core is cut off at 5.0 MB');
  });

  it('with a folder that is full or not writable', () => {
    expect(examineMachine({ pattern: 'core', reader: { writable: () => false } }).text).toContain(
      'NO    the program may not write in /home/me',
    );
    expect(examineMachine({ pattern: 'core', reader: { free: () => 0 } }).verdict).toBe('lost');
    expect(examineMachine({ pattern: 'core', reader: { free: () => 1e6 } })).toMatchObject({ verdict: 'kept' });
  });

  it('with systemd-coredump', () => {
    const result = examineMachine({ pattern: SYSTEMD, files: SYSTEMD_FILES });
    expect(result).toMatchObject({ verdict: 'kept', destination: 'systemd' });
    expect(result.text).toContain(
      'systemd-coredump keeps cores in /var/lib/systemd/coredump, none beyond 34 GB: coredumpctl list',
    );
    expect(examineMachine({ pattern: SYSTEMD, files: SYSTEMD_FILES, limit: '0   0' }).verdict).toBe('lost');
    expect(examineMachine({ pattern: SYSTEMD }).text).toContain('which is not there');
  });

  it('with systemd-coredump that is configured, drop-ins last', () => {
    const settings = (files: Record<string, string>): DoctorResult & { text: string } =>
      examineMachine({ pattern: SYSTEMD, files: { ...SYSTEMD_FILES, ...files } });
    const none = { '/etc/systemd/coredump.conf': '[Coredump]\n#Storage=external\nStorage=none\n' };
    expect(settings(none)).toMatchObject({ verdict: 'lost', destination: 'systemd' });
    expect(settings({ ...none, '/usr/lib/systemd/coredump.conf.d/9.conf': 'Storage = journal' }).text).toContain(
      'keeps cores in the journal, none beyond 804 MB',
    );
    expect(settings({ '/usr/lib/systemd/coredump.conf': 'ProcessSizeMax=0\n' }).text).toContain('told to keep none');
    const overridden = {
      '/run/systemd/coredump.conf.d/a.conf': 'ExternalSizeMax=infinity\nProcessSizeMax=infinity',
      '/usr/lib/systemd/coredump.conf.d/a.conf': 'Storage=none',
    };
    expect(settings(overridden).text).toContain('coredump: coredumpctl list');
  });

  it('with apport', () => {
    const machine = { pattern: '|/usr/share/apport/apport -p%p -s%s -c%c', files: { '/usr/share/apport/apport': '' } };
    expect(examineMachine(machine)).toMatchObject({ verdict: 'kept', destination: 'apport' });
    expect(examineMachine({ ...machine, limit: '0   unlimited' }).verdict).toBe('lost');
  });

  it('with ABRT', () => {
    const machine = { pattern: '|/usr/libexec/abrt-hook-ccpp %s', files: { '/usr/libexec/abrt-hook-ccpp': '' } };
    expect(examineMachine(machine).text).toContain('writes their cores in the working directory');
    const compatible = { '/etc/abrt/plugins/CCpp.conf': 'MakeCompatCore = no\n' };
    expect(examineMachine({ ...machine, files: { ...machine.files, ...compatible } }).verdict).toBe('lost');
    const unpackaged = { '/etc/abrt/abrt-action-save-package-data.conf': 'ProcessUnpackaged = yes\n' };
    expect(examineMachine({ ...machine, files: { ...machine.files, ...unpackaged } }).path).toBe(
      '/var/spool/abrt/ccpp-TIME-PID/coredump',
    );
  });

  it('with another handler, a socket, or none', () => {
    expect(examineMachine({ pattern: '|/opt/dump %p', files: { '/opt/dump': '' }, limit: '0  0' })).toMatchObject({
      verdict: 'unknown',
      destination: 'program',
    });
    expect(examineMachine({ pattern: '@/run/cores' }).verdict).toBe('unknown');
    expect(examineMachine({ pattern: '|/bin/false' }).text).toContain('which drops them');
    expect(examineMachine({ pattern: '' })).toMatchObject({ verdict: 'lost', destination: 'nowhere' });
    expect(examineMachine({})).toMatchObject({ verdict: 'unknown', destination: 'unknown' });
    expect(examineMachine({ pattern: '|/wsl-capture-crash %t' })).toMatchObject({
      verdict: 'kept',
      destination: 'wsl',
    });
  });

  it('that is a container', () => {
    const files = { '/.dockerenv': '' };
    const file = examineMachine({ pattern: 'core', files });
    expect(file).toMatchObject({ verdict: 'kept', container: 'Docker' });
    expect(file.text).toContain('the core is written inside the container');
    expect(examineMachine({ pattern: SYSTEMD, files }).text).toContain(
      'of the machine that runs the container: look for them there',
    );
    const pod = { GOTRACEBACK: 'crash', KUBERNETES_SERVICE_HOST: '10.0.0.1' };
    expect(examineMachine({ pattern: 'core', env: pod }).container).toBe('Kubernetes');
    expect(
      examineMachine({ pattern: 'core', files: { '/proc/self/cgroup': '0::/machine.slice/libpod-1.scope\n' } })
        .container,
    ).toBe('Podman');
    expect(examineMachine({ pattern: 'core', files: { '/proc/1/environ': 'A=1\0container=lxc\0' } }).container).toBe(
      'lxc',
    );
  });

  it('with a core without a heap', () => {
    const files = { '/proc/self/coredump_filter': '00000002\n' };
    expect(examineMachine({ pattern: 'core', files }).text).toContain(
      'NO    coredump_filter is 0x2: the core would be without heap and stacks',
    );
  });
});

describe('inquest doctor --pid', () => {
  const owned = {
    stat: (path: string) =>
      ({
        kind:
          path === '/proc/4711' || !path.startsWith('/proc') || path.endsWith('root') || path.endsWith(HOME)
            ? 'directory'
            : 'file',
        uid: path === '/proc/4711' ? 1000 : 0,
        gid: 27,
        mode: 0o775,
      }) as const,
  };

  it('tells of its limits, environment and folder', () => {
    const result = examineMachine({ pattern: 'core.%e.%p', pid: 4711, env: {}, reader: owned });
    expect(result).toMatchObject({
      verdict: 'kept',
      path: '/home/me/core.server.4711',
      process: { pid: 4711, name: 'server' },
    });
    const limited = examineMachine({ pattern: 'core', pid: 4711, limit: '0  unlimited', reader: owned });
    expect(limited.text).toMatch(/\n {8}(?:sudo )?prlimit --pid 4711 --core=unlimited:\n/);
    expect(limited.text).toMatch(/^Process 4711 \(server\), if it is a Go program and crashes, leaves no core\n/);
    const big = examineMachine({ pattern: 'core', pid: 4711, reader: { ...owned, free: () => 6e7 } });
    expect(big.text).toContain('has 60 MB free, and the process uses 205 MB');
  });

  it('tells of an environment that it may not read', () => {
    const result = examineMachine({ pattern: 'core', pid: 4711, unreadable: ['/proc/4711/environ'], reader: owned });
    expect(result.verdict).toBe('unknown');
    expect(result.text).toContain('sudo inquest doctor --pid 4711');
  });

  it('tells of privileges', () => {
    const secret: Partial<HostReader> = {
      stat: (path) => (path === '/proc/4711' ? { kind: 'directory', uid: 0, gid: 0, mode: 0o555 } : owned.stat(path)),
    };
    expect(examineMachine({ pattern: 'core', pid: 4711, reader: secret })).toMatchObject({ verdict: 'lost' });
    const safe = { '/proc/sys/fs/suid_dumpable': '2\n', '/var/crash/x': '' };
    expect(examineMachine({ pattern: '/var/crash/%p', pid: 4711, files: safe, reader: secret }).text).toContain(
      'readable by root only',
    );
  });

  it('tells of process 1', () => {
    const files = { '/proc/4711/status': 'Name:\tserver\nUid:\t1000\t1000\nGid:\t1000\t1000\nNSpid:\t4711\t1\n' };
    const result = examineMachine({ pattern: 'core.%p', pid: 4711, files, reader: owned });
    expect(result).toMatchObject({ verdict: 'lost', path: '/home/me/core.PID' });
    expect(result.text).toContain('docker run --init');
  });

  it('tells of a folder that the process may not write to', () => {
    const reader: Partial<HostReader> = {
      stat: (path) => ({ ...owned.stat(path), mode: path.endsWith(HOME) ? 0o755 : 0o775 }),
    };
    expect(examineMachine({ pattern: 'core', pid: 4711, reader }).text).toContain(
      'the program may not write in /home/me',
    );
  });
});

it('wraps for a terminal, and never a command', () => {
  const result: DoctorResult = {
    verdict: 'lost',
    process: undefined,
    destination: 'nowhere',
    path: undefined,
    corePattern: '',
    container: undefined,
    checks: [
      {
        topic: 'limit',
        verdict: 'bad',
        text: 'one two three four five six',
        fixes: ['a command that is longer than the line'],
      },
    ],
  };
  expect(renderDoctor(result, createStyle(false, 26)).slice(2, 5)).toEqual([
    'NO    one two three four',
    '      five six',
    '        a command that is longer than the line',
  ]);
});
