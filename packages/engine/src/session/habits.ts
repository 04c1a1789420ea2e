import { DebugError } from '../base/errors.ts';
import { examineFlags } from './examine-letters.ts';
import { rewriteSettings } from './gdb-settings.ts';
import { findLiveCommand, needsLiveProcess } from './live-commands.ts';
import type { Operation } from './operation.ts';
import { usage } from './words.ts';

/** Other debuggers' words for what we have. Words of the operation table go first. */
export const SYNONYMS: Readonly<Record<string, string>> = {
  backtrace: 'stack',
  where: 'stack',
  f: 'frame',
  inspect: 'print',
  output: 'print',
  ptype: 'whatis',
  disas: 'disassemble',
  search: 'funcs',
  autopsy: 'report',
  analyze: 'report',
  overview: 'report',
};

/** GDB's `info X`. */
const INFO: Readonly<Record<string, string>> = {
  goroutines: 'goroutines',
  locals: 'locals',
  args: 'args',
  threads: 'threads',
  registers: 'regs',
  'all-registers': 'regs -a',
  frame: 'frame',
  stack: 'stack',
  functions: 'funcs',
  types: 'types',
  variables: 'vars',
  sources: 'sources',
  source: 'list',
  line: 'list',
  sharedlibrary: 'libraries',
  files: 'libraries',
  proc: 'report',
  display: 'display',
  inferiors: 'target list',
  target: 'target list',
  symbol: 'symbol',
  address: 'print &',
  scope: 'locals',
  signals: 'report',
  program: 'report',
};

/** The topics of GDB's `info`. */
export const INFO_TOPICS: readonly string[] = Object.keys(INFO);

/** Turns the habits of GDB into our words: `info locals`, `print/x v`, `x/4gx a`, `thread apply all bt`, `bt full`. */
export function rewriteHabits(line: string, operations: readonly Operation[]): string {
  const match = /^([A-Za-z-]+)(?:\/(\w*))?(?=\s|$)\s*(.*)$/s.exec(line);
  if (match === null) return line;
  const [, word = '', slash, after = ''] = match;
  if (slash !== undefined) return rewriteSlash(word, slash, after);
  const known = operations.some(({ name, aliases }) => name === word || aliases.includes(word));
  if (!known && (word === 'info' || word === 'i')) return rewriteInfo(after);
  const name = known ? word : (SYNONYMS[word] ?? word);
  const found = operations.find((operation) => operation.name === name || operation.aliases.includes(name));
  if (name === 'set' || name === 'show' || name === 'unset') return rewriteSettings(name, after) ?? line;
  if (found?.name === 'thread' || found?.name === 'goroutine' || (found === undefined && name === 'thread')) {
    const rewritten = rewriteApply(found?.name ?? name, after);
    if (rewritten !== undefined) return rewritten;
  }
  if (found?.name === 'stack' && /^full(\s|$)/.test(after)) return `${name} -${after}`;
  if (found?.name === 'help' || found?.name === 'exit') return line;
  if (found?.name === 'print') return rewriteRedirection(after) ?? `print ${after}`;
  return name === word ? line : `${name} ${after}`;
}

/** GDB's `thread apply all COMMAND`, and `goroutine all COMMAND` of Go's own extension of it. */
function rewriteApply(name: string, after: string): string | undefined {
  const [, command] = /^(?:apply\s+)?all\s+(?:-\w+\s+)*(\S.*)$/s.exec(after) ?? [];
  if (command !== undefined) return `${name}s -exec ${command}`;
  if (!/^apply\b/.test(after)) return undefined;
  throw usage(`${name} apply works for all ${name}s: ${name} apply all COMMAND`, `${name} N selects one`);
}

/** `print x > ./file`: what looks like a path is no operand of a comparison. `>!` overwrites, and takes any name. */
function rewriteRedirection(after: string): string | undefined {
  const match = /^(.*\S)\s*>(?:(!)\s*(\S+)|\s*((?:\/|\.\.?\/|~\/)\S*))$/s.exec(after);
  if (match === null) return undefined;
  const [, expression = '', force, forced = '', path = forced] = match;
  return `export ${force === undefined ? '' : '-force '}${path} ${expression}`;
}

function rewriteInfo(after: string): string {
  const [, topic = '', rest = ''] = /^(\S*)\s*(.*)$/s.exec(after) ?? [];
  const hint = `info takes one of: ${Object.keys(INFO).join(', ')}`;
  if (topic === '') throw usage('info needs a topic', hint);
  if (/^(b|break|watch|checkpoint|record)/.test(topic))
    throw needsLiveProcess(`info ${topic}`, findLiveCommand('break')?.instead);
  const topics = Object.keys(INFO).filter((name) => name.startsWith(topic));
  const command = INFO[topic] ?? INFO[topics[0] ?? ''];
  if (command === undefined) throw new DebugError(`there is no info ${topic}`, { code: 'not-found', hint });
  // The arguments of GDB's `info frame` are in its own language.
  return command === 'report' || command === 'frame' ? command : `${command} ${rest}`.trimEnd();
}

function rewriteSlash(word: string, letters: string, after: string): string {
  if ('print'.startsWith(word) || word === 'inspect') return `print %${letters === 't' ? 'b' : letters} ${after}`;
  if (word === 'bt' || word === 'backtrace') return letters.includes('f') ? `stack -full ${after}` : `stack ${after}`;
  const match = /^(\d*)([a-z]*)$/.exec(letters);
  if (word !== 'x' || match === null) throw usage(`${word}/${letters} is not understood`);
  const [, count = '', kinds = ''] = match;
  if (kinds.includes('i'))
    return `disassemble -count ${count === '' ? 1 : count}${after.trim() === '' ? '' : ` *${after}`}`;
  const understood = examineFlags(count, kinds);
  if (understood === undefined)
    throw usage(`x/${letters} has other letters than sizes (b h w g) and formats (x d u o t f a c s)`);
  return `examinemem ${understood} ${after}`;
}
