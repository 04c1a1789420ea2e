import { DebugError } from '@inquest/engine';
import type { CoreView } from './core-view.ts';
import type { ViewSettings } from './launch.ts';

/** Kinds of the settings of a view; `dlv config` of editors knows them by these names. */
const KINDS: Readonly<Record<keyof ViewSettings, 'number' | 'flag' | 'texts' | 'text'>> = {
  stackTraceDepth: 'number',
  showGlobalVariables: 'flag',
  showRegisters: 'flag',
  showRuntimeFrames: 'flag',
  hideSystemGoroutines: 'flag',
  showPprofLabels: 'texts',
  goroutineFilters: 'text',
};

/** What a command came to, and what of the client's picture has changed. */
export interface ViewAnswer {
  readonly text: string;
  readonly after?: 'threads' | 'variables';
}

/** `config` of settings that are those of the client's view, as in Delve's debug console; undefined for other commands. */
export function viewCommand(view: CoreView, line: string): ViewAnswer | undefined {
  const [, list, key, , rest = ''] = /^config\s+(-list\s+)?(\w+)(\s+(.*))?$/s.exec(line.trim()) ?? [];
  if (key === undefined || !isKey(key)) return undefined;
  const settings: Record<string, unknown> = view.view as unknown as Record<string, unknown>;
  if (list !== undefined || rest.trim() === '') return { text: shown(key, settings[key]) };
  const before = settings[key];
  settings[key] = parse(key, rest.trim());
  try {
    view.threads.checkFilters();
  } catch (error) {
    settings[key] = before;
    throw error;
  }
  view.threads.reset();
  const after = key === 'showGlobalVariables' || key === 'showRegisters' ? 'variables' : 'threads';
  return { text: shown(key, settings[key]), after };
}

function isKey(key: string): key is keyof ViewSettings {
  return Object.hasOwn(KINDS, key);
}

function shown(key: string, value: unknown): string {
  return `${key}\t${value === undefined ? 'unset' : JSON.stringify(value)}`;
}

function parse(key: keyof ViewSettings, text: string): unknown {
  switch (KINDS[key]) {
    case 'number':
      if (!/^[1-9]\d{0,8}$/.test(text)) throw wrong(key, 'a number above 0');
      return Number(text);
    case 'flag':
      if (text !== 'true' && text !== 'false') throw wrong(key, 'true or false');
      return text === 'true';
    case 'texts':
      return text === '-clear' ? [] : text.split(/[\s,]+/);
    case 'text':
      return text === '-clear' ? '' : text;
  }
}

function wrong(key: string, what: string): DebugError {
  return new DebugError(`${key} must be ${what}`, { code: 'usage' });
}
