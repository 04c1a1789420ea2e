import type { CycleResult, ReportResult, WaiterResult, WaitGroupResult, WaitStepResult } from '@inquest/engine';
import { sanitize } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';
import { cut, fileLine, plural, waitText } from './place.ts';
import { wants } from './waits.ts';

type Shorten = (path: string) => string;

/** Who waits for whom, as far as it tells something: cycles, locks that several want, those that nothing can wake, long waits. */
export function waitsSection({ waits }: ReportResult, style: Style, shorten: Shorten): string[] {
  if (waits === undefined) return [];
  const { cycles, cycleCount, contended, stuck, stuckCount, longest } = waits;
  const told = (stuck ?? []).reduce((sum, { count }) => sum + count, 0);
  const place = (waiter: WaiterResult | undefined): string =>
    waiter?.location === undefined ? '' : `  ${fileLine(waiter.location, style, shorten)}`;
  const lines = [
    ...cycles.flatMap((cycle) => cycleRows(cycle, place)),
    ...(cycleCount > cycles.length ? [`and ${plural(cycleCount - cycles.length, 'more cycle')} of locks`] : []),
    ...contended.map((group) => `${group.count} wait to ${sanitize(group.waitsFor)}${holderOf(group)}`),
    ...(stuck ?? []).map(
      (group) =>
        `nothing can wake ${numbers(group.waiters, group.count)}: ${sanitize(group.waitsFor)}${place(group.waiters[0])}`,
    ),
    ...(stuckCount > told ? [`nor ${plural(stuckCount - told, 'other')}`] : []),
    ...longest.map(
      (waiter) =>
        `longest: ${waiter.id}, ${waitText(waiter.waitedAtLeast ?? 0)} [${sanitize(waiter.status)}]${place(waiter)}`,
    ),
  ];
  const { paint } = style;
  const rows = lines.map((line) => `    ${cut(line, style.width - 4)}`);
  return [`  ${paint.bold('Waits')}`, ...rows, paint.dim('    (waiting, deadlocks and why N tell more)')];
}

function cycleRows({ steps, certainty, behindCount }: CycleResult, place: (waiter: WaiterResult) => string): string[] {
  const behind = behindCount === 0 ? '' : `, ${behindCount} more behind them`;
  const who = steps.length === 1 ? 'a goroutine waits for itself' : `${steps.length} goroutines wait for each other`;
  const row = ({ waiter, waitsFor, heldBy }: WaitStepResult): string => {
    const holder = heldBy.goroutine === waiter.id ? 'it holds itself' : `${heldBy.goroutine} holds`;
    return `  ${waiter.id} ${wants(waitsFor)}, which ${holder}${place(waiter)}`;
  };
  return [`deadlock (${certainty}): ${who}${behind}`, ...steps.map(row)];
}

function holderOf({ objects }: WaitGroupResult): string {
  const owners = objects[0]?.object.owners ?? [];
  const [first] = owners;
  if (first === undefined) return '';
  if (owners.length > 1) return `, which ${owners.length} hold`;
  return `, which ${first.goroutine} holds (${first.certainty})`;
}

/** `goroutine 7`, `goroutines 7, 8 and 3 more`. */
function numbers(waiters: readonly WaiterResult[], count: number): string {
  const shown = waiters.slice(0, 3).map(({ id }) => id);
  const more = count > shown.length ? ` and ${count - shown.length} more` : '';
  return `${count === 1 ? 'goroutine' : 'goroutines'} ${shown.join(', ')}${more}`;
}
