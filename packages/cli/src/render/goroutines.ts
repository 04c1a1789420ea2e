import type { GoroutineGroup, GoroutineResult, GoroutinesResult, LocationResult, Parameters } from '@inquest/engine';
import { fileLine, placeText, plural } from './place.ts';
import { sanitize } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';
import { frameLines } from './stack.ts';

/** `goroutines`, a line each as Delve prints them. */
export function renderGoroutines(result: GoroutinesResult, style: Style, parameters: Parameters): string[] {
  const lines: string[] = [];
  for (const group of result.groups ?? []) lines.push(...groupLines(group, style));
  for (const goroutine of result.goroutines) {
    lines.push(goroutineLine(goroutine, style, parameters));
    if (parameters['l'] === true) lines.push(...labelLines(goroutine));
    if (goroutine.stack !== undefined) lines.push(...frameLines(goroutine.stack, style, '\t'));
  }
  const groups = result.groups === undefined ? '' : ` in ${plural(result.groups.length, 'group')}`;
  lines.push(`[${plural(result.total, 'goroutine')}${groups}]`);
  if (result.truncated) lines.push(`(truncated: ${result.goroutines.length} of ${result.total} shown)`);
  for (const diagnostic of result.diagnostics) lines.push(style.paint.yellow(`note: ${sanitize(diagnostic)}`));
  return lines;
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
  return `${mark}Goroutine ${goroutine.id} - ${word}: ${placeText(place, style)}${thread} [${sanitize(goroutine.status)}]${crashed}`;
}

function labelLines(goroutine: GoroutineResult): string[] {
  const labels = Object.entries(goroutine.labels ?? {}).map(([key, value]) => `${sanitize(key)}=${sanitize(value)}`);
  return labels.length === 0 ? [] : [`\tLabels: ${labels.join(', ')}`];
}

function groupLines(group: GoroutineGroup, style: Style): string[] {
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
  const lines = [`Goroutine ${goroutine.id} [${sanitize(goroutine.status)}]${thread}${notes}`];
  const row = (word: string, place: LocationResult | undefined): void => {
    if (place !== undefined) lines.push(`  ${word.padEnd(8)} ${placeText(place, style)}`);
  };
  row('Runtime:', goroutine.currentLocation);
  row('User:', goroutine.userLocation);
  row('Go:', goroutine.goLocation);
  row('Start:', goroutine.startLocation);
  if (goroutine.parent !== undefined) lines.push(`  Parent:  goroutine ${goroutine.parent}`);
  return [...lines, ...labelLines(goroutine).map((line) => `  ${line.trim()}`)];
}
