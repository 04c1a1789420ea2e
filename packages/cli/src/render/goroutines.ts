import type { GoroutineGroup, GoroutineResult, GoroutinesResult, LocationResult, Parameters } from '@inquest/engine';
import { quoteGo } from '@inquest/engine';
import { fileLine, knownPlaceText, placeText, plural, waitText } from './place.ts';
import { execLines, type RenderOther } from './exec.ts';
import { sanitize } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';
import { frameLines } from './stack.ts';

/** `goroutines`, a line each as Delve prints them, or in groups. */
export function renderGoroutines(
  result: GoroutinesResult,
  style: Style,
  parameters: Parameters,
  other: RenderOther,
): string[] {
  const { goroutines, groups } = result;
  if (groups !== undefined) return groupsLines(result, groups, style, parameters);
  const lines = goroutines.flatMap((goroutine) => goroutineLines(goroutine, style, parameters, other));
  return [...lines, ...goroutinesEnd(result, style, goroutines.length)];
}

/** One goroutine of the list, with what was asked for below it. */
export function goroutineLines(
  goroutine: GoroutineResult,
  style: Style,
  parameters: Parameters,
  other: RenderOther,
): string[] {
  const lines = memberLines(goroutine, style, parameters, '');
  if (goroutine.exec !== undefined) lines.push(...execLines(goroutine.exec, style, other));
  return lines;
}

/** The line behind a list: how many, as Delve counts; what was left out, what is doubtful. */
export function goroutinesEnd(
  { total, truncated, diagnostics }: Omit<GoroutinesResult, 'goroutines'>,
  style: Style,
  count: number,
): string[] {
  const lines = [`[${total} goroutines]`];
  if (truncated) lines.push(`(truncated: ${count} of ${total} shown)`);
  return [...lines, ...diagnostics.map((text) => style.paint.yellow(`note: ${sanitize(text)}`))];
}

function memberLines(goroutine: GoroutineResult, style: Style, parameters: Parameters, indent: string): string[] {
  const lines = [indent + goroutineLine(goroutine, style, parameters)];
  const inner = `${indent}\t`;
  if (parameters['l'] === true) lines.push(...labelLines(goroutine).map((line) => inner + line));
  if (goroutine.stack !== undefined) {
    lines.push(...frameLines(goroutine.stack, style, inner));
    if (goroutine.stackTruncated) lines.push(`${inner}(truncated)`);
  }
  return lines;
}

function groupsLines(
  { groupCount, total, diagnostics }: GoroutinesResult,
  groups: readonly GoroutineGroup[],
  style: Style,
  parameters: Parameters,
): string[] {
  const lines: string[] = [];
  groups.forEach((group, i) => {
    if (group.members === undefined) {
      lines.push(...stackGroupLines(group, style));
      return;
    }
    if (i > 0) lines.push('');
    lines.push(sanitize(group.key));
    for (const member of group.members) lines.push(...memberLines(member, style, parameters, '\t'));
    if (group.count > group.members.length) lines.push('\t…');
    lines.push(`\tTotal: ${group.count}`);
  });
  const count = groupCount ?? groups.length;
  lines.push(`[${total} goroutines in ${plural(count, 'group')}; goroutines -all lists each]`);
  if (groups.length < count)
    lines.push(`(truncated: the ${groups.length} largest of ${count} groups shown; -limit N shows more)`);
  return [...lines, ...diagnostics.map((text) => style.paint.yellow(`note: ${sanitize(text)}`))];
}

function chosenPlace(goroutine: GoroutineResult, parameters: Parameters): [string, LocationResult | undefined] {
  if (parameters['r'] === true) return ['Runtime', goroutine.currentLocation];
  if (parameters['g'] === true) return ['Go', goroutine.goLocation];
  if (parameters['s'] === true) return ['Start', goroutine.startLocation];
  return ['User', goroutine.userLocation];
}

function goroutineLine(goroutine: GoroutineResult, style: Style, parameters: Parameters): string {
  const [word, place] = chosenPlace(goroutine, parameters);
  const mark = goroutine.selected ? '* ' : '  ';
  const thread = goroutine.thread === undefined ? '' : ` (thread ${goroutine.thread})`;
  const crashed = goroutine.crashed ? ` ${style.paint.red('(crashed)')}` : '';
  return `${mark}Goroutine ${goroutine.id} - ${word}: ${knownPlaceText(place, style)}${thread} [${stateText(goroutine)}]${crashed}`;
}

/** `chan receive, 5 minutes`: as the runtime says it. */
function stateText({ status, waitedAtLeast }: GoroutineResult): string {
  const waited = waitedAtLeast === undefined ? '' : waitText(waitedAtLeast);
  return waited === '' ? knownStatus(status) : `${knownStatus(status)}, ${waited}`;
}

const statuses = new Map<string, string>();

/** A status as it may be shown. Goroutines of a core have few, each of which is looked at once. */
function knownStatus(status: string): string {
  let text = statuses.get(status);
  if (text === undefined) statuses.set(status, (text = sanitize(status)));
  return text;
}

function labelLines({ labels }: GoroutineResult): string[] {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => sanitize(`${quoteGo(key)}:${quoteGo(value)}`));
  return pairs.length === 0 ? [] : [`Labels: ${pairs.join(', ')}`];
}

function stackGroupLines(group: GoroutineGroup, style: Style): string[] {
  const more = group.count > group.ids.length ? ' …' : '';
  const system = group.system ? ' (system)' : '';
  const lines = [`${group.count} × [${sanitize(group.status)}] ${placeText(group.location, style)}${system}`];
  lines.push(`\tgoroutines ${group.ids.join(' ')}${more}`);
  if (group.createdBy !== undefined) {
    lines.push(`\tstarted by ${sanitize(group.createdBy.function)} at ${fileLine(group.createdBy, style)}`);
  }
  return lines;
}

/** `goroutine`: everything about one. */
export function renderGoroutine(goroutine: GoroutineResult, style: Style): string[] {
  const thread = goroutine.thread === undefined ? '' : `, thread ${goroutine.thread}`;
  const notes = `${goroutine.system ? ', of the runtime' : ''}${goroutine.crashed ? ', crashed' : ''}`;
  const { switchedFrom } = goroutine;
  const switched = switchedFrom === undefined ? [] : [`Switched from ${switchedFrom} to ${goroutine.id}`];
  const lines = [...switched, `Goroutine ${goroutine.id} [${stateText(goroutine)}]${thread}${notes}`];
  const row = (word: string, place: LocationResult | undefined): void => {
    if (place !== undefined) lines.push(`  ${word.padEnd(8)} ${placeText(place, style)}`);
  };
  row('Runtime:', goroutine.currentLocation);
  row('User:', goroutine.userLocation);
  row('Go:', goroutine.goLocation);
  row('Start:', goroutine.startLocation);
  if (goroutine.parent !== undefined) lines.push(`  Parent:  goroutine ${goroutine.parent}`);
  return [...lines, ...labelLines(goroutine).map((line) => `  ${line}`)];
}
