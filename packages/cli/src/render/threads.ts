import type { ThreadResult } from '@inquest/engine';
import { fileLine } from './place.ts';
import { execLines, type RenderOther } from './exec.ts';
import { sanitize } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';

/** `threads`, as Delve prints them, with the signal that each was dumped with, and what a command answered for each. */
export function renderThreads(threads: readonly ThreadResult[], style: Style, other: RenderOther): string[] {
  return threads.flatMap((thread) => [threadLine(thread, style), ...execLines(thread.exec, style, other)]);
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
