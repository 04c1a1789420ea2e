import type { GoroutineGroup, ReportResult } from '@inquest/engine';
import { sanitize } from '../output/sanitize.ts';
import { plural } from '../render/place.ts';
import { flameSvg } from './flame-svg.ts';
import { flameTree } from './flame-tree.ts';
import { section } from './html-parts.ts';
import { markup, type Html } from './html-text.ts';
import { functionName, groupNumbers, placeOf, stackText } from './words.ts';

type Shorten = (path: string) => string;

/** Groups that are listed. */
const MOST_GROUPS = 500;

/** All goroutines: their stacks merged in a drawing, and the groups of the others. */
export function goroutineSection(report: ReportResult, shorten: Shorten): Html | undefined {
  const { others, goroutineCount, detail } = report;
  if (others.length === 0) return undefined;
  const tree = flameTree(report);
  const listed = others.slice(0, MOST_GROUPS);
  const groups = listed.map((group) => groupHtml(group, report, shorten));
  const more = others.length - listed.length;
  const left = detail?.stacksLeftOut ?? 0;
  const notes = [
    more > 0 ? `${plural(more, 'more group')} not listed` : '',
    left > 0 ? `the stacks of ${plural(left, 'smaller group')} are left out` : '',
  ].filter((note) => note !== '');
  return section(`${plural(goroutineCount, 'goroutine')}`, [
    tree === undefined ? undefined : legend(),
    tree === undefined ? undefined : flameSvg(tree, report.program.mainPackage),
    markup`<h3>Other goroutines, ${plural(others.length, 'group')}</h3>\n`,
    ...groups,
    notes.length === 0 ? undefined : markup`<p class="dim">(${notes.join('; ')})</p>`,
  ]);
}

function legend(): Html {
  return markup`<p class="legend dim">Stacks of all goroutines, merged; outermost calls on top, width by count. <span class="own">program</span><span class="other">dependencies</span><span class="standard">standard library</span><span class="runtime">runtime</span></p>`;
}

function groupHtml(group: GoroutineGroup, { detail }: ReportResult, shorten: Shorten): Html {
  const { location, createdBy } = group;
  const stack = detail?.stacks.find(({ key }) => key === group.key);
  const place = location === undefined ? '?' : (placeOf(location, shorten) ?? '?');
  const name = location === undefined ? '?' : functionName(location);
  const system = group.system ? ', of the runtime' : '';
  const created =
    createdBy === undefined
      ? undefined
      : markup`<p class="dim">created by <code>${functionName(createdBy)}</code> at ${placeOf(createdBy, shorten) ?? '?'}</p>`;
  const frames = stack?.frames ?? [];
  const lines = [...stackText(frames, shorten), ...(stack?.truncated === true ? ['…'] : [])].join('\n');
  const trace = frames.length === 0 ? undefined : markup`<pre>${lines}</pre>`;
  return markup`<details><summary><span class="count">${group.count}&nbsp;&times;</span>[${sanitize(group.status)}] <code>${name}</code> <span class="place">${place}${system}</span></summary><p class="dim">${groupNumbers(group)}</p>${trace}${created}</details>\n`;
}
