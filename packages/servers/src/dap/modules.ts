import type { DebugProtocol } from '@vscode/debugprotocol';
import type { LibraryResult } from '@inquest/engine';
import type { CoreView } from './core-view.ts';

/** Answers `modules`: the files with code that were mapped. */
export function modules(view: CoreView, args: DebugProtocol.ModulesArguments): DebugProtocol.ModulesResponse['body'] {
  const all = view.ask<readonly LibraryResult[]>('libraries').filter(({ kind }) => kind !== 'data');
  const start = args.startModule ?? 0;
  const count = args.moduleCount ?? 0;
  const shown = all.slice(start, count > 0 ? start + count : all.length);
  return { modules: shown.map(moduleOf), totalModules: all.length };
}

function moduleOf(library: LibraryResult): DebugProtocol.Module & { buildId?: string } {
  const { path, found, buildId, debugFile, has, problem, start, end, kind } = library;
  return {
    id: path,
    name: path.slice(path.lastIndexOf('/') + 1),
    path: found ?? path,
    isUserCode: kind === 'executable',
    symbolStatus: problem ?? (has.length === 0 ? 'no symbols' : has.join(', ')),
    ...(debugFile === undefined ? {} : { symbolFilePath: debugFile }),
    addressRange: `${start}-${end}`,
    ...(buildId === undefined ? {} : { buildId }),
  };
}
