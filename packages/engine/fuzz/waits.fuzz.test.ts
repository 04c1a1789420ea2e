import { describe, expect, it } from 'vitest';
import { isDebugError, type Session } from '@inquest/engine';
import { ask, type Tally } from './ask.ts';
import { Patient, randomFrom } from './damage.ts';
import { forSeeds, TIMEOUT } from './rounds.ts';

/** Megabytes by which the process may grow while it answers. */
const GROWTH = 1500;

/** Go 1.19 has timers of one kind and semaphores that goroutines do not lead to, 1.27 those of another and such as they do. */
const FIXTURES = [
  'waits/go1.19/default/planted',
  'waits/go1.27/default/planted',
  'waits/go1.19/default/healthy',
  'waits/go1.27/default/outside',
];

/** Bytes around an address that are damaged at once. */
const STEP = 128;
/** Bytes of a parked stack that the readers of waits look at, and of runtime structures. */
const STACK_TOP = 1024;
const SEMAPHORE_TABLE = 251 * 64;
const HEAP_RECORD = 256;
/** Spans of the heap whose records are damaged. */
const MOST_SPANS = 200;

function* steps(start: number, size: number): Generator<number> {
  for (let at = start; at < start + size; at += STEP) yield at;
}

/** What the readers of waits read: goroutines, their records in queues, what they wait on, timers, pollers, semaphores, spans. */
function addressesOf({ runtime, program }: Session, answers: readonly unknown[]): Set<number> {
  const { memory } = program;
  const found = new Set<number>();
  const word = (at: number): number => {
    try {
      return memory.u64(at);
    } catch (error) {
      if (!isDebugError(error)) throw error;
      return 0;
    }
  };
  for (const { address, sched } of runtime.goroutines) {
    for (const at of steps(address, runtime.layout.get('g', 'size'))) found.add(at);
    found.add(word(address + runtime.layout.get('g', 'waiting')));
    for (const at of steps(sched.sp, STACK_TOP)) found.add(at);
    // What the top of a stack points to: pollers, lists of conditions, files.
    for (let at = sched.sp; at < sched.sp + STACK_TOP; at += 8) found.add(word(at));
  }
  for (const [, text] of JSON.stringify(answers).matchAll(/"address":"(0x[0-9a-f]+)"/g)) found.add(Number(text));
  for (const at of steps(program.symbol('runtime.semtable') ?? 0, SEMAPHORE_TABLE)) {
    found.add(at);
    found.add(word(at + 8));
  }
  const heap = program.symbol('runtime.mheap_') ?? 0;
  const spans = heap + runtime.layout.get('mheap', 'allspans');
  for (const at of steps(spans - HEAP_RECORD, 2 * HEAP_RECORD)) found.add(at);
  for (let i = 0; i < MOST_SPANS; i++) found.add(word(word(spans) + i * 8));
  for (const { address } of runtime.threads) {
    const p = word(address + runtime.layout.get('m', 'p'));
    for (const at of steps(p + runtime.layout.get('p', 'timers') - STEP, 2 * STEP)) found.add(at);
    for (let i = 0; i < 8; i++) found.add(word(word(p + runtime.layout.get('p', 'timers') + 8) + i * 16));
  }
  found.delete(0);
  return found;
}

describe.each(FIXTURES)('damaged waits of %s', (id) => {
  const patient = new Patient(id);
  const tally: Tally = { answered: 0, refused: 0 };
  const general = ['waiting', 'deadlocks', 'report -full'];

  it('queues, locks, timers, pollers, semaphores and spans', { timeout: TIMEOUT }, () => {
    const healthy = patient.open();
    const ids = healthy.runtime.goroutines.map((goroutine) => goroutine.id);
    const questions = [...general, ...ids.map((number) => `why ${number}`)];
    const words = patient.wordsAround(
      addressesOf(
        healthy,
        questions.map((line) => ask(healthy, line, tally)),
      ),
    );
    expect(words.length).toBeGreaterThan(2000);
    const before = process.memoryUsage().rss;
    forSeeds((seed) => {
      const random = randomFrom(seed);
      patient.damageWords(words, words.length >> (2 + random(8)), random);
      try {
        const session = patient.open();
        for (const line of general) ask(session, line, tally);
        for (let i = 0; i < 4; i++) ask(session, `why ${ids[random(ids.length)] ?? 1}`, tally);
      } finally {
        patient.mend();
      }
    });
    expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(GROWTH);
    expect(tally.answered).toBeGreaterThan(questions.length);
  });
});
