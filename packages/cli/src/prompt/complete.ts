import { findCommand, isDebugError, splitWords, type Operation, type Parameter, type Session } from '@inquest/engine';

/** Most names offered. */
const LIMIT = 500;

type Completes = NonNullable<Parameter['completes']>;

/** What Tab offers at the end of `line`: whole words that begin with its last part, and that part. */
export function completeLine(line: string, session: Session, operations: readonly Operation[]): [string[], string] {
  const words = splitWords(line).map(({ text }) => text);
  // Behind a space, a new word begins.
  if (line === '' || /\s$/.test(line)) words.push('');
  const start = skipScopes(words, operations);
  const partial = words.at(-1) ?? '';
  if (start === words.length - 1) return [commandNames(partial, operations), partial];
  const operation = operationOf(words[start] ?? '', operations);
  if (operation === undefined) return [[], partial];
  if (partial.startsWith('-')) return [flagNames(partial, operation), partial];
  const completes = operation.parameters.find(({ positional }) => positional === true)?.completes;
  if (completes === undefined) return [[], partial];
  const tail = lastName(partial, completes);
  const names = candidates(completes, tail, session, operations).filter((name) => name.startsWith(tail));
  return [[...new Set(names)].sort().slice(0, LIMIT), tail];
}

/** Index of the word that names the command: behind `goroutine N` and `frame N`. */
function skipScopes(words: readonly string[], operations: readonly Operation[]): number {
  let at = 0;
  while (at + 2 < words.length && /^\d+$/.test(words[at + 1] ?? '')) {
    const name = operationOf(words[at] ?? '', operations)?.name;
    if (name !== 'goroutine' && name !== 'frame') break;
    at += 2;
  }
  return at;
}

function operationOf(word: string, operations: readonly Operation[]): Operation | undefined {
  try {
    return findCommand(word, operations);
  } catch (error) {
    if (isDebugError(error)) return undefined;
    throw error;
  }
}

function commandNames(partial: string, operations: readonly Operation[]): string[] {
  return operations
    .flatMap(({ name, aliases }) => [name, ...(partial === '' ? [] : aliases)])
    .filter((name) => name.startsWith(partial))
    .sort();
}

function flagNames(partial: string, { parameters }: Operation): string[] {
  const bare = partial.replace(/^--?/, '');
  const dashes = partial.startsWith('--') ? '--' : '-';
  return parameters.filter((p) => p.positional !== true && p.name.startsWith(bare)).map((p) => dashes + p.name);
}

/** In an expression the name that is being typed; elsewhere the whole word. */
function lastName(partial: string, completes: Completes): string {
  if (completes !== 'variable') return partial;
  return /[\p{L}\p{N}_.]*$/u.exec(partial)?.[0] ?? '';
}

function candidates(
  completes: Completes,
  prefix: string,
  session: Session,
  operations: readonly Operation[],
): string[] {
  switch (completes) {
    case 'command':
      return operations.map(({ name }) => name);
    case 'goroutine':
      return session.runtime.goroutines.slice(0, LIMIT).map(({ id }) => String(id));
    case 'thread':
      return session.program.target.threads.slice(0, LIMIT).map(({ tid }) => String(tid));
    case 'function':
      return ask('funcs', prefix);
    case 'type':
      return ask('types', prefix);
    case 'package':
      return ask('packages', prefix);
    case 'location':
      return prefix === '' ? [] : [...ask('funcs', prefix), ...fileNames(prefix)];
    case 'file':
    case 'source':
      return ask('sources', prefix);
    case 'variable':
      return [
        ...variableNames('args'),
        ...variableNames('locals'),
        ...(prefix.includes('.') ? variableNames('vars', prefix) : []),
      ];
  }

  function run(name: string, regex: string | undefined): unknown {
    const operation = operations.find((each) => each.name === name);
    try {
      return operation?.run(session, regex === undefined ? {} : { regex });
    } catch (error) {
      if (isDebugError(error)) return undefined;
      throw error;
    }
  }

  function ask(name: string, start: string): string[] {
    const page = run(name, `^${escapeRegex(start)}`) as { items: readonly string[] } | undefined;
    return [...(page?.items ?? [])];
  }

  /** Names of files without their folders, ready for a line number. */
  function fileNames(start: string): string[] {
    const page = run('sources', `/${escapeRegex(start)}[^/]*$`) as { items: readonly string[] } | undefined;
    return (page?.items ?? []).map((file) => `${file.slice(file.lastIndexOf('/') + 1)}:`);
  }

  function variableNames(name: string, start?: string): string[] {
    const regex = start === undefined ? undefined : `^${escapeRegex(start)}`;
    const result = run(name, regex) as { variables: readonly { name: string }[] } | undefined;
    return (result?.variables ?? []).map((variable) => variable.name);
  }
}

function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
