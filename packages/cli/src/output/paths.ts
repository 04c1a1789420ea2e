import type { Style } from './style.ts';

/** `path` relative to the folder of the style where it is below it, as Delve shows it (`./main.go`); else unchanged. */
export function relativePath(path: string, { cwd }: Pick<Style, 'cwd'>): string {
  if (cwd === undefined || cwd === '/' || !path.startsWith(`${cwd}/`)) return path;
  return `./${path.slice(cwd.length + 1)}`;
}

/**
 * Shortens the paths of one page: relative to the folder of the style, or to as many trailing parts as tell them
 * apart, mostly just the base name.
 */
export function pathShortener(paths: readonly string[], style: Pick<Style, 'cwd'>): (path: string) => string {
  const distinct = [...new Set(paths)];
  const tail = (path: string, parts: number): string => path.split('/').slice(-parts).join('/');
  return (path) => {
    const relative = relativePath(path, style);
    if (relative !== path) return relative.slice(2);
    const rivals = distinct.filter((other) => other !== path && tail(other, 1) === tail(path, 1));
    let parts = 1;
    while (rivals.some((other) => tail(other, parts) === tail(path, parts)) && parts < path.split('/').length) parts++;
    return tail(path, parts);
  };
}
