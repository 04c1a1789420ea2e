import { DebugError } from '../base/errors.ts';
import { readWord, usage, type Word } from './words.ts';
import type { Operation, Parameter, Parameters } from './operation.ts';
import { rewriteHabits, SYNONYMS } from './habits.ts';
import { findLiveBeginning, findLiveCommand, needsLiveProcess } from './live-commands.ts';
import { nearest } from './nearest.ts';

/** Where a command is to run, when not at the selected place: `goroutine 5 frame 2 locals`. */
export interface Scope {
  readonly goroutine?: number;
  readonly frame?: number;
}

/** What a line of the prompt asks for. */
export interface CommandLine {
  /** The line as typed, without spaces around it. */
  readonly text: string;
  readonly scope: Scope;
  readonly operation: Operation;
  readonly parameters: Parameters;
  /** Where the text of the answer goes, when not to the user. */
  readonly output: OutputTarget | undefined;
}

/** `> FILE`, `>> FILE` and `| COMMAND` behind a command. */
export interface OutputTarget {
  readonly kind: 'file' | 'append' | 'pipe';
  /** The file, or the command line for the shell. */
  readonly target: string;
}

/** Numbers that a flag stands for when none follows it, as in Delve. */
const IMPLIED_NUMBERS: Readonly<Record<string, number>> = { 'goroutines -t': 10 };

const FORMATS = /^%[#0-9.+ -]*[a-zA-Z]$/;

/**
 * Understands one line of the prompt. Undefined for an empty line and for a comment (`#`). Throws a `DebugError`
 * (`usage`, `not-found`, `unsupported`) with a hint for what cannot be understood.
 *
 * Words: names and aliases of `operations`, their unique beginnings, and the habits of Delve and GDB. `goroutine N` and
 * `frame N` before a command say where it runs. A positional expression or regular expression takes the rest verbatim.
 */
export function parseCommandLine(line: string, operations: readonly Operation[]): CommandLine | undefined {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return undefined;
  let scope: Scope = {};
  const piped = readPipe(text);
  let rest = piped?.command ?? text;
  for (;;) {
    rest = rewriteHabits(rest, operations);
    if (rest === '') return undefined;
    const word = readWord(rest, 0);
    if (word === undefined) throw usage('a command is missing', 'help lists the commands');
    const operation = findCommand(word.text, operations);
    const after = rest.slice(word.end).trimStart();
    const inner = scopeBefore(operation, after);
    if (inner === undefined) {
      const { words, output } =
        piped === undefined ? readOutput(operation, after) : { words: after, output: piped.output };
      return { text, scope, operation, parameters: parseParameters(operation, words), output };
    }
    scope = { ...scope, [operation.name]: inner.number };
    rest = inner.rest;
  }
}

/** GDB's `pipe COMMAND | SHELL COMMAND` and its short form `| COMMAND | SHELL COMMAND`. */
function readPipe(text: string): { command: string; output: OutputTarget } | undefined {
  const match = /^(?:pipe\s|\|)\s*(\S.*?)\s\|\s*(\S.*)$/s.exec(text);
  if (match !== null) return { command: match[1] ?? '', output: { kind: 'pipe', target: match[2] ?? '' } };
  if (/^(pipe(\s|$)|\|)/.test(text))
    throw usage('pipe needs a command, | and a command of the shell', 'as in: pipe bt | grep main');
  return undefined;
}

/**
 * Takes `> FILE`, `>> FILE` or `| COMMAND` off the end. They stand between spaces and outside of quotes; in expressions they
 * are operators, so that only `pipe` redirects those.
 */
function readOutput(operation: Operation, after: string): { words: string; output: OutputTarget | undefined } {
  if (operation.parameters.some(({ kind }) => kind === 'expression')) return { words: after, output: undefined };
  for (let at = 0; ;) {
    const word = readWord(after, at);
    if (word === undefined) return { words: after, output: undefined };
    const kind = word.quoted ? undefined : OUTPUTS[word.text];
    if (kind !== undefined) {
      const rest = after.slice(word.end).trim();
      const target = kind === 'pipe' ? rest : readWord(rest, 0)?.text;
      if (target === undefined || target === '')
        throw usage(`${word.text} needs ${kind === 'pipe' ? 'a command of the shell' : 'a file'}`);
      return { words: after.slice(0, word.end - word.text.length), output: { kind, target } };
    }
    at = word.end;
  }
}

const OUTPUTS: Readonly<Record<string, OutputTarget['kind']>> = { '>': 'file', '>>': 'append', '|': 'pipe' };

/** The number in `goroutine 5 locals`, when a command follows it. */
function scopeBefore(operation: Operation, after: string): { number: number; rest: string } | undefined {
  if (operation.name !== 'goroutine' && operation.name !== 'frame') return undefined;
  const match = /^(-?\d+)\s+([^\s>|].*)$/s.exec(after);
  return match === null ? undefined : { number: Number(match[1]), rest: match[2] ?? '' };
}

/** Finds a command by name, alias or unique beginning; throws with a suggestion when there is none. */
export function findCommand(word: string, operations: readonly Operation[]): Operation {
  const exact = operations.find(({ name, aliases }) => name === word || aliases.includes(word));
  if (exact !== undefined) return exact;
  if (findLiveCommand(word) !== undefined) throw needsLiveProcess(word);
  const candidates = operations.filter(({ name, aliases }) => [name, ...aliases].some((each) => each.startsWith(word)));
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only;
  if (candidates.length > 1) {
    throw usage(`${word} is ambiguous: ${candidates.map(({ name }) => name).join(', ')}`);
  }
  const live = findLiveBeginning(word);
  if (live !== undefined) throw needsLiveProcess(live.name);
  const suggestion = nearest(word, [
    ...operations.flatMap(({ name, aliases }) => [name, ...aliases]),
    ...Object.keys(SYNONYMS),
  ]);
  throw new DebugError(`there is no command ${word}`, {
    code: 'not-found',
    hint: suggestion === undefined ? 'help lists the commands' : `did you mean ${suggestion}?`,
  });
}

function parseParameters(operation: Operation, text: string): Parameters {
  const values: Record<string, string | number | boolean | string[]> = {};
  const places = operation.parameters.filter((parameter) => parameter.positional === true);
  let flags = true;
  for (let at = 0; ;) {
    const word = readWord(text, at);
    if (word === undefined) break;
    const parameter = places[0];
    if (flags && !word.quoted && word.text === '--') {
      flags = false;
      at = word.end;
      continue;
    }
    const flag = flags && !word.quoted ? readFlag(operation, word, text, parameter) : undefined;
    if (flag !== undefined) {
      const before = values[flag.name];
      values[flag.name] = flag.repeated ? [...(Array.isArray(before) ? before : []), String(flag.value)] : flag.value;
      at = flag.end;
      continue;
    }
    if (parameter?.kind === 'expression' && FORMATS.test(word.text) && readWord(text, word.end) !== undefined) {
      if (!operation.parameters.some(({ name }) => name === 'format'))
        throw usage(`${operation.name} has no format ${word.text}`);
      values['format'] = word.text;
      at = word.end;
      continue;
    }
    if (parameter === undefined) throw tooMany(operation, word.text);
    places.shift();
    if (parameter.kind === 'location') {
      const end = locationEnd(operation, text, at);
      const rest = text.slice(at, end).trim();
      // Quotes are for names with spaces; an expression has its own.
      values[parameter.name] = word.quoted && word.end - at >= rest.length ? word.text : rest;
      at = end;
      continue;
    }
    if (parameter.kind === 'expression' || parameter.kind === 'regex' || parameter.kind === 'rest') {
      values[parameter.name] = text.slice(at).trim();
      break;
    }
    values[parameter.name] = convert(operation, parameter, parameter.name, word.text);
    at = word.end;
  }
  const missing = operation.parameters.find((p) => p.required === true && values[p.name] === undefined);
  if (missing !== undefined)
    throw usage(`${operation.name} needs ${withArticle(missing)}`, `usage: ${formatUsage(operation)}`);
  return values;
}

/** Where the location that begins at `at` ends: with the line, or before a flag of the operation. */
function locationEnd({ parameters }: Operation, text: string, at: number): number {
  for (let word = readWord(text, at); word !== undefined; word = readWord(text, word.end)) {
    const name = word.quoted ? undefined : /^--?([A-Za-z][\w-]*)(?:=|$)/.exec(word.text)?.[1];
    const isFlag = parameters.some(
      (p) => p.positional !== true && (p.name === name || p.aliases?.includes(name ?? '')),
    );
    if (name !== undefined && isFlag) return word.end - word.text.length;
  }
  return text.length;
}

function tooMany(operation: Operation, word: string): DebugError {
  const takesSome = operation.parameters.some((p) => p.positional === true);
  const message = takesSome
    ? `${operation.name}: one argument too many: ${word}`
    : `${operation.name} takes no argument: ${word}`;
  return usage(message, `usage: ${formatUsage(operation)}`);
}

function withArticle({ kind, name }: Parameter): string {
  if (kind === 'expression') return 'an expression';
  if (kind === 'regex') return 'a regular expression';
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}

/** The flag at `word`, if it is one. Before an expression only the operation's own flags are flags: `print -x`. */
function readFlag(
  operation: Operation,
  word: Word,
  text: string,
  next: Parameter | undefined,
): { name: string; value: string | number | boolean; end: number; repeated?: boolean } | undefined {
  const match = /^--?([A-Za-z][\w-]*)(?:=(.*))?$/.exec(word.text);
  if (match === null) return undefined;
  const [, name = '', given] = match;
  const flags = operation.parameters.filter((parameter) => parameter.positional !== true);
  const parameter = flags.find((p) => p.name === name || p.aliases?.includes(name) === true);
  if (parameter === undefined) {
    if (next?.kind === 'expression' || next?.kind === 'rest') return undefined;
    const near =
      nearest(
        name,
        flags.flatMap((p) => [p.name, ...(p.aliases ?? [])]),
      ) ?? flags.find((p) => p.name.startsWith(name))?.name;
    throw usage(
      `${operation.name} has no flag -${name}`,
      near === undefined ? `usage: ${formatUsage(operation)}` : `did you mean -${near}?`,
    );
  }
  if (parameter.kind === 'flag') {
    if (given !== undefined && given !== 'true' && given !== 'false') throw usage(`-${name} takes no value`);
    return { name: parameter.name, value: given !== 'false', end: word.end };
  }
  if (parameter.kind === 'phrase') return readPhrase(parameter, text, word.end, given);
  if (parameter.kind === 'rest') {
    const command = text.slice(word.end).trim();
    if (command === '') throw usage(`-${name} needs a command`);
    return { name: parameter.name, value: command, end: text.length };
  }
  if (given !== undefined)
    return { name: parameter.name, value: convert(operation, parameter, `-${name}`, given), end: word.end };
  const value = readWord(text, word.end);
  const implied = IMPLIED_NUMBERS[`${operation.name} -${parameter.name}`];
  if (implied !== undefined && (value === undefined || !/^\d/.test(value.text))) {
    return { name: parameter.name, value: implied, end: word.end };
  }
  if (value === undefined) throw usage(`-${name} needs a ${parameter.kind === 'number' ? 'number' : 'value'}`);
  return { name: parameter.name, value: convert(operation, parameter, `-${name}`, value.text), end: value.end };
}

/** The words of a phrase, joined by a space. */
function readPhrase(
  { name, wordCount, repeated }: Parameter,
  text: string,
  start: number,
  given: string | undefined,
): { name: string; value: string; end: number; repeated: boolean } {
  const words = given === undefined ? [] : [given];
  let end = start;
  const first = given ?? readWord(text, start)?.text;
  const count = wordCount?.(first) ?? 1;
  while (words.length < count) {
    const word = readWord(text, end);
    if (word === undefined) throw usage(`-${name} needs ${words.length === 0 ? 'a word' : 'another word'} behind it`);
    words.push(word.text);
    end = word.end;
  }
  return { name, value: words.join(' '), end, repeated: repeated === true };
}

function convert(operation: Operation, parameter: Parameter, name: string, text: string): string | number {
  if (parameter.kind !== 'number') return text;
  if (!/^-?(\d+|0x[0-9a-fA-F]+)$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw usage(`${operation.name}: ${name} must be a number, not ${text}`, `usage: ${formatUsage(operation)}`);
  }
  return Number(text);
}

/** What stands for a flag's value in the usage line, where that is not the name of its kind. */
const VALUE_WORDS: Readonly<Partial<Record<Parameter['kind'], string>>> = {
  number: 'n',
  phrase: 'what',
  rest: 'command',
};

/** The usage line: `stack [-full] [depth]`. */
export function formatUsage(operation: Operation): string {
  const parts = operation.parameters.map((parameter) => {
    const { kind, name, positional, required } = parameter;
    if (positional === true) return required === true ? name : `[${name}]`;
    if (kind === 'flag') return `[-${name}]`;
    return `[-${name} ${VALUE_WORDS[kind] ?? kind}]`;
  });
  const flagsFirst = parts.filter((_, i) => operation.parameters[i]?.positional !== true);
  return [operation.name, ...flagsFirst, ...parts.filter((part) => !flagsFirst.includes(part))].join(' ');
}
