import type {
  CycleResult,
  DeadlocksResult,
  OwnerResult,
  StuckResult,
  WaiterResult,
  WaitGroupResult,
  WaitsResult,
  WaitObjectResult,
  WaitStepResult,
  WakerResult,
  WhyResult,
} from '@inquest/engine';
import { sanitize } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';
import { fileLine, plural, waitText } from './place.ts';
import { sourceLines } from './source.ts';

type Location = WaiterResult['location'];

function placeOf(location: Location, style: Style): string {
  return location === undefined ? '?' : `${sanitize(location.function)} at ${fileLine(location, style)}`;
}

function notes(texts: readonly string[], style: Style): string[] {
  return texts.map((text) => style.paint.yellow(`note: ${sanitize(text)}`));
}

/** `goroutine 19 [sync.Mutex.Lock, 5 minutes] main.transfer at main.go:59`. */
function waiterLine({ id, status, waitedAtLeast, location, detail }: WaiterResult, style: Style): string {
  const waited = waitedAtLeast === undefined ? '' : waitText(waitedAtLeast);
  const state = waited === '' ? status : `${status}, ${waited}`;
  const more = detail === undefined ? '' : `: ${sanitize(detail)}`;
  return `goroutine ${id} [${sanitize(state)}] ${placeOf(location, style)}${more}`;
}

/** `held by goroutine 20 (proven): main.transfer has yet to run its deferred Unlock of it`. */
function ownerLine({ goroutine, certainty, reason, location }: OwnerResult, style: Style): string {
  const where = location === undefined ? '' : `, now at ${fileLine(location, style)}`;
  return `held by goroutine ${goroutine} (${certainty}): ${sanitize(reason)}${where}`;
}

function queueText(object: WaitObjectResult): string {
  const queue = (ids: readonly number[] | undefined, word: string): string =>
    ids === undefined || ids.length === 0 ? '' : `; ${word} ${ids.join(', ')}`;
  return `${queue(object.receivers, 'receivers')}${queue(object.senders, 'senders')}`;
}

function objectLines(objects: WaitGroupResult['objects'], style: Style): string[] {
  return objects.flatMap(({ object }) => {
    const label = objects.length === 1 ? '' : `${object.name === undefined ? object.type : sanitize(object.name)} `;
    const head = `${label}at ${object.address}: ${sanitize(object.state)}${queueText(object)}`;
    return [head, ...object.owners.map((owner) => ownerLine(owner, style))];
  });
}

/** `waiting`: a paragraph for each thing that is waited for. */
export function renderWaiting(result: WaitsResult, style: Style): string[] {
  const lines = result.groups.flatMap((group) => groupLines(group, style));
  lines.push(`[${plural(result.total, 'goroutine')} waiting for ${plural(result.groupCount, 'thing')}]`);
  if (result.truncated)
    lines.push(`(truncated: ${result.groups.length} of ${result.groupCount} shown; -limit N shows more)`);
  return [...lines, ...notes(result.diagnostics, style)];
}

function groupLines(group: WaitGroupResult, style: Style): string[] {
  const more = group.count > group.waiters.length ? [`… and ${group.count - group.waiters.length} more`] : [];
  const inner = [
    ...objectLines(group.objects, style),
    ...group.waiters.map((waiter) => waiterLine(waiter, style)),
    ...more,
  ];
  return [`${group.count} × ${style.paint.bold(sanitize(group.waitsFor))}`, ...inner.map((line) => `\t${line}`)];
}

/** `deadlocks`: cycles, then those that nothing can wake, with what shows it. */
export function renderDeadlocks(result: DeadlocksResult, style: Style): string[] {
  const { cycles, stuck, examined, problem } = result;
  const lines = [
    ...cycles.flatMap((cycle) => [...cycleLines(cycle, style), '']),
    ...stuck.flatMap((each) => [...stuckLines(each, style), '']),
  ];
  if (result.truncated) lines.push('(truncated: there are more)');
  if (cycles.length === 0)
    lines.push(`No goroutines were found that wait for each other's locks (${examined} blocked).`);
  if (problem !== undefined)
    lines.push(style.paint.yellow(`note: which goroutines nothing can wake is not known: ${sanitize(problem)}`));
  else if (stuck.length === 0) {
    const those = cycles.length === 0 ? 'Each blocked goroutine' : 'Each other blocked goroutine';
    lines.push(`${those} waits on something that may still come (all memory was searched).`);
  }
  return [...lines, ...notes(result.diagnostics, style)];
}

function cycleLines({ steps, certainty, behind, behindCount }: CycleResult, style: Style): string[] {
  const head = `${style.paint.red('Deadlock')} (${certainty}): ${plural(steps.length, 'goroutine')} ${steps.length === 1 ? 'waits for itself' : 'wait for each other'}`;
  const rest = behind.map((waiter) => `\tbehind them: ${waiterLine(waiter, style)}`);
  if (behindCount > behind.length) rest.push(`\t… and ${behindCount - behind.length} more`);
  return [head, ...steps.flatMap((step) => stepLines(step, style)).map((line) => `\t${line}`), ...rest];
}

/** `waits to lock mu (sync.Mutex)`, `waits for once (sync.Once)`. */
export function wants(waitsFor: string): string {
  const words = sanitize(waitsFor);
  if (/^(?:lock|receive|send) /.test(words)) return `waits to ${words}`;
  return `waits for ${words.replace(/^wait for /, '')}`;
}

function stepLines({ waiter, waitsFor, object, heldBy }: WaitStepResult, style: Style): string[] {
  return [
    waiterLine(waiter, style),
    `\t${wants(waitsFor)} at ${object.address}: ${sanitize(object.state)}`,
    `\t${ownerLine(heldBy, style)}`,
  ];
}

function stuckLines(stuck: StuckResult, style: Style): string[] {
  const more = stuck.count > stuck.waiters.length ? [`… and ${stuck.count - stuck.waiters.length} more`] : [];
  const inner = [
    ...stuck.waiters.map((waiter) => waiterLine(waiter, style)),
    ...more,
    ...objectLines(stuck.objects, style),
    sanitize(stuck.evidence),
  ];
  const head = `${style.paint.red('Leaked')}: nothing can wake ${plural(stuck.count, 'goroutine')}: ${sanitize(stuck.waitsFor)}`;
  return [head, ...inner.map((line) => `\t${line}`)];
}

/** `goroutine 9 (likely): main.late goes on to line 72: results <- text, now at main.go:70`. */
function wakerLine({ goroutines, count, certainty, reason, location }: WakerResult, style: Style): string {
  const more = count > goroutines.length ? ` and ${count - goroutines.length} more` : '';
  const who = count === 0 ? 'time' : `goroutine${count === 1 ? '' : 's'} ${goroutines.join(', ')}${more}`;
  const where = location === undefined ? '' : `, now at ${fileLine(location, style)}`;
  return `${who} (${certainty}): ${sanitize(reason)}${where}`;
}

/** `why`: the story of one goroutine. */
export function renderWhy(result: WhyResult, style: Style): string[] {
  const lines = [waiterLine(result.goroutine, style)];
  if (result.waitsFor !== undefined) lines.push(wants(result.waitsFor));
  lines.push(...objectLines(result.objects, style).map((line) => `\t${line}`));
  const [, ...further] = result.chain;
  for (const step of further) lines.push(...stepLines(step, style));
  if (result.wakers.length > 0) lines.push('could be woken by:');
  for (const waker of result.wakers) lines.push(`\t${wakerLine(waker, style)}`);
  lines.push(sanitize(result.ending));
  if (result.source?.lines !== undefined) lines.push('', ...sourceLines(result.source.lines, style, ''));
  return [...lines, ...notes(result.diagnostics, style)];
}
