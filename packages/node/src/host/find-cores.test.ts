import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { prpsinfo, prstatus, writeCore } from '@inquest/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { parseCorePattern } from './core-pattern.ts';
import { findCores, type CoreSearch } from './find-cores.ts';

const root = mkdtempSync(join(tmpdir(), 'inquest-cores-'));
afterAll(() => rmSync(root, { recursive: true }));

const NOW = Date.now();

function put(path: string, pid: number, kin: { parent?: number; group?: number; age?: number } = {}): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  const notes = [prpsinfo(pid, 'server', 'server', kin), prstatus(pid)];
  writeFileSync(file, writeCore({ notes: [notes], memory: [] }));
  const time = new Date(NOW + 1000 - (kin.age ?? 0));
  utimesSync(file, time, time);
  return file;
}

function find(pattern: string, search: Partial<CoreSearch> = {}): string[] {
  const { cores } = findCores({
    pattern: parseCorePattern(pattern, false),
    pids: [70, 71],
    folders: [join(root, 'work'), join(root, 'a%sb')],
    since: NOW,
    group: 69,
    ...search,
  });
  return cores.map(({ path }) => path);
}

describe('cores of a run', () => {
  it('are those of its processes, in the folders where these worked', () => {
    const own = put('work/core', 70);
    expect(find('core')).toEqual([own]);
    expect(find('core', { pids: [5] })).toEqual([]);
    expect(find('core', { since: NOW + 5000 })).toEqual([]);
    expect(find('kern')).toEqual([]);
  });

  it('are known by parent and process group, where a process was never seen', () => {
    put('kin/core.1', 1);
    const child = put('kin/core.2', 2, { parent: 71 });
    const relative = put('kin/core.3', 3, { group: 69 });
    const first = put('kin/core.70', 70);
    put('kin/core.71', 71, { age: 60_000 });
    writeFileSync(join(root, 'kin/core.72'), 'no core at all');
    const found = find(join(root, 'kin/core.%p'));
    expect(found[0]).toBe(first);
    expect(found.slice(1).sort()).toEqual([child, relative]);
  });

  it('may be in folders that the pattern makes names for, and in folders with a % in their names', () => {
    const deep = put('deep/server-x/1.70', 70);
    expect(find(join(root, 'deep/%e/%t.%p'))).toEqual([deep]);
    const odd = put('a%sb/dump70', 70);
    expect(find('dump%p')).toEqual([odd]);
  });

  it('are in the stores of known handlers, by the number in their names', () => {
    const boot = '0123456789abcdef0123456789abcdef';
    const stored = put(`var/lib/systemd/coredump/core.my\\x2eprog.1000.${boot}.70.1700000000000000.zst`, 1);
    put(`var/lib/systemd/coredump/core.server.1000.${boot}.72.1700000000000000.zst`, 70);
    put(`var/lib/systemd/coredump/.#core.server.1000.${boot}.70.1700000000000000.zst0123`, 70);
    expect(find('|/usr/lib/systemd/systemd-coredump %P', { root })).toEqual([stored]);
    const uuid = '01234567-89ab-cdef-0123-456789abcdef';
    const apport = put(`var/lib/apport/coredump/core._opt_server.1000.${uuid}.71.123456`, 1);
    expect(find('|/usr/share/apport/apport %p', { root, folders: [] })).toEqual([apport]);
    const abrt = put('var/spool/abrt/ccpp-2026-11-26-10:00:00.1-70/coredump', 1);
    put('var/spool/abrt/ccpp-2026-11-26-10:00:00.1-75/coredump', 1);
    const beside = put('beside/core.71', 71);
    expect(find('|/usr/libexec/abrt-hook-ccpp', { root, folders: [join(root, 'beside')] })).toEqual([abrt, beside]);
  });

  it('are not to be found where a pipe leads to an unknown program', () => {
    expect(find('|/opt/dump')).toEqual([]);
    expect(find('@/run/socket')).toEqual([]);
  });
});
