import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { substitutePath, type PathRule, type SourceProgram } from '@inquest/engine';
import { findGoTree, findModuleRoot, moduleCache } from './go-folders.ts';

/**
 * Guesses rules by comparing where packages were compiled with where the same modules, the Go tree and the module cache
 * are here. Only rules that make a file be found which is not at its compiled-in path.
 */
export function guessRules(
  program: SourceProgram,
  { folders, env }: { readonly folders: readonly string[]; readonly env: NodeJS.ProcessEnv },
): readonly PathRule[] {
  const rules: PathRule[] = [];
  const roots = folders.map(findModuleRoot).filter((root) => root !== undefined);
  const goTree = findGoTree(program.goVersion, env);
  for (const { package: path, file } of program.samples) {
    if (!file.startsWith('/') || existsSync(file)) continue;
    if (substitutePath(file, rules) !== undefined) continue;
    const guess = guessRule(path, file, { roots, goTree, cache: moduleCache(env) });
    const found = guess === undefined ? undefined : substitutePath(file, [guess]);
    if (guess !== undefined && found !== undefined && existsSync(found)) rules.push(guess);
  }
  return rules;
}

interface Places {
  readonly roots: readonly { readonly folder: string; readonly module: string }[];
  readonly goTree: string | undefined;
  readonly cache: string;
}

function guessRule(path: string, file: string, { roots, goTree, cache }: Places): PathRule | undefined {
  const inCache = /^(.*\/pkg\/mod)\/.+@v/.exec(file)?.[1];
  if (inCache !== undefined) return { from: inCache, to: cache };
  const folder = file.slice(0, file.lastIndexOf('/'));
  const root = roots.find(({ module }) => path === module || path.startsWith(`${module}/`));
  if (root !== undefined) {
    const below = path.slice(root.module.length);
    return folder.endsWith(below)
      ? { from: folder.slice(0, folder.length - below.length), to: root.folder }
      : undefined;
  }
  const inTree = folder.endsWith(`/src/${path}`) ? folder.slice(0, -`/src/${path}`.length) : undefined;
  if (inTree === undefined || goTree === undefined || /^[^/]*\./.test(path)) return undefined;
  return { from: join(inTree, 'src'), to: join(goTree, 'src') };
}
