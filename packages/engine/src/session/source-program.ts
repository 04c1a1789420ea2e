import { packageOf } from '../pclntab/function-name.ts';
import type { Session } from './session.ts';
import type { SourceProgram } from './source-lines.ts';

/** Functions looked at: enough for the largest programs, and an end for tables that are damaged. */
const MOST_FUNCTIONS = 2_000_000;

/** What the program tells of where it was built. Looks at every function: for an explicit question only. */
export function sourceProgram(session: Session): SourceProgram {
  const { modules, main } = session.program;
  const info = main?.buildInfo;
  const samples = new Map<string, string>();
  for (const { pclntab } of modules) {
    for (let i = 0; i < Math.min(pclntab.count, MOST_FUNCTIONS); i++) {
      const name = packageOf(pclntab.nameOf(i));
      const path = name === 'main' ? (info?.path ?? '') : name;
      if (path === '' || samples.has(path)) continue;
      const func = pclntab.at(i);
      const { file } = pclntab.fileLine(func, func.entry);
      // Code that was inlined at the start of a function is from another package's folder.
      if (name === 'main' || inFolderOf(file, path)) samples.set(path, file);
    }
  }
  return {
    goVersion: info?.versionText,
    mainModule: info?.mainModule?.path,
    samples: [...samples].map(([path, file]) => ({ package: path, file })),
  };
}

/** True if a file lies in a folder that is named as the package is, its version left out. */
function inFolderOf(file: string, path: string): boolean {
  const folder = file.split('/').at(-2)?.replace(/@.*$/, '');
  return folder !== undefined && folder === path.split('/').at(-1);
}
