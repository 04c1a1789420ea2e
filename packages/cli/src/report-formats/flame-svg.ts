import { sanitize } from '../output/sanitize.ts';
import { cut, plural } from '../render/place.ts';
import type { FlameNode } from './flame-tree.ts';
import { markup, type Html } from './html-text.ts';
import { ownerOfPackage } from './package-of-name.ts';

/** Units of the drawing; a row is one call. */
const WIDTH = 1200;
const ROW = 20;
const LETTER = 6.7;
/** Narrower boxes are not drawn, and no more boxes than these. */
const NARROWEST = 1.5;
const MOST_BOXES = 4000;

interface Box {
  readonly node: FlameNode;
  readonly x: number;
  readonly width: number;
  readonly depth: number;
}

/** The drawing, the outermost calls on top: the wider, the more goroutines. Names are titles too, so it needs no script. */
export function flameSvg(root: FlameNode, mainPackage: string | undefined): Html {
  const boxes: Box[] = [];
  // A list of work and not a recursion: the outer boxes come first, so that a limit cuts the deepest.
  const work: Box[] = [{ node: root, x: 0, width: WIDTH, depth: 0 }];
  for (let box = work.shift(); box !== undefined && boxes.length < MOST_BOXES; box = work.shift()) {
    if (box.depth > 0) boxes.push(box);
    let { x } = box;
    for (const child of box.node.children) {
      const width = (WIDTH * child.count) / root.count;
      if (width >= NARROWEST) work.push({ node: child, x, width, depth: box.depth + 1 });
      x += width;
    }
  }
  const depth = Math.max(0, ...boxes.map((box) => box.depth));
  const height = depth * ROW;
  return markup`<svg
    class="flame"
    viewBox="0 0 ${WIDTH} ${height}"
    role="img"
    aria-label="Stacks of ${plural(root.count, 'goroutine')}, merged; the list below has the same"
  >
    ${boxes.map((box) => boxSvg(box, root.count, mainPackage))}
  </svg>`;
}

function boxSvg({ node, x, width, depth }: Box, total: number, mainPackage: string | undefined): Html {
  const name = sanitize(node.name);
  const room = Math.floor((width - 6) / LETTER);
  const y = (depth - 1) * ROW;
  const share = ((100 * node.count) / total).toFixed(node.count === total ? 0 : 1);
  const text = room < 3 ? undefined : markup`<text x="${round(x + 4)}" y="${y + 14}">${fitted(name, room)}</text>`;
  return markup`<g class="${ownerOfPackage(node.package, mainPackage)}"
    ><title>${name}: ${plural(node.count, 'goroutine')} (${share} %)</title
    ><rect x="${round(x)}" y="${y}" width="${round(Math.max(0.5, width - 1))}" height="${ROW - 1}" rx="2" />${text}</g
  >`;
}

/** The last part of the path says the most. */
function fitted(name: string, room: number): string {
  const short = name.length <= room ? name : name.slice(name.lastIndexOf('/') + 1);
  return cut(short, room);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
