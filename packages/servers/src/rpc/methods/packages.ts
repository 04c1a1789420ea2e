import { DebugError, kindNumber, sourceProgram, type Kind, type WhatisResult } from '@inquest/engine';
import type { Fields } from '../parameters.ts';
import type { RpcSession } from '../rpc-session.ts';
import type { Methods } from './method.ts';

/** The packages of the program: where each was compiled, and its files. */
function listPackages({ session }: RpcSession, parameters: Fields): unknown {
  const filter = session.regex(parameters.text('Filter'));
  const withFiles = parameters.flag('IncludeFiles');
  const List = sourceProgram(session)
    .samples.filter(({ package: path }) => filter?.test(path) !== false)
    .map(({ package: ImportPath, file }) => {
      const DirectoryPath = folderOf(file);
      const Files = withFiles
        ? session.code.sourceFiles.filter((each) => folderOf(each) === DirectoryPath).sort()
        : null;
      return { ImportPath, DirectoryPath, Files };
    })
    .sort((a, b) => (a.ImportPath < b.ImportPath ? -1 : 1));
  return { List };
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/'));
}

/** Pairs of folders: where sources were compiled, and where the client has them, by what it says of itself. */
function guessSubstitutePath({ session }: RpcSession, parameters: Fields): unknown {
  const client = parameters.object('Args');
  const goTree = client.text('ClientGOROOT');
  const modules = client.object('ClientModuleDirectories').entries();
  const { samples } = sourceProgram(session);
  const pairs: (readonly [string, string])[] = [];
  const runtime = samples.find(({ package: path }) => path === 'runtime');
  if (goTree !== '' && runtime !== undefined) pairs.push([runtime.file.replace(/\/src\/runtime\/[^/]*$/, ''), goTree]);
  for (const [module, folder] of modules) {
    if (typeof folder !== 'string') continue;
    const compiled = samples
      .map(({ package: path, file }) => moduleFolder(module, path, file))
      .find((each) => each !== undefined);
    if (compiled !== undefined) pairs.push([compiled, folder]);
  }
  return { List: pairs.filter(([from, to]) => from !== to) };
}

/** Where a module was compiled, by a file of one of its packages. */
function moduleFolder(module: string, path: string, file: string): string | undefined {
  if (path !== module && !path.startsWith(`${module}/`)) return undefined;
  const folder = folderOf(file);
  const below = path.slice(module.length);
  return folder.endsWith(below) ? folder.slice(0, folder.length - below.length) : undefined;
}

/** Folders in which debug information is looked for; a client may set them, for itself. */
function debugInfoDirectories({ session }: RpcSession, parameters: Fields): unknown {
  if (parameters.flag('Set')) session.configuration.set('debug-info-directories', parameters.texts('List'));
  return { List: session.settings.debugInfoDirectories };
}

function typeInfo(client: RpcSession, parameters: Fields): unknown {
  const found = client.ask<WhatisResult>('whatis', { expression: parameters.text('Name') });
  if (!found.isType)
    throw new DebugError("no type entry found, use 'types' for a list of valid types", { code: 'not-found' });
  const { kind, size, fields } = found;
  // Of methods that the linker left out nothing can be called.
  const methods = kind === 'interface' ? found.methods : found.methods.filter((each) => each.function !== undefined);
  return {
    TypeInfo: {
      Kind: kindNumber(kind === 'ptr' ? 'pointer' : (kind as Kind)),
      Size: size,
      RealType: '',
      Fields: orNull(fields.map(({ name, type }) => ({ Name: name, Type: type }))),
      Methods: orNull(methods.map(({ name, function: func }) => ({ Name: func ?? name }))),
    },
  };
}

function orNull<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list;
}

export const PACKAGE_METHODS: Methods = {
  DebugInfoDirectories: debugInfoDirectories,
  GuessSubstitutePath: guessSubstitutePath,
  ListPackagesBuildInfo: listPackages,
  TypeInfo: typeInfo,
};
