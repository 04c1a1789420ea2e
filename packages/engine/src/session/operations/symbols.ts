import { DebugError } from '../../base/errors.ts';
import type { Dwarf } from '../../dwarf/dwarf.ts';
import { packageOf } from '../../pclntab/function-name.ts';
import { defineOperation, type Operation, type Parameters } from '../operation.ts';
import type { Page } from '../results.ts';
import type { Session } from '../session.ts';

/** The names that match; `names` may leave out those without `part`. */
function sortedPage(
  session: Session,
  parameters: Parameters,
  names: (part: string | undefined) => Iterable<string>,
): Page<string> {
  const filter = session.regex(parameters['regex']);
  const unique = new Set<string>();
  for (const name of names(filter?.literal))
    if (name !== '' && (filter === undefined || filter.test(name))) unique.add(name);
  const sorted = [...unique].sort((a, b) => (a < b ? -1 : 1));
  const { limit } = parameters;
  const most = typeof limit === 'number' && limit >= 0 ? limit : sorted.length;
  return { items: sorted.slice(0, most), total: sorted.length, truncated: most < sorted.length };
}

/** The parameters of the four lists; `limit` counts from the first name. */
const LIST_PARAMETERS = [
  { name: 'regex', kind: 'regex', positional: true, summary: 'only names that match' },
  { name: 'limit', kind: 'number', summary: 'how many at most' },
] as const;

/** Names of DWARF; those of C begin with `C.`, as Delve and cgo write them. */
function* dwarfNames(dwarf: Dwarf, kind: 'function' | 'type', part: string | undefined): Generator<string> {
  // The text may begin in the prefix.
  const own = part?.includes('C.') === true ? undefined : part;
  for (const { name, isGo } of dwarf.iterNames(kind, own)) yield isGo ? name : `C.${name}`;
}

/** The linker's marks in the function table, which are no functions: go:textfipsstart and the like. */
const LINKER_MARK = /^go:(?!struct|interface)/;

/** Names of all functions with code, of C ones too where DWARF tells, and of those that were only inlined. */
export function* functionNames(session: Session, part?: string): Generator<string> {
  const { program } = session;
  for (const { pclntab } of program.modules)
    for (const [, name] of pclntab.names(part)) if (!LINKER_MARK.test(name)) yield name;
  for (const { dwarf } of program.goImages) if (dwarf !== undefined) yield* dwarfNames(dwarf, 'function', part);
  if (program.dwarf === undefined) for (const calls of session.code.inlinedCalls) yield* calls.names();
}

export const funcsOperation: Operation<Page<string>> = defineOperation({
  name: 'funcs',
  aliases: [],
  group: 'symbols',
  summary: 'List functions, optionally those that match a regular expression',
  details: `funcs                    all functions, those that were only inlined included
funcs ^main\\.            those of package main
funcs -limit 20 Close    the first twenty that match
funcs (?i)\\.close$       Close, too: regular expressions are those of Go, here and everywhere`,
  parameters: LIST_PARAMETERS,
  run(session, parameters) {
    requireProgram(session, 'functions');
    return sortedPage(session, parameters, (part) => functionNames(session, part));
  },
});

/** Type parameters of generic functions, which have names of their own in DWARF only. */
const TYPE_PARAMETER = /^\.param\d+$/;

/** Names of all types: from DWARF, else from the descriptors that the runtime keeps. */
export function* typeNames(session: Session, part?: string): Generator<string> {
  const { program, types } = session;
  for (const { dwarf } of program.goImages) {
    if (dwarf === undefined) continue;
    for (const name of dwarfNames(dwarf, 'type', part)) if (!TYPE_PARAMETER.test(name)) yield name;
  }
  if (program.dwarf === undefined) for (const [name] of types.describedNames()) yield name;
}

export const typesOperation: Operation<Page<string>> = defineOperation({
  name: 'types',
  aliases: [],
  group: 'symbols',
  summary: 'List types, optionally those that match a regular expression',
  details: `types                all types
types ^main\\.        those of package main
Stripped programs list the types that the runtime still describes: those that are in interfaces, or reached from such.`,
  parameters: LIST_PARAMETERS,
  run(session, parameters) {
    requireProgram(session, 'types');
    return sortedPage(session, parameters, (part) => typeNames(session, part));
  },
});

export const sourcesOperation: Operation<Page<string>> = defineOperation({
  name: 'sources',
  aliases: [],
  group: 'symbols',
  summary: 'List source files, optionally those that match a regular expression',
  details: `sources              all source files, as compiled in
sources /net/http/   those of a folder
Stripped programs list the files that have code.`,
  parameters: LIST_PARAMETERS,
  run(session, parameters) {
    requireProgram(session, 'source files');
    return sortedPage(session, parameters, () => session.code.sourceFiles);
  },
});

/** Import paths of the packages: from DWARF, and from the names of functions. */
function* packageNames(session: Session): Generator<string> {
  for (const { dwarf } of session.program.goImages) for (const { path } of dwarf?.packages() ?? []) yield path;
  for (const { pclntab } of session.program.modules) {
    for (const [, name] of pclntab.names()) {
      // `type:.eq.T`, `go:…` are the linker's; C functions have no dot, and `_cgo_…` and `_.goready` no package.
      if (/^(?!type\.|go\.|type:|go:)[A-Za-z].*\./.test(name)) yield packageOf(name);
    }
  }
}

export const packagesOperation: Operation<Page<string>> = defineOperation({
  name: 'packages',
  aliases: [],
  group: 'symbols',
  summary: 'List packages, optionally those that match a regular expression',
  details: `packages           import paths of all packages
packages ^net/     those below net`,
  parameters: LIST_PARAMETERS,
  run(session, parameters) {
    requireProgram(session, 'packages');
    return sortedPage(session, parameters, () => packageNames(session));
  },
});

/** Refuses where there is no program to list anything of: an empty list would say that it has none. */
function requireProgram(session: Session, what: string): void {
  if (session.program.modules.length > 0) return;
  throw new DebugError(`without the executable there is no list of ${what}`, {
    code: 'unsupported',
    hint: 'give the executable as well',
  });
}
