import { DebugError } from '../base/errors.ts';
import { needsLiveProcess } from './live-commands.ts';

/** GDB's settings that are ours by another name. The first group of a pattern is the value, if one was given. */
const SETTINGS: readonly (readonly [pattern: RegExp, rewrite: (value: string) => string])[] = [
  [/^print\s+(?:elements|characters)(?:\s+(\S+))?$/, (value) => `config max-array-values ${limit(value)}`],
  [/^print\s+max-depth(?:\s+(\S+))?$/, (value) => `config max-variable-recurse ${limit(value)}`],
  [/^listsize(?:\s+(\S+))?$/, (value) => `config source-list-line-count ${half(value)}`],
  [/^disassembly-flavor(?:\s+(\S+))?$/, (value) => `config disassemble-flavor ${value === 'att' ? 'gnu' : value}`],
  [/^substitute-path(?:\s+(.+))?$/, (value) => `config substitute-path ${value}`],
  [
    /^debug-file-directory(?:\s+(\S+))?$/,
    (value) => `config debug-info-directories ${value === '' ? '' : `-add ${value}`}`,
  ],
  [/^prompt(?:\s+(.+))?$/, (value) => `config prompt ${value}`],
  [/^logging\s+(?:enabled\s+)?off$/, () => 'transcript -off'],
  [/^logging\s+file\s+(\S+)$/, (value) => `transcript ${value}`],
];

/** GDB's settings that say how it talks. Scripts begin with them, and nothing depends on them here. */
const NO_MATTER =
  /^(pagination|confirm|height|width|verbose|style|history|python|auto-load|debuginfod|logging|print\s+(pretty|address|symbol|array|union|frame-arguments|thread-events|null-stop|object|static-members|vtbl|demangle|asm-demangle|sevenbit-strings|repeats))\b/;

/** GDB's "no limit" and numbers. */
function limit(value: string): string {
  return value === '0' || value === 'unlimited' ? '1000000' : value;
}

/** GDB counts all lines, we those before and those after. */
function half(value: string): string {
  return /^\d+$/.test(value) ? String(Math.floor(Number(value) / 2)) : value;
}

/**
 * Turns GDB's `set X`, `show X` and `unset X` into commands of ours; '' for settings that do not matter. `set` of anything
 * else would write to the process, and is refused. Undefined where `word` means nothing of GDB's.
 */
export function rewriteSettings(word: string, after: string): string | undefined {
  if (word === 'unset') {
    const [, from = ''] = /^substitute-path(?:\s+(\S+))?$/.exec(after) ?? [];
    return after.startsWith('substitute-path') ? `config substitute-path ${from === '' ? '-clear' : from}` : undefined;
  }
  if (word === 'show') {
    if (after === '') return 'config';
    if (/^(version|copying|warranty)/.test(after)) return 'version';
    if (NO_MATTER.test(after))
      throw new DebugError(`there is no setting ${after}`, { code: 'not-found', hint: 'config lists them' });
  } else if (NO_MATTER.test(after) && !/^logging\s+(file|off|enabled\s+off)/.test(after)) return '';
  for (const [pattern, rewrite] of SETTINGS) {
    const match = pattern.exec(after);
    if (match !== null) return rewrite(word === 'show' ? '' : (match[1] ?? '')).trim();
  }
  if (word === 'show') return `config ${after}`;
  throw needsLiveProcess('set');
}
