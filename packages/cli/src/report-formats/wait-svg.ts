import { sanitize } from '../output/sanitize.ts';
import { cut, plural } from '../render/place.ts';
import { markup, type Html } from './html-text.ts';
import type { WaitDrawing } from './wait-graph.ts';
import { waitLayout, type PlacedArrow, type PlacedNode } from './wait-layout.ts';

/** Sizes in pixels: of a box, of the room around it, and of a letter. */
const WIDTH = 194;
const HEIGHT = 40;
const ACROSS = 236;
const DOWN = 62;
const MARGIN = 8;
const LETTER = 6.7;
/** Drawings of more columns than these can be read at their size only, those of fewer are small: they are not made to fit the page. */
const FEWEST_FITTED = 3;
const MOST_FITTED = 5;
/** Length of an arrow's tip. */
const TIP = 8;

/** The drawing: who waits, to the left of what it waits on, and that to the left of who holds it. All texts are titles too. */
export function waitSvg(drawing: WaitDrawing): Html | undefined {
  if (drawing.arrows.length === 0) return undefined;
  const { nodes, arrows, columns, rows } = waitLayout(drawing);
  const width = (columns - 1) * ACROSS + WIDTH + 2 * MARGIN;
  const height = rows * DOWN + 2 * MARGIN;
  const isFitted = columns >= FEWEST_FITTED && columns <= MOST_FITTED;
  return markup`<svg
    class="waits${isFitted ? ' fitted' : ''}"
    viewBox="0 0 ${width} ${height}"
    width="${width}"
    height="${height}"
    role="img"
    aria-label="Who waits for whom: ${plural(drawing.nodes.length, 'node')}; the list below has the same"
  >
    ${arrows.map(arrowSvg)}${nodes.map(nodeSvg)}
  </svg>`;
}

function corner({ column, row }: PlacedNode): { readonly x: number; readonly y: number } {
  return { x: MARGIN + column * ACROSS, y: MARGIN + row * DOWN };
}

function nodeSvg(placed: PlacedNode): Html {
  const { node } = placed;
  const { x, y } = corner(placed);
  const room = Math.floor((WIDTH - 12) / LETTER);
  const [title, detail] = [sanitize(node.title), sanitize(node.detail)];
  const radius = node.kind === 'object' ? HEIGHT / 2 : 4;
  return markup`<g class="${node.kind}${node.isStuck ? ' stuck' : ''}"
    ><title>${title}: ${detail}</title
    ><rect x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="${radius}"
    /><text x="${x + WIDTH / 2}" y="${y + 17}">${cut(title, room)}</text
    ><text class="dim" x="${x + WIDTH / 2}" y="${y + 32}">${cut(detail, room)}</text></g
  >`;
}

function arrowSvg({ arrow, from, to, isBack }: PlacedArrow): Html {
  const [start, end] = [corner(from), corner(to)];
  const middle = HEIGHT / 2;
  const [x, y] = isBack ? [end.x + WIDTH / 2, end.y + HEIGHT] : [end.x, end.y + middle];
  const line = isBack
    ? backPath(start.x + WIDTH / 2, start.y + HEIGHT, x, y + TIP)
    : forthPath(start.x + WIDTH, start.y + middle, x - TIP, y);
  const tip = isBack ? `M${x} ${y}l-4 ${TIP}h8z` : `M${x} ${y}l-${TIP} -4v8z`;
  const kind = `${arrow.kind}${arrow.isCycle ? ' cycle' : ''}`;
  return markup`<path class="arrow ${kind}" d="${line}" /><path class="tip ${kind}" d="${tip}" />`;
}

function forthPath(x1: number, y1: number, x2: number, y2: number): string {
  const bend = (x2 - x1) / 2;
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

/** Below the boxes, back to the left. */
function backPath(x1: number, y1: number, x2: number, y2: number): string {
  const low = Math.max(y1, y2) + (DOWN - HEIGHT) * 0.6;
  return `M${x1} ${y1}C${x1} ${low} ${x1} ${low} ${(x1 + x2) / 2} ${low}S${x2} ${low} ${x2} ${y2}`;
}
