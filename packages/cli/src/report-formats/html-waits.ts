import type { ReportResult, WaiterResult } from '@inquest/engine';
import { plural } from '../render/place.ts';
import { section } from './html-parts.ts';
import { markup, type Html } from './html-text.ts';
import { waitDrawing } from './wait-graph.ts';
import { waitSvg } from './wait-svg.ts';
import { deadlockItems, searchProblem, waitItems, type WaitItem } from './wait-words.ts';
import { placeOf } from './words.ts';

type Shorten = (path: string) => string;

/** Who waits for whom: a drawing, what cannot go on, and what everyone waits for. */
export function waitsSection({ detail }: ReportResult, shorten: Shorten): Html | undefined {
  const waits = detail?.waits;
  if (waits === undefined) return undefined;
  const place = ({ location }: WaiterResult): string =>
    location === undefined ? '' : (placeOf(location, shorten) ?? '').replace(/^.*\//, '');
  const drawing = waitDrawing(waits, place);
  const svg = waitSvg(drawing);
  const problem = searchProblem(waits);
  const { groups, groupCount, total } = waits.waiting;
  const more = groupCount - groups.length;
  return section(`Waits: ${plural(total, 'goroutine')}`, [
    svg === undefined ? undefined : legend(),
    svg === undefined ? undefined : markup`<div class="wide">${svg}</div>`,
    drawing.leftOut === 0 ? undefined : markup`<p class="dim">(${plural(drawing.leftOut, 'more thing')} not drawn)</p>`,
    ...deadlockItems(waits, shorten).map((item) => itemHtml(item, true)),
    problem === undefined ? undefined : markup`<p class="dim">(${problem})</p>`,
    ...waitItems(waits, shorten).map((item) => itemHtml(item, false)),
    more > 0 ? markup`<p class="dim">(${plural(more, 'more group')} not listed)</p>` : undefined,
  ]);
}

function legend(): Html {
  return markup`<p class="legend dim">Who waits, on what, and who holds it, from left to right. <span class="cycle">cannot go on</span> Dashed: refers to it as well, and cannot go on either.</p>`;
}

function itemHtml({ title, lines }: WaitItem, isStuck: boolean): Html {
  const inner = markup`<summary>${title}</summary><pre>${lines.join('\n')}</pre></details>\n`;
  return isStuck ? markup`<details class="stuck">${inner}` : markup`<details>${inner}`;
}
