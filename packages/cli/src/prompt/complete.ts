import {
  escapeRegex,
  evaluateLive,
  findCommand,
  INFO_TOPICS,
  isDebugError,
  LIVE_COMMANDS,
  packageOf,
  SCALARS,
  SETTING_KEYS,
  splitWords,
  type Operation,
  type Parameter,
  type Session,
} from '@inquest/engine';
import { TOPICS } from '../help-topics.ts';
import { completePath } from './complete-path.ts';

/** Most names offered. */
const LIMIT = 500;

type Completes = NonNullable<Parameter['completes']>;

/** What is known where Tab is pressed. */
interface Place {
  readonly session: Session;
  readonly operations: readonly Operation[];
  /** The words behind the command, the last of which is being typed. */
  readonly words: readonly string[];
}

/**
 * What Tab offers at the end of `line`: whole words that begin with its last part, and that part. A space follows where there
 * is but one, unless more of the word may be typed. Without a session no names of the program are offered.
 */
export function completeLine(
  line: string,
  session: Session | undefined,
  operations: readonly Operation[],
): [string[], string] {
  const { names, tail, whole } = offers(line, session, operations);
  const [only] = names;
  const ended = whole && names.length === 1 && only !== undefined && !only.endsWith('/');
  return [ended ? [`${only} `] : [...names], tail];
}

interface Offers {
  readonly names: readonly string[];
  readonly tail: string;
  /** True if nothing can be added to a name. */
  readonly whole: boolean;
}

/** What can go on, such as an expression or a line number behind a file. */
const OPEN: ReadonlySet<Completes> = new Set<Completes>([
  'variable',
  'location',
  'function',
  'type',
  'package',
  'file',
  'source',
]);

/** An expression that ends within a string. */
const OPEN_STRING = /^(?:[^"`]|"(?:[^"\\]|\\.)*"|`[^`]*`)*(?:"(?:[^"\\]|\\.)*|`[^`]*)$/s;

function offers(line: string, session: Session | undefined, operations: readonly Operation[]): Offers {
  const words = splitWords(line).map(({ text }) => text);
  // Behind a space, a new word begins.
  if (line === '' || /\s$/.test(line)) words.push('');
  const start = skipScopes(words, operations);
  const partial = words.at(-1) ?? '';
  if (start === words.length - 1) return { names: commandNames(partial, operations), tail: partial, whole: true };
  const nothing: Offers = { names: [], tail: partial, whole: true };
  if (words[start] === 'info') return { ...nothing, names: INFO_TOPICS.filter((topic) => topic.startsWith(partial)) };
  const operation = operationOf(words[start] ?? '', operations);
  if (operation === undefined) return nothing;
  const rest = words.slice(start + 1);
  const completes = positionalAt(operation, rest)?.completes;
  if (partial.startsWith('-') && completes !== 'setting-value')
    return { ...nothing, names: flagNames(partial, operation) };
  if (completes === undefined || (completes === 'variable' && OPEN_STRING.test(partial))) return nothing;
  const tail = lastName(partial, completes);
  const names = candidates(completes, tail, { session, operations, words: rest });
  const fitting = [...new Set(names.filter((name) => name.startsWith(tail)))].sort().slice(0, LIMIT);
  return { names: fitting, tail, whole: !OPEN.has(completes) };
}

/** Index of the word that names the command: behind `goroutine N` and `frame N`. */
function skipScopes(words: readonly string[], operations: readonly Operation[]): number {
  let at = 0;
  while (at + 2 < words.length && /^-?\d+$/.test(words[at + 1] ?? '')) {
    const name = operationOf(words[at] ?? '', operations)?.name;
    if (name !== 'goroutine' && name !== 'frame') break;
    at += 2;
  }
  return at;
}

function operationOf(word: string, operations: readonly Operation[]): Operation | undefined {
  return orNothing(() => findCommand(word, operations));
}

/** The parameter that the last word is for. */
function positionalAt({ parameters }: Operation, words: readonly string[]): Parameter | undefined {
  const places = parameters.filter(({ positional }) => positional === true);
  const before = words.slice(0, -1).filter((word) => !word.startsWith('-')).length;
  const last = places.at(-1);
  const openEnd = last !== undefined && ['expression', 'regex', 'rest'].includes(last.kind);
  return places[before] ?? (openEnd ? last : undefined);
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
  { session, operations, words }: Omit<Place, 'session'> & { readonly session: Session | undefined },
): string[] {
  if (completes === 'command') return [...operations, ...LIVE_COMMANDS, ...TOPICS].map(({ name }) => name);
  if (completes === 'path') return completePath(prefix);
  return session === undefined ? [] : namesOf(completes, prefix, { session, operations, words });
}

/** Names of the program and of the session. */
function namesOf(completes: Exclude<Completes, 'command' | 'path'>, prefix: string, place: Place): string[] {
  const ask = (name: string): string[] => pageNames(place, name, prefix);
  switch (completes) {
    case 'goroutine':
      return place.session.runtime.goroutines.slice(0, LIMIT).map(({ id }) => String(id));
    case 'thread':
      return place.session.program.target.threads.slice(0, LIMIT).map(({ tid }) => String(tid));
    case 'function':
      return ask('funcs');
    case 'type':
      return ask('types');
    case 'package':
      return ask('packages');
    case 'location':
      return prefix === '' ? [] : [...ask('funcs'), ...fileNames(place, prefix)];
    case 'file':
    case 'source':
      return ask('sources');
    case 'setting':
      return [...SETTING_KEYS, 'alias'];
    case 'setting-value':
      return settingValues(place);
    case 'variable':
      return [
        ...variableNames(place, 'args'),
        ...variableNames(place, 'locals'),
        ...(prefix.includes('.') ? variableNames(place, 'vars', prefix) : ownGlobals(place, prefix)),
        ...memberNames(place, prefix),
      ];
  }
}

/** Variables of the package that the frame is in, which are written without it. */
function ownGlobals(place: Place, prefix: string): string[] {
  if (prefix === '') return [];
  const before = `${orNothing(() => packageOf(place.session.call().name)) ?? ''}.`;
  return variableNames(place, 'vars', before + prefix).map((name) => name.slice(before.length));
}

/** The fields of what stands before the last dot. */
function memberNames({ session }: Place, prefix: string): string[] {
  const base = prefix.slice(0, Math.max(0, prefix.lastIndexOf('.')));
  if (base === '') return [];
  const type = orNothing(() => evaluateLive(session, base, { suggest: false }).handle.type);
  const { fields = [] } = (type?.kind === 'pointer' ? type.elem : type) ?? {};
  return fields.flatMap(({ name }) => (name === '_' ? [] : [`${base}.${name}`]));
}

/** What cannot be answered completes nothing. */
function orNothing<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (isDebugError(error)) return undefined;
    throw error;
  }
}

/** What can follow `config KEY`. */
function settingValues({ session, operations, words }: Place): string[] {
  const [key = '', ...typed] = words;
  const partial = typed.at(-1) ?? '';
  const { aliases, substitutePath, debugInfoDirectories } = session.settings;
  if (key === 'alias' || key === 'aliases') {
    return typed.length > 1 ? [] : [...operations.map(({ name }) => name), ...Object.values(aliases).flat()];
  }
  if (key === 'substitute-path') {
    const first = ['-clear', '-guess', ...substitutePath.map(({ from }) => from)];
    return typed.length > 1 ? completePath(partial) : [...first, ...completePath(partial)];
  }
  if (key === 'debug-info-directories') {
    if (typed.length < 2) return ['-add', '-rm', '-clear'];
    return typed[0] === '-rm' ? [...debugInfoDirectories] : completePath(partial);
  }
  const setting = SCALARS.find((each) => each.key === key);
  return setting?.kind === 'flag' ? ['true', 'false'] : [...(setting?.choices ?? [])];
}

/** Asks an operation that other completions rest on. */
function answer({ session, operations }: Place, name: string, regex: string | undefined): unknown {
  const operation = operations.find((each) => each.name === name);
  return orNothing(() => operation?.run(session, regex === undefined ? {} : { regex }));
}

const startsWith = (text: string): string => `^${escapeRegex(text)}`;

/** Names of files without their folders, ready for a line number. */
function fileNames(place: Place, start: string): string[] {
  const page = answer(place, 'sources', `/${escapeRegex(start)}[^/]*$`) as { items: readonly string[] } | undefined;
  return (page?.items ?? []).map((file) => `${file.slice(file.lastIndexOf('/') + 1)}:`);
}

function pageNames(place: Place, name: string, start: string): string[] {
  const page = answer(place, name, startsWith(start)) as { items: readonly string[] } | undefined;
  return [...(page?.items ?? [])];
}

function variableNames(place: Place, name: string, start?: string): string[] {
  const result = answer(place, name, start === undefined ? undefined : startsWith(start)) as
    { variables: readonly { name: string }[] } | undefined;
  return (result?.variables ?? []).map((variable) => variable.name);
}
