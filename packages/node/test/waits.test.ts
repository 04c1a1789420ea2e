import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operations, type DeadlocksResult, type WaitsResult, type WhyResult } from '@inquest/engine';
import { openCore } from '@inquest/node';
import { describe, expect, it } from 'vitest';
import { listFixtures, openFixture } from '../../../fixtures/fixtures.mjs';

const source = readFileSync(join(import.meta.dirname, '../../../fixtures/programs/waits/planted.go'), 'utf8').split(
  '\n',
);

/** The line that is marked `// at NAME`. */
function lineOf(name: string): number {
  return source.findIndex((line) => line.endsWith(`// at ${name}`)) + 1;
}

type Asked = 'waiting' | 'deadlocks' | 'why';
type Session = ReturnType<typeof openCore>['session'];

function ask(session: Session, name: Asked, parameters: Record<string, number> = {}): unknown {
  const operation = operations.find((each) => each.name === name);
  if (operation === undefined) throw new Error(`no operation ${name}`);
  return operation.run(session, parameters);
}

function open(id: string): Session {
  const { exe, core } = openFixture(id);
  return openCore({ paths: [exe, core] }).session;
}

/** What is planted: the line where a goroutine waits, and what it is called there. */
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

const fixtures = listFixtures().filter(({ program }) => program === 'waits');
const withDwarf = fixtures.filter(({ flags }) => flags !== 'stripped');
const planted = withDwarf.filter(({ scenario }) => scenario === 'planted');

describe.skipIf(planted.length === 0)('planted waits', () => {
  it.each(planted)('$id: cycles of locks are proven, with those that wait behind them', ({ id }) => {
    const { cycles } = ask(open(id), 'deadlocks') as DeadlocksResult;
    const [pair, self] = cycles;
    expect(cycles).toHaveLength(2);
    expect(pair?.certainty).toBe('proven');
    expect(pair?.steps.map(({ waiter }) => waiter.location?.line)).toEqual([lineOf('transfer'), lineOf('transfer')]);
    expect(pair?.steps.map(({ object }) => object.name)).toEqual(['to.mu', 'to.mu']);
    expect(pair?.steps.map(({ heldBy }) => heldBy.goroutine)).toEqual(
      pair?.steps.map(({ waiter }) => waiter.id).reverse(),
    );
    expect(pair?.behind.map(({ location }) => location?.line)).toEqual([lineOf('audit')]);
    expect(self?.certainty).toBe('proven');
    expect(self?.steps.map(({ waiter, object }) => [waiter.location?.line, object.name])).toEqual([
      [lineOf('store'), 'main.settings'],
    ]);
  });

  it.each(planted)('$id: goroutines that nothing can wake are found, and named by their variables', ({ id }) => {
    const { stuck, problem } = ask(open(id), 'deadlocks') as DeadlocksResult;
    expect(problem).toBeUndefined();
    const found = stuck.map(({ waiters, objects }) => ({
      line: waiters[0]?.location?.line,
      names: objects.map(({ object }) => object.name ?? '').sort((a, b) => (a < b ? -1 : 1)),
    }));
    for (const [place, names] of LEAKS) expect(found).toContainEqual({ line: lineOf(place), names });
    // Whoever waits for the lock of two that wait for each other is told of with them.
    expect(found).toHaveLength(LEAKS.length);
    const [ask1, answer1] = ['ask', 'answer'].map((place) =>
      stuck.find(({ waiters }) => waiters[0]?.location?.line === lineOf(place)),
    );
    expect(ask1?.referrers).toContain(answer1?.waiters[0]?.id);
    expect(answer1?.referrers).toContain(ask1?.waiters[0]?.id);
  });

  it.each(planted)('$id: a starved writer, and the readers behind it, wait for a reader that sleeps', ({ id }) => {
    const session = open(id);
    const { groups, total } = ask(session, 'waiting') as WaitsResult;
    expect(total).toBe(17);
    const at = (place: string): WaitsResult['groups'][number] | undefined =>
      groups.find(({ waiters }) => waiters[0]?.location?.line === lineOf(place));
    const writer = at('write');
    expect(writer?.objects[0]?.object).toMatchObject({ kind: 'rwmutex', name: 'l.lock' });
    expect(writer?.objects[0]?.object.state).toBe('read by 1 reader, a writer waits');
    const sleeper = at('longRead')?.waiters[0]?.id;
    expect(writer?.objects[0]?.object.owners).toMatchObject([{ goroutine: sleeper, certainty: 'proven' }]);
    expect(at('read')?.count).toBe(2);
    const reader = at('read')?.waiters[0]?.id ?? 0;
    const why = ask(session, 'why', { id: reader }) as WhyResult;
    expect(why.chain.map(({ heldBy }) => heldBy.goroutine)).toEqual([writer?.waiters[0]?.id, sleeper]);
    expect(why.ending).toMatch(/^Goroutine \d+ waits in turn: the time \(sleep\)\.$/);
    expect(at('await')?.objects[0]?.object.state).toBe('counter 1, 1 waiting');
  });

  it.each(planted)('$id: why tells the end of the story', ({ id }) => {
    const session = open(id);
    const { cycles, stuck } = ask(session, 'deadlocks') as DeadlocksResult;
    const ending = (goroutine: number | undefined): string =>
      (ask(session, 'why', { id: goroutine ?? 0 }) as WhyResult).ending;
    expect(ending(cycles[0]?.behind[0]?.id)).toBe('They wait for each other: none of them can go on.');
    const collect = stuck.find(({ waiters }) => waiters[0]?.location?.line === lineOf('collect'));
    expect(ending(collect?.waiters[0]?.id)).toMatch(/^Nothing can wake it: no package variable/);
    expect(ending(1)).toBe('It waits for nothing: it is running.');
  });
});

const healthy = fixtures.filter(({ scenario }) => scenario === 'healthy');

describe.skipIf(healthy.length === 0)('a busy server', () => {
  it.each(healthy)('$id: is not said to be stuck', ({ id, flags }) => {
    const session = open(id);
    const { cycles, stuck, problem, examined } = ask(session, 'deadlocks') as DeadlocksResult;
    expect(cycles).toEqual([]);
    expect(stuck).toEqual([]);
    expect(examined).toBeGreaterThan(9);
    if (flags !== 'stripped') expect(problem).toBeUndefined();
    const { groups } = ask(session, 'waiting') as WaitsResult;
    const details = groups.flatMap(({ waiters }) => waiters.map(({ detail }) => detail));
    expect(details.filter((detail) => /^reads file descriptor \d{1,3}$/.test(detail ?? '')).length).toBeGreaterThan(0);
  });
});

const stripped = fixtures.filter(({ flags, scenario }) => flags === 'stripped' && scenario === 'planted');

describe.skipIf(stripped.length === 0)('planted waits in stripped programs', () => {
  it.each(stripped)('$id: nothing is claimed that cannot be known', ({ id }) => {
    const { cycles, stuck } = ask(open(id), 'deadlocks') as DeadlocksResult;
    for (const cycle of cycles) expect(cycle.steps.length).toBeLessThan(3);
    for (const { objects } of stuck) for (const { object } of objects) expect(object.name).toBeUndefined();
  });
});

const parked = listFixtures().filter(({ program, committed }) => program === 'blocked' && committed);

describe.skipIf(parked.length === 0)('goroutines parked in every way', () => {
  it.each(parked)('$id: each is said to wait for something, and nil channels never end', ({ id }) => {
    const session = open(id);
    const { groups } = ask(session, 'waiting', { limit: 1000 }) as WaitsResult;
    for (const { waitsFor } of groups) expect(waitsFor).not.toBe('');
    const { stuck, problem } = ask(session, 'deadlocks') as DeadlocksResult;
    expect(problem).toBeUndefined();
    const never = stuck.filter(({ evidence }) => evidence.startsWith('this never ends'));
    expect(never.length).toBeGreaterThan(0);
  });
});
