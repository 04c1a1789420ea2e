import type { SourceResult } from './results.ts';

/** Finds source files; hosts implement it. Paths are as compiled in. */
export interface SourceProvider {
  /** The file's lines, or undefined when it is not at hand. */
  read(path: string): readonly string[] | undefined;
  /** True if the file has not been changed since the program was built: only then may conclusions rest on it. */
  isAsBuilt?(path: string): boolean;
}

/** The lines around `line`, `context` before and after. */
export function sourceAround(sources: SourceProvider, file: string, line: number, context: number): SourceResult {
  if (file === '' || line <= 0)
    return { file, line, lines: undefined, problem: 'no source line is known for this place' };
  const text = sources.read(file);
  if (text === undefined)
    return { file, line, lines: undefined, problem: `the source is not on this machine: ${file}` };
  if (line > text.length) {
    return {
      file,
      line,
      lines: undefined,
      problem: `${file} has only ${text.length} lines: it is not the version that was compiled`,
    };
  }
  const first = Math.max(1, line - context);
  const last = Math.min(text.length, line + context);
  const lines = [];
  for (let number = first; number <= last; number++) {
    lines.push({ number, text: text[number - 1] ?? '', current: number === line });
  }
  return { file, line, lines, problem: undefined };
}
