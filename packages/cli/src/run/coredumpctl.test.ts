import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { dumpStored } from './coredumpctl.ts';

const folder = mkdtempSync(join(tmpdir(), 'inquest-test-'));
afterEach(() => void vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

/** A coredumpctl of ours, first in PATH. */
function install(script: string): void {
  writeFileSync(join(folder, 'coredumpctl'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'coredumpctl'), 0o755);
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH'] ?? ''}`);
}

describe.skipIf(process.platform === 'win32')('coredumpctl', () => {
  it('is asked for the core of each process', () => {
    install('[ "$1 $2 $3" = "dump 71 --since=@1700000000" ] || exit 1; echo core of $2 > "${4#--output=}"');
    const found = dumpStored([70, 71, 72], 1_700_000_000_500);
    expect(found).toMatchObject({ pid: 71, executable: undefined });
    expect(readFileSync(found?.path ?? '', 'utf8')).toBe('core of 71\n');
    rmSync(dirname(found?.path ?? ''), { recursive: true });
  });

  it('may have none, write none, or not be there', () => {
    install('exit 1');
    expect(dumpStored([70], 0)).toBeUndefined();
    install(': > "${4#--output=}"');
    expect(dumpStored([70], 0)).toBeUndefined();
    vi.stubEnv('PATH', '/nonexistent');
    expect(dumpStored([70], 0)).toBeUndefined();
  });
});
