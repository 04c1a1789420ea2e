import { DebugError } from '../base/errors.ts';

/** A command that makes a process run, or writes to it. */
export interface LiveCommand {
  readonly name: string;
  readonly aliases: readonly string[];
  /** What it does in a live process: completes "in a live process it …". */
  readonly does: string;
  /** What answers the question behind it on a core. */
  readonly instead: string;
}

const WALK = 'up, down and bt walk through the calls as they were at the end';
const VALUES = 'print EXPRESSION shows values as they were at the end';
const PLACES = 'list LOCATION shows the code, goroutines -with userloc LOCATION who was there';
const NOTHING_RUNS = 'report tells how it ended';
const RECORDING = 'a core holds one moment only';

const live = (name: string, aliases: string, does: string, instead: string): LiveCommand => ({
  name,
  aliases: aliases === '' ? [] : aliases.split(' '),
  does,
  instead,
});

/**
 * Commands of Delve and GDB that need a live process. Known so that they are answered in a sentence, and so that their
 * one-letter forms never mean something else on a core.
 */
export const LIVE_COMMANDS: readonly LiveCommand[] = [
  live('break', 'b tbreak', 'stops the process at a line or a function', PLACES),
  live('breakpoints', 'bp', 'lists the places where it stops', PLACES),
  live('clear', 'delete', 'deletes a breakpoint', PLACES),
  live('clearall', '', 'deletes all breakpoints', PLACES),
  live('toggle', '', 'switches a breakpoint on or off', PLACES),
  live('condition', 'cond', 'makes a breakpoint depend on an expression', PLACES),
  live(
    'on',
    '',
    'runs a command when a breakpoint is hit',
    'display -a EXPRESSION shows a value at each place you go to',
  ),
  live('trace', 't', 'prints a line each time a function is called', PLACES),
  live('watch', '', 'stops the process when a variable changes', VALUES),
  live('continue', 'c', 'lets the process run on', NOTHING_RUNS),
  live('next', 'n', 'runs to the next line', WALK),
  live('step', 's', 'runs into the next call', WALK),
  live('stepout', 'so finish', 'runs until the function returns', WALK),
  live('step-instruction', 'si stepi', 'runs one instruction', WALK),
  live('next-instruction', 'ni nexti', 'runs one instruction, over calls', WALK),
  live('until', '', 'runs to a later line', WALK),
  live('jump', '', 'goes on at another line', WALK),
  live('call', '', 'calls a function in the process', VALUES),
  live('set', '', 'changes a variable', VALUES),
  live('restart', 'r', 'starts the program again', NOTHING_RUNS),
  live('rebuild', '', 'builds the program and starts it again', NOTHING_RUNS),
  live('run', '', 'starts the program', NOTHING_RUNS),
  live('start', '', 'starts the program up to main', NOTHING_RUNS),
  live('kill', '', 'ends the process', 'exit leaves'),
  live('detach', '', 'leaves the process alone', 'exit leaves'),
  live('dump', '', 'writes a core of the process', 'the core is the file that is open'),
  live('rewind', 'rw', 'runs backwards', RECORDING),
  live('rev', '', 'runs a command backwards', RECORDING),
  live('checkpoint', 'check', 'remembers a moment of a recording', RECORDING),
  live('checkpoints', '', 'lists the moments that were remembered', RECORDING),
  live('clear-checkpoint', 'clearcheck', 'forgets a moment', RECORDING),
];

/** The live command with that name or alias. */
export function findLiveCommand(word: string): LiveCommand | undefined {
  return LIVE_COMMANDS.find(({ name, aliases }) => name === word || aliases.includes(word));
}

/** The live command that `word` is the beginning of: `cont`. One letter is an alias or nothing. */
export function findLiveBeginning(word: string): LiveCommand | undefined {
  return word.length < 2 ? undefined : LIVE_COMMANDS.find(({ name }) => name.startsWith(word));
}

/** The refusal of a command that needs a live process, with what to use instead. */
export function needsLiveProcess(name: string, instead?: string): DebugError {
  const hint = instead ?? findLiveCommand(name)?.instead;
  return new DebugError(`${name} needs a live process, not a core dump`, {
    code: 'unsupported',
    ...(hint === undefined ? {} : { hint }),
  });
}
