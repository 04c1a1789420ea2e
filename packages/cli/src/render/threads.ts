import type { LibraryResult, RegisterResult, ThreadResult } from '@inquest/engine';
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

/** `regs`: name and value, and what code an address is in. */
export function renderRegisters(registers: readonly RegisterResult[], style: Style): string[] {
  const width = Math.max(0, ...registers.map(({ name }) => name.length));
  return registers.map(({ name, value, note }) => {
    const behind = note === undefined ? '' : `  ${style.paint.dim(sanitize(note))}`;
    return `${sanitize(name).padStart(width + 2)} = ${value}${behind}`;
  });
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
