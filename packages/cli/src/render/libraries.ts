import type { LibraryResult } from '@inquest/engine';
import { sanitize } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';
import { pad } from './place.ts';

/** `libraries`: the mapped files by address, what each was found as, and what is wrong with the others. */
export function renderLibraries(libraries: readonly LibraryResult[], style: Style): string[] {
  if (libraries.length === 0) return ['(no mapped files)'];
  const ranges = libraries.map(({ start, end }) => `${start}-${end}`);
  const width = Math.max(...ranges.map((range) => range.length));
  return libraries.flatMap((library, i) => [
    `${pad(ranges[i] ?? '', width)}  ${sanitize(library.path)}`,
    ...detailLines(library, style).map((line) => `${' '.repeat(width + 4)}${line}`),
  ]);
}

function detailLines(library: LibraryResult, style: Style): string[] {
  const { paint } = style;
  if (library.kind === 'data') return [paint.dim('data')];
  const lines: string[] = [];
  const has = library.has.length === 0 ? 'nothing that explains its code' : library.has.join(', ');
  const id = library.buildId === undefined ? '' : `build ID ${sanitize(library.buildId)}`;
  const where = library.found === undefined || library.found === library.path ? '' : sanitize(library.found);
  const facts = [id, library.opened ? has : '', where].filter((fact) => fact !== '');
  if (facts.length > 0) lines.push(paint.dim(facts.join(', ')));
  if (library.debugFile !== undefined) lines.push(paint.dim(`debugging information in ${sanitize(library.debugFile)}`));
  for (const why of library.rejected) lines.push(paint.yellow(sanitize(why)));
  if (library.problem !== undefined) lines.push(paint.yellow(sanitize(library.problem)));
  if (library.hint !== undefined) lines.push(sanitize(library.hint));
  return lines;
}
