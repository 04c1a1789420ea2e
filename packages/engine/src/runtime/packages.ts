import type { BuildInfo } from '../pclntab/build-info.ts';

/** `(*T).Method` of `example.com/mod/pkg.(*T).Method`: the name without its package's directory. */
export function shortFunctionName(functionName: string): string {
  const bracket = functionName.indexOf('[');
  const plain = bracket < 0 ? functionName : functionName.slice(0, bracket);
  return functionName.slice(plain.lastIndexOf('/') + 1);
}

/** Whose code a package is. `own`: the main module; `dependency`: another module; `standard`: Go's library; `runtime`: its core. */
export type PackageOwner = 'own' | 'dependency' | 'standard' | 'runtime';

/** Plugins built from files, and folders outside GOPATH, have no import path of their own. */
const UNNAMED = /^(plugin\/unnamed-|_\/)/;

/** Tells packages apart by the recorded modules, or else by the rule that import paths outside Go's library have a dot. */
export function packageOwner(path: string, info: BuildInfo | undefined): PackageOwner {
  if (path === 'main' || path.endsWith('_test') || UNNAMED.test(path)) return 'own';
  if (
    path === 'runtime' ||
    path.startsWith('runtime/') ||
    path.startsWith('internal/runtime/') ||
    path === 'internal/bytealg'
  )
    return 'runtime';
  const within = (module: string): boolean => path === module || path.startsWith(`${module}/`);
  if (info?.mainModule !== undefined && info.mainModule.path !== '' && within(info.mainModule.path)) return 'own';
  // Programs of Go's own tree have no module: what lies below the main package is theirs.
  if (info?.path !== undefined && info.path !== '' && within(info.path)) return 'own';
  if (info?.deps.some((dep) => within(dep.path)) === true) return 'dependency';
  const first = path.split('/')[0] ?? '';
  return first.includes('.') ? 'dependency' : 'standard';
}
