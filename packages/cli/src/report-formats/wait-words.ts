import type { CycleResult, StuckResult, WaiterResult, WaitGroupResult, WaitsDetail } from '@inquest/engine';
import { sanitize } from '../output/sanitize.ts';
import { plural, waitText } from '../render/place.ts';
import { wants } from '../render/waits.ts';
import { lostNumbers } from './wait-graph.ts';
import { placeOf } from './words.ts';

type Shorten = (path: string) => string;

/** A part of a list: a line, and what is to be said about it. */
export interface WaitItem {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What is wrong: cycles of locks, and goroutines that nothing can wake. */
export function deadlockItems({ deadlocks }: WaitsDetail, shorten: Shorten): WaitItem[] {
  return [
    ...deadlocks.cycles.map((cycle) => cycleItem(cycle, shorten)),
    ...deadlocks.stuck.map((stuck) => stuckItem(stuck, shorten)),
  ];
}

/** Why it is not known whether something can wake the others; undefined if it is. */
export function searchProblem({ deadlocks }: WaitsDetail): string | undefined {
  return deadlocks.problem === undefined
    ? undefined
    : `Which goroutines nothing can wake is not known: ${sanitize(deadlocks.problem)}`;
}

function cycleItem({ steps, certainty, behind, behindCount }: CycleResult, shorten: Shorten): WaitItem {
  const who = steps.length === 1 ? 'a goroutine waits for itself' : `${steps.length} goroutines wait for each other`;
  const lines = steps.flatMap(({ waiter, waitsFor, object, heldBy }) => [
    waiterWords(waiter, shorten),
    `    ${wants(waitsFor)} at ${object.address}: ${sanitize(object.state)}`,
    `    held by goroutine ${heldBy.goroutine} (${heldBy.certainty}): ${sanitize(heldBy.reason)}`,
  ]);
  const rest = behind.map((waiter) => `behind them: ${waiterWords(waiter, shorten)}`);
  const more = behindCount > behind.length ? [`… and ${behindCount - behind.length} more`] : [];
  return { title: `Deadlock (${certainty}): ${who}`, lines: [...lines, ...rest, ...more] };
}

function stuckItem({ count, waitsFor, objects, waiters, evidence }: StuckResult, shorten: Shorten): WaitItem {
  return {
    title: `Nothing can wake ${plural(count, 'goroutine')}: ${sanitize(waitsFor)}`,
    lines: [...waitersWords(waiters, count, shorten), ...objectWords(objects), sanitize(evidence)],
  };
}

/** What the others wait for, the longest waits first. */
export function waitItems({ waiting, deadlocks }: WaitsDetail, shorten: Shorten): WaitItem[] {
  const told = lostNumbers(deadlocks);
  const others = waiting.groups.filter(({ waiters }) => !waiters.every(({ id }) => told.has(id)));
  return others.map(({ count, waitsFor, objects, waiters }) => ({
    title: `${count} × ${sanitize(waitsFor)}`,
    lines: [...objectWords(objects), ...waitersWords(waiters, count, shorten)],
  }));
}

function objectWords(objects: WaitGroupResult['objects']): string[] {
  return objects.flatMap(({ object }) => {
    const label = objects.length === 1 ? '' : `${sanitize(object.name ?? object.type)} `;
    const owners = object.owners.map(
      ({ goroutine, certainty, reason }) => `held by goroutine ${goroutine} (${certainty}): ${sanitize(reason)}`,
    );
    return [`${label}at ${object.address}: ${sanitize(object.state)}`, ...owners];
  });
}

function waitersWords(waiters: readonly WaiterResult[], count: number, shorten: Shorten): string[] {
  const lines = waiters.map((waiter) => waiterWords(waiter, shorten));
  return count > waiters.length ? [...lines, `… and ${count - waiters.length} more`] : lines;
}

/** `goroutine 7 [chan receive, 5 minutes] main.f at main.go:3: reads file descriptor 9`. */
function waiterWords({ id, status, waitedAtLeast, location, detail }: WaiterResult, shorten: Shorten): string {
  const waited = waitedAtLeast === undefined ? '' : waitText(waitedAtLeast);
  const state = sanitize(waited === '' ? status : `${status}, ${waited}`);
  const place = location === undefined ? '' : ` ${sanitize(location.function)} at ${placeOf(location, shorten) ?? '?'}`;
  return `goroutine ${id} [${state}]${place}${detail === undefined ? '' : `: ${sanitize(detail)}`}`;
}
