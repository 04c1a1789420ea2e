import { DebugError } from '../../base/errors.ts';
import { decodeUtf8 } from '../../base/text.ts';
import { packageOf } from '../../runtime/packages.ts';
import { sourceAround } from '../source-lines.ts';
import { defineOperation, type Operation, type Parameters } from '../operation.ts';
import type { Page, SourceResult } from '../results.ts';
import type { Session } from '../session.ts';

/** Compiles a user's regular expression, with the complaint in our words. */
export function userRegex(text: unknown): RegExp | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  try {
    return new RegExp(text);
  } catch {
    throw new DebugError(`bad regular expression: ${text}`, { code: 'syntax' });
  }
}

function sortedPage(names: Iterable<string>, parameters: Parameters): Page<string> {
  const filter = userRegex(parameters['regex']);
  const unique = new Set<string>();
  for (const name of names) if (name !== '' && (filter === undefined || filter.test(name))) unique.add(name);
  const sorted = [...unique].sort((a, b) => (a < b ? -1 : 1));
  const limit = typeof parameters['limit'] === 'number' ? parameters['limit'] : sorted.length;
  return { items: sorted.slice(0, limit), total: sorted.length, truncated: limit < sorted.length };
}

const LIST_PARAMETERS = [
  { name: 'regex', kind: 'regex', positional: true, summary: 'only names that match' },
  { name: 'limit', kind: 'number', summary: 'how many at most' },
] as const;

/** Names of all functions with code, inlined-only ones too where DWARF names them. */
export function* functionNames(session: Session): Generator<string> {
  for (const { pclntab } of session.program.modules) {
    for (let i = 0; i < pclntab.count; i++) yield pclntab.nameOf(i);
  }
}

export const funcsOperation: Operation<Page<string>> = defineOperation({
  name: 'funcs',
  aliases: [],
  group: 'symbols',
  summary: 'List functions, optionally those that match a regular expression',
  parameters: LIST_PARAMETERS,
  run: (session, parameters) => sortedPage(functionNames(session), parameters),
});

export const typesOperation: Operation<Page<string>> = defineOperation({
  name: 'types',
  aliases: [],
  group: 'symbols',
  summary: 'List types, optionally those that match a regular expression',
  parameters: LIST_PARAMETERS,
  run(session, parameters) {
    const { dwarf } = session.program;
    if (dwarf === undefined) {
      throw new DebugError('the executable has no DWARF, so there is no list of types', { code: 'unsupported' });
    }
    const names = function* (): Generator<string> {
      for (const { name } of dwarf.iterNames('type')) yield name;
    };
    return sortedPage(names(), parameters);
  },
});

export const sourcesOperation: Operation<Page<string>> = defineOperation({
  name: 'sources',
  aliases: [],
  group: 'symbols',
  summary: 'List source files, optionally those that match a regular expression',
  parameters: LIST_PARAMETERS,
  run: (session, parameters) => sortedPage(sourceFiles(session), parameters),
});

/** All file names of the function tables. */
export function* sourceFiles(session: Session): Generator<string> {
  for (const { pclntab } of session.program.modules) {
    for (const file of pclntab.files()) yield decodeUtf8(file);
  }
}

export const packagesOperation: Operation<Page<string>> = defineOperation({
  name: 'packages',
  aliases: [],
  group: 'symbols',
  summary: 'List packages, optionally those that match a regular expression',
  parameters: LIST_PARAMETERS,
  run(session, parameters) {
    const names = function* (): Generator<string> {
      for (const name of functionNames(session)) if (name.includes('.')) yield packageOf(name);
    };
    return sortedPage(names(), parameters);
  },
});

export const listOperation: Operation<SourceResult> = defineOperation({
  name: 'list',
  aliases: ['ls', 'l'],
  group: 'look',
  summary: 'Show source around the selected frame, a line or a function',
  details: `list              around the selected frame
list 42           around line 42 of the same file
list main.go:42   around a line of a file
list main.main    around the start of a function`,
  parameters: [
    {
      name: 'location',
      kind: 'string',
      positional: true,
      completes: 'function',
      summary: 'line, file:line or function',
    },
  ],
  run(session, parameters) {
    const { file, line } = resolveLocation(session, parameters['location']);
    return sourceAround(session.sources, file, line, session.settings.sourceListLineCount);
  },
});

/** File and line of `42`, `+3`, `file.go:42`, `pkg.Func`; of the selected frame when nothing is given. */
function resolveLocation(session: Session, location: unknown): { file: string; line: number } {
  const text = typeof location === 'number' ? String(location) : typeof location === 'string' ? location.trim() : '';
  if (text === '' || /^[+-]?\d+$/.test(text)) {
    const { file, line } = session.call();
    if (text === '') return { file, line };
    return { file, line: /^[+-]/.test(text) ? line + Number(text) : Number(text) };
  }
  const colon = /^(.*):(\d+)$/.exec(text);
  if (colon !== null) {
    const [, name = '', number = ''] = colon;
    return { file: findSource(session, name), line: Number(number) };
  }
  for (const { pclntab } of session.program.modules) {
    for (let i = 0; i < pclntab.count; i++) {
      const name = pclntab.nameOf(i);
      if (name !== text && !name.endsWith(`/${text}`)) continue;
      const func = pclntab.at(i);
      const { file, line } = pclntab.fileLine(func, func.entry);
      return { file, line: func.startLine || line };
    }
  }
  throw new DebugError(`no function or file:line is called ${text}`, {
    code: 'not-found',
    hint: 'funcs REGEX finds names',
  });
}

function findSource(session: Session, name: string): string {
  const matches: string[] = [];
  for (const file of sourceFiles(session)) {
    if (file === name) return file;
    if (file.endsWith(`/${name}`) && !matches.includes(file)) matches.push(file);
  }
  if (matches.length === 1) return matches[0] as string;
  if (matches.length === 0)
    throw new DebugError(`no source file is called ${name}`, { code: 'not-found', hint: 'sources REGEX finds names' });
  const some = matches.slice(0, 5).join(', ');
  throw new DebugError(`${name} is ambiguous: ${some}${matches.length > 5 ? ' …' : ''}`, { code: 'not-found' });
}
