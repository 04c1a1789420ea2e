/** Paths that begin with `from` lie below `to` on this machine. */
export interface PathRule {
  readonly from: string;
  readonly to: string;
}

const SEPARATOR = /[/\\]/;

/**
 * Applies the first rule that matches; undefined when none does. A rule matches whole parts of a path: `/a` applies to
 * `/a/x.go`, not to `/ab/x.go`. A rule from '' applies to relative paths, as programs built with -trimpath have them.
 */
export function substitutePath(path: string, rules: readonly PathRule[]): string | undefined {
  for (const { from, to } of rules) {
    const rest = restBehind(path, from);
    if (rest === undefined) continue;
    if (rest === '' || to === '') return to + rest;
    const base = SEPARATOR.test(to.charAt(to.length - 1)) ? to.slice(0, -1) : to;
    return `${base}/${rest}`;
  }
  return undefined;
}

/** Every path that the rules may have made `path` from: the way back, for locations that a user types. */
export function unsubstitutePath(path: string, rules: readonly PathRule[]): string[] {
  const out: string[] = [];
  for (const { from, to } of rules) {
    const back = substitutePath(path, [{ from: to, to: from }]);
    if (back !== undefined && back !== path && substitutePath(back, rules) === path) out.push(back);
  }
  return out;
}

/** What of `path` lies behind `from`, without the separator; undefined if `path` is not there. */
function restBehind(path: string, from: string): string | undefined {
  if (from === '') return SEPARATOR.test(path.charAt(0)) || /^[A-Za-z]:/.test(path) ? undefined : path;
  const base = from.length > 1 && SEPARATOR.test(from.charAt(from.length - 1)) ? from.slice(0, -1) : from;
  if (!path.startsWith(base)) return undefined;
  const rest = path.slice(base.length);
  if (rest === '' || base === '/') return rest;
  return SEPARATOR.test(rest.charAt(0)) ? rest.slice(1) : undefined;
}
