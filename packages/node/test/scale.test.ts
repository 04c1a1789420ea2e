import {
  CallStack,
  counters,
  operations,
  type GoroutinesResult,
  type Session,
  type StackResult,
} from '@inquest/engine';
import { openCore } from '@inquest/node';
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
