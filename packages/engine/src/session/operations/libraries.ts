import type { Image } from '../../image/image.ts';
import type { Library } from '../../target/libraries.ts';
import { DebugError, hex } from '../../base/errors.ts';
import { defineOperation, type Operation } from '../operation.ts';
import type { LibraryResult } from '../results.ts';
import type { Session } from '../session.ts';

export const librariesOperation: Operation<readonly LibraryResult[]> = defineOperation({
  name: 'libraries',
  aliases: [],
  group: 'symbols',
  summary: 'List the files that were mapped into the process, and where each was found',
  details: `libraries        the executable, shared libraries and plugins, by address
Each is looked for in the folders of --libs, below --sysroot, beside the executable and the core, and at its own path. One
of another build is named and not used. Names of C functions come from their symbols, file and line from separate
debug files (config debug-info-directories). Nothing is downloaded.`,
  parameters: [{ name: 'd', kind: 'number', summary: 'not done: would download debugging information in Delve' }],
  run(session, parameters) {
    if (parameters['d'] !== undefined) {
      throw new DebugError(
        'libraries -d would download debugging information: inquest fetches nothing from a network',
        {
          code: 'unsupported',
          hint: 'put the debug file into a folder, by build ID or by name, and give it with --debug-info-dir DIR',
        },
      );
    }
    return [...executableResult(session), ...libraryResults(session)].sort((a, b) => Number(a.start) - Number(b.start));
  },
});

function executableResult(session: Session): LibraryResult[] {
  const { target, executable } = session.program;
  const parts = target.mappedFiles.filter((file) => file.path === target.executablePath);
  const path = target.executablePath ?? executable?.path;
  if (path === undefined) return [];
  const ids = executable?.buildIds;
  const start = parts.length === 0 ? (executable?.bias ?? 0) : Math.min(...parts.map((file) => file.start));
  return [
    {
      path,
      kind: 'executable',
      start: hex(start),
      end: hex(Math.max(...parts.map((file) => file.end), start)),
      opened: executable !== undefined,
      buildId: ids?.gnu ?? ids?.go,
      ...foundAs(executable),
      problem: executable === undefined ? 'no executable was given' : undefined,
      rejected: [],
      hint: undefined,
    },
  ];
}

function libraryResults(session: Session): LibraryResult[] {
  const { program } = session;
  const { target } = program;
  return target.libraries.paths.flatMap((path) => {
    const library = target.library(path);
    if (library === undefined) return [];
    const image = library.file === undefined ? undefined : program.imageAt(library.start);
    const isData = !library.isCode && library.file === undefined;
    return [
      {
        path,
        kind: isData ? 'data' : 'library',
        start: hex(library.start),
        end: hex(library.end),
        opened: image !== undefined,
        buildId: library.buildId,
        ...foundAs(image),
        problem: isData ? undefined : problemOf(library),
        rejected: library.rejected,
        hint: isData || library.file !== undefined ? undefined : hintFor(path),
      },
    ];
  });
}

function foundAs(image: Image | undefined): Pick<LibraryResult, 'found' | 'debugFile' | 'has'> {
  if (image === undefined) return { found: undefined, debugFile: undefined, has: [] };
  const has: string[] = [];
  if (image.modules.length > 0) has.push('Go');
  if (image.hasDwarf) has.push('DWARF');
  if (image.hasSymbols) has.push('symbols');
  return { found: image.path, debugFile: image.debugFile?.source.name, has };
}

function problemOf({ file, proof, rejected }: Library): string | undefined {
  if (file !== undefined) return proof === 'differs' ? 'another build, used because of --force' : undefined;
  return rejected.length > 0 ? 'no file of the right build was found' : 'not on this machine';
}

/** What the user can do: the package that has it cannot be told from the build ID. */
function hintFor(path: string): string {
  return `copy ${path} from the machine that crashed into a folder and give it with --libs DIR, or all of its files with --sysroot DIR`;
}
