import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { MemorySource, type ByteSource } from '@inquest/engine';
import { openSource } from '@inquest/node';
import { note, writeElf } from '@inquest/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DiskFinder, type FilePlaces } from '../src/file-finder.ts';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'inquest-finder-'));
});
afterAll(() => rmSync(root, { recursive: true }));

function write(path: string, bytes: Uint8Array | string = path): string {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, bytes);
  return full;
}

/** Paths below the test's folder, in the order in which they are offered. */
function library(places: FilePlaces, path: string, buildId?: string): string[] {
  const finder = new DiskFinder(places, openSource);
  return [...finder.library(path, buildId)].map(({ name }) => name.replace(`${root}/`, ''));
}

describe('DiskFinder', () => {
  it('looks in --libs, below --sysroot, beside the files, and at the path itself', () => {
    write('libs/libx.so.1');
    write('libs/usr/lib/libx.so.1');
    write('sys/usr/lib/libx.so.1');
    write('near/libx.so.1');
    const own = write('usr/lib/libx.so.1');
    const places = { libs: [join(root, 'libs')], sysroot: join(root, 'sys'), besides: [join(root, 'near/core')] };
    expect(library(places, '/usr/lib/libx.so.1')).toEqual([
      'libs/libx.so.1',
      'libs/usr/lib/libx.so.1',
      'sys/usr/lib/libx.so.1',
      'near/libx.so.1',
    ]);
    expect(library({}, own)).toEqual(['usr/lib/libx.so.1']);
    expect(library({ onlyGiven: true }, own)).toEqual([]);
    expect(library({}, `${own} (deleted)`)).toEqual(['usr/lib/libx.so.1']);
    expect(library({ sysroot: join(root, 'nowhere') }, '/usr/lib/libx.so.1')).toEqual([]);
  });

  it('follows links below the sysroot as they were there', () => {
    write('copy/usr/lib/real.so');
    mkdirSync(join(root, 'copy/usr/lib64'));
    symlinkSync('/usr/lib', join(root, 'copy/lib'));
    symlinkSync('../lib/real.so', join(root, 'copy/usr/lib64/libr.so.1'));
    symlinkSync('/../../usr/lib/real.so', join(root, 'copy/usr/lib/up.so'));
    symlinkSync('loop.so', join(root, 'copy/usr/lib/loop.so'));
    const places = { sysroot: join(root, 'copy'), onlyGiven: true };
    expect(library(places, '/lib/real.so')).toEqual(['copy/usr/lib/real.so']);
    expect(library(places, '/usr/lib64/libr.so.1')).toEqual(['copy/usr/lib/real.so']);
    expect(library(places, '/lib/up.so')).toEqual(['copy/usr/lib/real.so']);
    expect(library(places, '/lib/loop.so')).toEqual([]);
  });

  it('finds files by build ID under other names', () => {
    const id = (hex: string): Uint8Array =>
      writeElf({ type: 3, segments: [{ type: 4, data: note('GNU', 3, Uint8Array.from(Buffer.from(hex, 'hex'))) }] });
    write('pool/libz-1.2.so', id('abcdef'));
    write('pool/other.so', id('123456'));
    write('pool/text', 'no library');
    write('pool/.build-id/12/3456', id('123456'));
    const places = { libs: [join(root, 'pool')], onlyGiven: true };
    expect(library(places, '/lib/libz.so.1', 'abcdef')).toEqual(['pool/libz-1.2.so']);
    expect(library(places, '/lib/libz.so.1', '123456')).toEqual(['pool/.build-id/12/3456', 'pool/other.so']);
    expect(library(places, '/lib/libz.so.1', 'ffff00')).toEqual([]);
    expect(library(places, '/lib/libz.so.1')).toEqual([]);
  });

  it('finds debug files by build ID and by link', () => {
    write('debug/.build-id/ab/cdef.debug');
    write('app/server');
    write('app/server.debug');
    write('app/.debug/server.debug');
    write('more/server.debug');
    const debugDirectories = (): string[] => [join(root, 'debug/.build-id'), join(root, 'more')];
    const finder = new DiskFinder({ debugDirectories }, openSource);
    const found = (link: string | undefined): string[] =>
      [...finder.debugFile({ path: join(root, 'app/server'), buildId: 'abcdef', link })].map(({ name }) =>
        name.replace(`${root}/`, ''),
      );
    expect(found(undefined)).toEqual(['debug/.build-id/ab/cdef.debug']);
    expect(found('server.debug')).toEqual([
      'debug/.build-id/ab/cdef.debug',
      'app/server.debug',
      'app/.debug/server.debug',
      'more/server.debug',
    ]);
  });

  it('opens candidates one by one, each once, and leaves out what cannot be opened', () => {
    write('once/libo.so');
    mkdirSync(join(root, 'once/folder.so'));
    const opened: string[] = [];
    const open = (path: string): ByteSource => {
      opened.push(basename(path));
      return path.endsWith('.so') ? openSource(path) : new MemorySource(path, new Uint8Array(0));
    };
    const folder = join(root, 'once');
    const finder = new DiskFinder({ libs: [folder, folder], besides: [join(folder, 'core')], onlyGiven: true }, open);
    const iterator = finder.library('/x/libo.so', undefined)[Symbol.iterator]();
    expect(iterator.next().done).toBe(false);
    expect(opened).toEqual(['libo.so']);
    expect(iterator.next().done).toBe(true);
    expect([...finder.library('/x/folder.so', undefined)]).toEqual([]);
  });
});
