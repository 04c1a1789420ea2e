import { escapeRegex } from '@inquest/engine';

/** Where the kernel sends core dumps: /proc/sys/kernel/core_pattern, understood. */
export type CorePattern =
  /** A file; `path` has its specifiers still, and those that the kernel adds. */
  | { readonly kind: 'file'; readonly path: string }
  /** A program that gets the core as its standard input. */
  | { readonly kind: 'pipe'; readonly handler: CoreHandler; readonly words: readonly string[] }
  /** A socket that a daemon listens on (Linux 6.16 and later). */
  | { readonly kind: 'socket'; readonly path: string }
  /** Nothing is written. */
  | { readonly kind: 'none' };

/** Programs that are known to receive cores. */
export type CoreHandler = 'systemd' | 'apport' | 'abrt' | 'wsl' | 'discard' | 'other';

const HANDLERS: readonly (readonly [RegExp, CoreHandler])[] = [
  [/\/systemd-coredump$/, 'systemd'],
  [/\/apport$/, 'apport'],
  [/\/abrt-hook-ccpp$/, 'abrt'],
  [/\/wsl-capture-crash$/, 'wsl'],
  [/\/(?:false|true)$/, 'discard'],
];

/**
 * Understands the text of core_pattern, as fs/coredump.c does. `usesPid` is core_uses_pid: the process's number is then
 * added to the name of a file that does not have it.
 */
export function parseCorePattern(text: string, usesPid: boolean): CorePattern {
  const pattern = text.replace(/\n$/, '');
  if (pattern.startsWith('|')) {
    const words = pattern
      .slice(1)
      .split(/\s+/)
      .filter((word) => word !== '');
    const [program = ''] = words;
    const known = HANDLERS.find(([expression]) => expression.test(program));
    return { kind: 'pipe', handler: known?.[1] ?? 'other', words };
  }
  if (pattern.startsWith('@')) return { kind: 'socket', path: pattern.replace(/^@+/, '') };
  const path = usesPid && !/%[pP]/.test(pattern.replaceAll('%%', '')) ? `${pattern}.%p` : pattern;
  return path === '' ? { kind: 'none' } : { kind: 'file', path };
}

/** Values for the specifiers of a pattern, by letter. */
export type PatternValues = Readonly<Partial<Record<string, string>>>;

/** What stands for a specifier whose value comes with the crash. */
const PLACEHOLDERS: PatternValues = {
  p: 'PID',
  P: 'PID',
  i: 'TID',
  I: 'TID',
  u: 'UID',
  g: 'GID',
  d: 'DUMPABLE',
  s: 'SIGNAL',
  t: 'TIME',
  h: 'HOST',
  e: 'NAME',
  f: 'NAME',
  E: 'PATH',
  c: 'LIMIT',
  C: 'CPU',
  F: 'PIDFD',
};

/** A pattern with its specifiers replaced: by `values` where these are known, else by words in capitals. */
export function expandPattern(pattern: string, values: PatternValues): string {
  return replaceSpecifiers(pattern, (letter) => {
    const value = values[letter];
    return value === undefined ? (PLACEHOLDERS[letter] ?? '') : tame(value);
  });
}

/** True if what the pattern names depends on more than `values`. */
export function isOpenEnded(pattern: string, values: PatternValues): boolean {
  let open = false;
  replaceSpecifiers(pattern, (letter) => {
    open ||= values[letter] === undefined && PLACEHOLDERS[letter] !== undefined;
    return '';
  });
  return open;
}

/** The names that one component of a pattern can have; a specifier without a value stands for anything. */
export function patternToRegExp(component: string, values: PatternValues): RegExp {
  const any = '[^/]*';
  // Text between specifiers is escaped, and so is what stands for %%.
  const parts = component.split(/(%%|%.|%$)/su).map((part) => {
    if (part === '%%') return '%';
    if (!part.startsWith('%')) return escapeRegex(part);
    const value = values[part.slice(1)];
    return part === '%'
      ? ''
      : value === undefined
        ? part.slice(1) in PLACEHOLDERS
          ? any
          : ''
        : escapeRegex(tame(value));
  });
  return new RegExp(`^${parts.join('')}$`, 'su');
}

/** The kernel drops what it does not know, and a % at the end. */
function replaceSpecifiers(pattern: string, replace: (letter: string) => string): string {
  return pattern.replace(/%(.?)/gsu, (_all, letter: string) =>
    letter === '%' ? '%' : letter === '' ? '' : replace(letter),
  );
}

/** A value cannot leave its place in the path: the kernel writes ! for a slash. */
function tame(value: string): string {
  return value.replaceAll('/', '!');
}
