import { substitutePath, type ColorName, type Settings } from '@inquest/engine';
import picocolors from 'picocolors';
import { terminalSize } from './terminal.ts';

/** How results look: all that a renderer knows of the world. */
export interface Style {
  readonly color: boolean;
  readonly paint: Pick<
    ReturnType<typeof picocolors.createColors>,
    'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan'
  >;
  /** Columns, or Infinity where nothing limits them. */
  readonly width: number;
  /** Paths below it are shown relative. */
  readonly cwd: string | undefined;
  /** Colours of Go source; the identity without colour. */
  highlight(lines: readonly string[]): readonly string[];
  /** The user's colour for a part of the page, else the usual one. */
  tint(part: ColorName, text: string, usual: (text: string) => string): string;
  /** Where a file is for the user: the rules of substitute-path applied to the compiled-in path. */
  readonly localPath: (path: string) => string;
  /** Shown for a tab in source; '' for tab stops. */
  readonly tab: string;
}

/** Colours lines of Go source. `codes` are the user's SGR parameters for keyword, string, number and comment. */
export type Highlighter = (lines: readonly string[], codes: Readonly<Record<string, string>>) => readonly string[];

export type ColorChoice = 'auto' | 'always' | 'never';

/** Whether to colour. The flag goes first, then FORCE_COLOR and CLICOLOR_FORCE, NO_COLOR, TERM=dumb, the terminal. */
export function wantsColor(choice: ColorChoice, env: NodeJS.ProcessEnv, terminal: boolean): boolean {
  if (choice !== 'auto') return choice === 'always';
  const { FORCE_COLOR, CLICOLOR_FORCE, NO_COLOR, TERM } = env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  if (CLICOLOR_FORCE !== undefined && CLICOLOR_FORCE !== '' && CLICOLOR_FORCE !== '0') return true;
  return terminal && TERM !== 'dumb';
}

/** Columns to fill: COLUMNS, then the terminal's, else no limit. */
export function outputWidth(env: NodeJS.ProcessEnv, terminal: boolean): number {
  const columns = Number(env['COLUMNS']);
  if (Number.isInteger(columns) && columns >= 20) return columns;
  return terminal ? (terminalSize()?.columns ?? 80) : Number.POSITIVE_INFINITY;
}

/** Makes a style; `highlight` is only used with colour. */
export function createStyle(
  color: boolean,
  width: number,
  cwd?: string,
  highlight: Highlighter = (lines) => lines,
  settings?: Pick<Settings, 'colors' | 'substitutePath' | 'tab'>,
): Style {
  const codeOf = (part: ColorName): string => settings?.colors[part] ?? '';
  const codes: Record<string, string> = {};
  for (const word of ['keyword', 'string', 'number', 'comment'] as const) {
    const code = codeOf(`source-list-${word}`);
    if (code !== '') codes[word] = code;
  }
  return {
    color,
    width,
    cwd,
    paint: picocolors.createColors(color),
    highlight: color ? (lines) => highlight(lines, codes) : (lines) => lines,
    tint(part, text, usual) {
      const code = color ? codeOf(part) : '';
      return code === '' ? usual(text) : `\u001b[${code}m${text}\u001b[0m`;
    },
    localPath: (path) => substitutePath(path, settings?.substitutePath ?? []) ?? path,
    tab: settings?.tab ?? '',
  };
}
