import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  operations,
  redactedOperation,
  type DeadlocksResult,
  type Operation,
  type Session,
  type WaiterResult,
  type WaitsResult,
  type WhyResult,
} from '@inquest/engine';
import { describe, expect, it } from 'vitest';
import { listFixtures, openFixture, PROGRAMS } from '../../../fixtures/fixtures.mjs';
import { openWithSources } from './fixture-session.ts';

/** The line of a source that is marked `// at NAME`. */
function lineOf(name: string, file = 'planted.go'): number {
  const lines = readFileSync(join(PROGRAMS, 'waits', file), 'utf8').split('\n');
  return lines.findIndex((line) => line.endsWith(`// at ${name}`)) + 1;
}

function operationOf(name: 'waiting' | 'deadlocks' | 'why'): Operation {
  const operation = operations.find((each) => each.name === name);
  if (operation === undefined) throw new Error(`no operation ${name}`);
  return operation;
}

const waiting = (session: Session): WaitsResult => operationOf('waiting').run(session, { limit: 1000 }) as WaitsResult;
const deadlocks = (session: Session): DeadlocksResult => operationOf('deadlocks').run(session, {}) as DeadlocksResult;
const why = (session: Session, id: number | undefined): WhyResult =>
  operationOf('why').run(session, { id: id ?? 0 }) as WhyResult;

const open = (id: string, withSources = false): Session => openWithSources(id, 'waits', withSources);

const fixtures = listFixtures().filter(({ program }) => program === 'waits');
const withDwarf = fixtures.filter(({ flags }) => flags !== 'stripped');
const scenario = (name: string): typeof fixtures => withDwarf.filter((each) => each.scenario === name);
const planted = scenario('planted');

/** What nothing ends: the line where a goroutine waits, and what it is called there. */
const LEAKS: readonly (readonly [place: string, names: readonly string[]])[] = [
  ['collect', ['results']],
  ['await', ['wg']],
  ['dispatch', ['full', 'requests', 'stop']],
  ['take', ['q.ready']],
  ['listen', ['ticker.C']],
  ['ask', ['answers']],
  ['answer', ['questions']],
  ['load', ['l.ready']],
  ['use', ['l.once']],
];

/** What is planted, and whether it is told: the goroutines, the lines and the expressions, all of them. */
const CASES: Readonly<Record<string, (session: Session) => boolean>> = {
  'two locks, three goroutines': (session) => isPair(deadlocks(session).cycles[0]),
  'a lock taken twice': (session) => {
    const [step, ...more] = deadlocks(session).cycles[1]?.steps ?? [];
    const isSelf = step?.waiter.id === step?.heldBy.goroutine && step?.heldBy.certainty === 'proven';
    return more.length === 0 && isSelf && step?.object.name === 'main.settings' && isAt(step.waiter, 'store');
  },
  'receiver without sender': (session) => isLeaked(session, 'collect'),
  'WaitGroup never done': (session) => isLeaked(session, 'await'),
  'select, nothing ready': (session) => isLeaked(session, 'dispatch'),
  'RWMutex, starved writer': isStarved,
  'Cond without signal': (session) => isLeaked(session, 'take'),
  'stopped ticker': (session) => isLeaked(session, 'listen'),
  'crossed channels': (session) => isLeaked(session, 'ask') && isLeaked(session, 'answer'),
  'Once that never ends': (session) => isLeaked(session, 'load') && isLeaked(session, 'use'),
  'nothing else': (session) => {
    const { cycles, stuck, problem } = deadlocks(session);
    return problem === undefined && cycles.length === 2 && stuck.length === LEAKS.length;
  },
};

function isAt(waiter: WaiterResult | undefined, place: string): boolean {
  return waiter?.location?.line === lineOf(place);
}

function isPair(cycle: DeadlocksResult['cycles'][number] | undefined): boolean {
  const [one, two, ...more] = cycle?.steps ?? [];
  const isStep = (step: typeof one, other: typeof one): boolean =>
    isAt(step?.waiter, 'transfer') && step?.object.name === 'to.mu' && step.heldBy.goroutine === other?.waiter.id;
  const isBehind = cycle?.behind.length === 1 && isAt(cycle.behind[0], 'audit');
  return more.length === 0 && cycle?.certainty === 'proven' && isStep(one, two) && isStep(two, one) && isBehind;
}

function isLeaked(session: Session, place: string): boolean {
  const wanted = LEAKS.find(([each]) => each === place)?.[1];
  return deadlocks(session).stuck.some(({ waiters, objects }) => {
    const names = objects.map(({ object }) => object.name ?? '').sort((a, b) => (a < b ? -1 : 1));
    return waiters.length === 1 && isAt(waiters[0], place) && names.join() === wanted?.join();
  });
}

function isStarved(session: Session): boolean {
  const at = (place: string): WaitsResult['groups'][number] | undefined =>
    waiting(session).groups.find(({ waiters }) => isAt(waiters[0], place));
  const [writer, readers, sleeper] = [at('write'), at('read'), at('longRead')?.waiters[0]];
  const lock = writer?.objects[0]?.object;
  const { chain, ending } = why(session, readers?.waiters[0]?.id);
  return (
    lock?.name === 'l.lock' &&
    lock.state === 'read by 1 reader, a writer waits' &&
    lock.owners.map(({ goroutine, certainty }) => `${goroutine} ${certainty}`).join() === `${sleeper?.id} proven` &&
    readers?.count === 2 &&
    chain.map(({ heldBy }) => heldBy.goroutine).join() === `${writer?.waiters[0]?.id},${sleeper?.id}` &&
    ending === `Goroutine ${sleeper?.id} waits in turn: the time (sleep).`
  );
}

describe.skipIf(planted.length === 0)('planted waits', () => {
  const table: string[] = [];

  it.each(planted)('$id: all are told, by goroutines, lines and expressions', ({ id, go, flags }) => {
    const session = open(id);
    const told = Object.entries(CASES).map(([name, isTold]) => [name, isTold(session)] as const);
    table.push(`  ${`${go} ${flags}`.padEnd(13)} ${told.map(([, is]) => (is ? 'told' : 'MISS')).join(' ')}`);
    expect(told.filter(([, is]) => !is).map(([name]) => name)).toEqual([]);
  });

  it('makes a table', () => {
    console.log(`${Object.keys(CASES).join(', ')}:\n${table.join('\n')}`);
    expect(table).toHaveLength(planted.length);
  });

  it.each(planted)('$id: why tells the end of the story', ({ id }) => {
    const session = open(id);
    const { cycles, stuck } = deadlocks(session);
    const [pair, self] = cycles;
    const ids = pair?.steps.map(({ waiter }) => waiter.id) ?? [];
    expect(why(session, ids[0]).ending).toBe('They wait for each other: none of them can go on.');
    expect(why(session, self?.steps[0]?.waiter.id).ending).toBe('It waits for itself: it cannot go on.');
    expect([ids, ids.toReversed()].map((order) => `Goroutines ${order.join(', ')} wait for each other`)).toContain(
      why(session, pair?.behind[0]?.id).ending.split(':')[0],
    );
    const at = (place: string): number | undefined =>
      stuck.find(({ waiters }) => isAt(waiters[0], place))?.waiters[0]?.id;
    expect(why(session, at('collect')).ending).toMatch(/^Nothing can wake it: no package variable/);
    expect(why(session, at('use')).ending).toMatch(new RegExp(`^Nothing can wake goroutine ${at('load')}: no`));
    expect(why(session, 1).ending).toBe('It waits for nothing: the program died in it.');
    const referrers = (place: string): readonly number[] | undefined =>
      stuck.find(({ waiters }) => isAt(waiters[0], place))?.referrers;
    expect(referrers('ask')).toContain(at('answer'));
    expect(referrers('answer')).toContain(at('ask'));
  });
});

describe.skipIf(scenario('healthy').length === 0)('a busy server', () => {
  it.each(fixtures.filter((each) => each.scenario === 'healthy'))('$id: is not said to be stuck', ({ id, flags }) => {
    const { cycles, stuck, problem, examined } = deadlocks(open(id));
    expect(cycles).toEqual([]);
    expect(stuck).toEqual([]);
    expect(examined).toBeGreaterThan(9);
    if (flags !== 'stripped') expect(problem).toBeUndefined();
  });

  it.each(scenario('healthy'))('$id: those who could wake others are named, with what shows it', ({ id }) => {
    const session = open(id, true);
    const code = readFileSync(join(PROGRAMS, 'waits/healthy.go'), 'utf8').split('\n');
    const numberOf = (line: string): number => code.findIndex((each) => each.trim() === line) + 1;
    const wakersAt = (number: number): readonly string[] => {
      const waiters = waiting(session).groups.flatMap((group) => group.waiters);
      const { wakers } = why(session, waiters.find(({ location }) => location?.line === number)?.id);
      return wakers.map(({ certainty, reason }) => `${certainty}: ${reason}`);
    };
    const done = wakersAt(numberOf('workers.Wait()'));
    expect(done[0]).toBe('proven: main.(*server).work has yet to run its deferred Done of it');
    const report = wakersAt(numberOf('case <-ticker.C:') - 1);
    expect(report[0]).toMatch(/^proven: its timer sends, due /);
    expect(report).toContain(`likely: main.stopLater goes on to line ${numberOf('close(s.done)')}: close(s.done)`);
  });
});

describe.skipIf(scenario('outside').length === 0)('what time, the network and the kernel end', () => {
  it.each(scenario('outside'))('$id: is told as the program recorded it', ({ id }) => {
    const session = open(id);
    const waiters = waiting(session).groups.flatMap((group) => group.waiters);
    const recorded = readFileSync(openFixture(id).stdout, 'utf8').trim().split('\n');
    expect(recorded.length).toBeGreaterThan(8);
    for (const line of recorded) {
      const [place = '', network = '', fd = '', local = '', remote = ''] = line.split(' ');
      const number = Number(fd);
      const found = waiters.find((each) => (each.descriptor ?? each.systemCall)?.fd === number);
      expect(found?.location?.line).toBe(lineOf(place, 'outside.go'));
      if (place === 'raw') expect(found?.systemCall).toEqual({ name: 'read', inC: false, number: 0, fd: number });
      else if (place === 'pipe') expect(found?.descriptor).toMatchObject({ deed: 'read', file: '|0' });
      else {
        const deed = { accept: 'accept', fill: 'write' }[place] ?? 'read';
        const ends = [local, remote].map((end) => (end === '<nil>' ? undefined : end));
        expect(found?.descriptor).toMatchObject({ deed, network, local: ends[0], remote: ends[1], file: undefined });
      }
    }
  });

  it.each(scenario('outside'))('$id: remaining times are those of the program', ({ id }) => {
    const session = open(id);
    const { groups } = waiting(session);
    const at = (place: string): WaitsResult['groups'][number] | undefined =>
      groups.find(({ waiters }) => waiters[0]?.location?.line === lineOf(place, 'outside.go'));
    const due = at('nap')?.waiters[0]?.dueInAtMost ?? 0;
    expect(due).toBeGreaterThan(3590e9);
    expect(due).toBeLessThanOrEqual(3600e9);
    expect(at('expire')?.objects[0]?.object.state).toMatch(/^of a timer, due in at most (1h59m|2h0m)$/);
    expect(at('tick')?.objects[0]?.object.state).toMatch(/^of a timer, due in at most (2h59m|3h0m), every 3h0m$/);
    const deadline = why(session, at('deadline')?.waiters[0]?.id);
    expect(deadline.objects[0]?.object.name).toBe('ctx.Done()');
    expect(deadline.wakers[0]?.reason).toMatch(/^the deadline of its context passes, due in at most (3h59m|4h0m)$/);
    expect(deadline.ending).toBe('Time will wake it.');
    expect(deadlocks(session)).toMatchObject({ cycles: [], stuck: [] });
  });

  it.each(scenario('outside'))('$id: redacted, no address and no name of a file is shown', ({ id }) => {
    const session = open(id);
    const text = JSON.stringify(redactedOperation(operationOf('waiting')).run(session, { limit: 1000 }));
    expect(text).toContain('accepts on file descriptor');
    expect(text).not.toMatch(/127\.0\.0\.1|outside\.sock|\|0/);
  });
});

const stripped = fixtures.filter((each) => each.flags === 'stripped' && each.scenario === 'planted');

describe.skipIf(stripped.length === 0)('planted waits in stripped programs', () => {
  it.each(stripped)('$id: nothing is claimed that cannot be known', ({ id }) => {
    const { cycles, stuck } = deadlocks(open(id));
    for (const cycle of cycles) expect(cycle.steps.length).toBeLessThan(3);
    for (const { objects } of stuck) for (const { object } of objects) expect(object.name).toBeUndefined();
  });
});

const parked = listFixtures().filter(({ program, committed }) => program === 'blocked' && committed);

describe.skipIf(parked.length === 0)('goroutines parked in every way', () => {
  it.each(parked)('$id: each is said to wait for something, and nil channels never end', ({ id }) => {
    const session = open(id);
    for (const { waitsFor } of waiting(session).groups) expect(waitsFor).not.toBe('');
    const { stuck, problem } = deadlocks(session);
    expect(problem).toBeUndefined();
    const never = stuck.filter(({ evidence }) => evidence.startsWith('this never ends'));
    expect(never.length).toBeGreaterThan(0);
  });
});
