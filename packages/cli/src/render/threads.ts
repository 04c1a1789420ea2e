import type { LibraryResult, ThreadResult } from '@inquest/engine';
import { fileLine, pad } from './place.ts';
import { sanitize } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';

/** `threads`, as Delve prints them, with the signal that each was dumped with. */
export function renderThreads(threads: readonly ThreadResult[], style: Style): string[] {
  return threads.map((thread) => threadLine(thread, style));
}

export function threadLine(thread: ThreadResult, style: Style): string {
  const place = thread.location;
  const where =
    place === undefined
      ? ''
      : ` at ${place.pc} ${fileLine(place, style)} ${style.paint.bold(sanitize(place.function))}`;
  const goroutine = thread.goroutine === undefined ? '' : ` (goroutine ${thread.goroutine})`;
  const signal = thread.signal === undefined ? '' : ` [${sanitize(thread.signal)}]`;
  const crashed = thread.crashed ? ` ${style.paint.red('(crashed)')}` : '';
  return `${thread.selected ? '* ' : '  '}Thread ${thread.id}${where}${goroutine}${signal}${crashed}`;
}

/** `thread`: the selected one, and which it was before. */
export function renderThread(thread: ThreadResult, style: Style): string[] {
  const { switchedFrom } = thread;
  const switched = switchedFrom === undefined ? [] : [`Switched from ${switchedFrom} to ${thread.id}`];
  return [...switched, threadLine(thread, style)];
}

/** `libraries`: the mapped files, and whether they could be opened. */
export function renderLibraries(libraries: readonly LibraryResult[], style: Style): string[] {
  if (libraries.length === 0) return ['(no mapped files)'];
  const ranges = libraries.map(({ start, end }) => `${start}-${end}`);
  const width = Math.max(...ranges.map((range) => range.length));
  return libraries.map((library, i) => {
    const problem = library.problem === undefined ? '' : `  ${style.paint.yellow(`(${sanitize(library.problem)})`)}`;
    return `${pad(ranges[i] ?? '', width)}  ${sanitize(library.path)}${problem}`;
  });
}
