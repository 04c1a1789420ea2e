import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CallStack,
  counters,
  operations,
  type GoroutinesResult,
  type Session,
  type StackResult,
} from '@inquest/engine';
import { openCore, openSource } from '@inquest/node';
import { describe, expect, it } from 'vitest';
import { openFixture } from '../../../fixtures/fixtures.mjs';

function open(id: string): Session {
  const { exe, core } = openFixture(id);
  return openCore({ paths: [exe, core] }).session;
}

function run<T>(session: Session, name: string, parameters: Record<string, number | string>): T {
  const operation = operations.find((each) => each.name === name);
  if (operation === undefined) throw new Error(`no operation ${name}`);
  return operation.run(session, parameters) as T;
}

describe('large files', () => {
  it('are read beyond 2^31 and 2^32, where holes are zeros', () => {
    const folder = mkdtempSync(join(tmpdir(), 'inquest-large-'));
    try {
      const path = join(folder, 'sparse');
      const file = openSync(path, 'w');
      const places = [0, 2 ** 31 - 3, 2 ** 32 - 3, 2 ** 33 + 5];
      for (const place of places) writeSync(file, 'inquest', place);
      ftruncateSync(file, 2 ** 34);
      closeSync(file);
      const source = openSource(path, path, 2 ** 20);
      expect(source.size).toBe(2 ** 34);
      for (const place of places) expect(Buffer.from(source.bytes(place, 7)).toString()).toBe('inquest');
      expect(source.u64(2 ** 33 - 8)).toBe(0);
      expect(source.u8(2 ** 34 - 1)).toBe(0);
      expect(() => source.u8(2 ** 34)).toThrow(`${path} ends at 0x400000000`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('are kept in memory as far as is allowed, and all answers stay the same', () => {
    const { exe, core } = openFixture('waits/go1.24/default/planted');
    const answersWithin = (memoryLimit: number | undefined): readonly unknown[] => {
      const { session } = openCore({ paths: [exe, core], memoryLimit });
      return ['report', 'waiting', 'deadlocks', 'goroutines'].map((name) => run(session, name, {}));
    };
    const before = counters.pagesRead;
    const usual = answersWithin(undefined);
    const [first, second] = [counters.pagesRead - before, counters.pagesRead];
    expect(answersWithin(2 ** 20)).toEqual(usual);
    // What had to go was read again.
    expect(counters.pagesRead - second).toBeGreaterThan(first);
  });
});

describe('what is done in a quick way for many', () => {
  it.each(['waits/go1.24/default/planted', 'stacks/go1.24/default', 'blocked/go1.24/default'])(
    'gives every goroutine of %s the frames that unwinding it alone gives',
    (id) => {
      const { goroutines } = run<GoroutinesResult>(open(id), 'goroutines', { t: 30 });
      const session = open(id);
      expect(goroutines.length).toBeGreaterThan(5);
      for (const goroutine of goroutines) {
        session.selectGoroutine(goroutine.id);
        const { frames, truncated } = run<StackResult>(session, 'stack', { depth: 30 });
        expect(goroutine.stack).toEqual(frames);
        expect(goroutine.stackTruncated).toBe(truncated);
      }
    },
  );

  it('counts the calls of a deep stack as unwinding does, and goes on from any of them', () => {
    const session = open('crash/go1.24/default/mutual');
    const { goroutine } = session.selection;
    if (goroutine === undefined) throw new Error('nothing is selected');
    const frames = [...session.runtime.unwind(goroutine).frames()];
    const slow = frames.map(({ pc, sp, cfa }) => ({ pc, sp, cfa }));
    const stack = new CallStack(session.program, session.runtime.unwind(goroutine));
    const before = counters.framesUnwound;
    const count = stack.count();
    expect(counters.framesUnwound - before).toBe(frames.length);
    expect(count).toBeGreaterThan(30_000);
    const quick = [...stack.range(0, count)].filter((call, i, all) => call.frame !== all[i - 1]?.frame);
    expect(quick.map(({ frame: { pc, sp, cfa } }) => ({ pc, sp, cfa }))).toEqual(slow);
    const registers = ({ registers }: (typeof frames)[number]): unknown =>
      registers.numbers().map((number) => [number, registers.get(number)]);
    for (const at of [20_000, 24_576, 30_001, count - 2, count - 1]) {
      const call = stack.at(at);
      const same = frames.find(({ sp }) => sp === call?.frame.sp);
      expect(same && registers(same)).toEqual(call && registers(call.frame));
    }
    expect(stack.at(count)).toBeUndefined();
    expect(stack.end?.complete).toBe(true);
  });
});

describe('a goroutine that is asked for by its number', () => {
  it('is the one of the list, wherever that has it', () => {
    const all = open('waits/go1.24/default/planted').runtime.goroutines;
    // Each in a session of its own, where no list is known, and all in one.
    const together = open('waits/go1.24/default/planted').runtime;
    for (const { id, address } of all) {
      expect(open('waits/go1.24/default/planted').runtime.goroutineById(id)?.address).toBe(address);
      expect(together.goroutineById(id)?.address).toBe(address);
    }
    for (const id of [0, -1, 0.5, 100_000]) expect(together.goroutineById(id)).toBeUndefined();
    expect(open('waits/go1.24/default/planted').runtime.goroutineById(100_000)).toBeUndefined();
  });
});
