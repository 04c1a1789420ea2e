import {
  configOperation,
  DebugError,
  defineOperation,
  goroutinesOperationOver,
  notFound,
  threadsOperationOver,
  type Operation,
  type Parameters,
} from '@inquest/engine';
import { exportOperation } from './export-operation.ts';
import { Channel } from './output/channel.ts';
import { VERSION } from './version.ts';
import { Displays, type DisplayResult } from './displays.ts';
import { helpOperation } from './help.ts';

/** What the prompt's own operations work on. */
export interface Door {
  readonly channel: Channel;
  readonly displays: Displays;
}

/** The operations that the runner itself carries out: they run other commands, or end the session. */
export const CONTROL = { exit: 'exit', source: 'source' } as const;

/**
 * The operations of the engine, and those of the prompt itself. `current` gives the table with aliases and what scripts
 * added, as it is when a command asks for it.
 */
export function withDoorOperations(
  operations: readonly Operation[],
  door: Door = { channel: new Channel(), displays: new Displays() },
  current?: () => readonly Operation[],
): readonly Operation[] {
  const now = current ?? ((): readonly Operation[] => table);
  // Those that run other commands know the commands of here, too.
  const over = new Map<string, Operation>([
    ['goroutines', goroutinesOperationOver(now)],
    ['threads', threadsOperationOver(now)],
  ]);
  const table: Operation[] = operations.map((operation) => over.get(operation.name) ?? operation);
  const own: readonly Operation[] = [
    configOperation(now),
    exportOperation,
    displayOperation(door, table),
    sourceOperation,
    transcriptOperation(door),
    echoOperation,
    helpOperation(now),
    versionOperation,
    exitOperation,
  ];
  table.push(...own.filter(({ name }) => !operations.some((operation) => operation.name === name)));
  return table;
}

const sourceOperation: Operation<undefined> = defineOperation({
  name: CONTROL.source,
  aliases: [],
  group: 'session',
  summary: 'Run the commands of a file, or a script in JavaScript or TypeScript',
  details: `source FILE                 run its lines as commands; # begins a comment
source FILE.js [ARGUMENTS]  run a script: also .mjs, .cjs, .ts, .mts; help scripts tells about them

A command that fails is told with the file's name and its line, and the next one is run. Files may source others.`,
  parameters: [
    { name: 'file', kind: 'string', positional: true, required: true, completes: 'path', summary: 'the file' },
    { name: 'arguments', kind: 'rest', positional: true, summary: 'for a script, words that it gets' },
  ],
  run: () => undefined,
});

/** What `transcript` answers. */
export interface TranscriptResult {
  /** The file that is written to from now on; undefined when the transcript ended. */
  readonly file: string | undefined;
  readonly ended: string | undefined;
}

function transcriptOperation({ channel }: Door): Operation<TranscriptResult> {
  return defineOperation({
    name: 'transcript',
    aliases: [],
    group: 'session',
    summary: 'Write commands and what they answer into a file as well',
    details: `transcript FILE        append to a file
transcript -t FILE     begin the file anew
transcript -x FILE     into the file only, not on the screen
transcript -off        end it`,
    parameters: [
      { name: 't', kind: 'flag', summary: 'begin the file anew' },
      { name: 'x', kind: 'flag', summary: 'nothing on the screen' },
      { name: 'off', kind: 'flag', summary: 'end the transcript' },
      { name: 'file', kind: 'string', positional: true, completes: 'path', summary: 'the file' },
    ],
    run: (_session, parameters) => transcript(channel, parameters),
  });
}

/** Begins or ends a transcript. */
export function transcript(channel: Channel, { t, x, off, file }: Parameters): TranscriptResult {
  if (off === true) {
    const ended = channel.stopTranscript();
    if (ended === undefined) throw notFound('there is no transcript to end');
    return { file: undefined, ended };
  }
  if (typeof file !== 'string')
    throw new DebugError('transcript needs a file', {
      code: 'usage',
      hint: 'usage: transcript [-t] [-x] FILE, transcript -off',
    });
  return { file: channel.startTranscript(file, { truncate: t === true, only: x === true }), ended: undefined };
}

function displayOperation({ displays }: Door, table: readonly Operation[]): Operation<readonly DisplayResult[]> {
  return defineOperation({
    name: 'display',
    aliases: [],
    group: 'data',
    summary: 'Print expressions whenever another goroutine, thread or frame is selected',
    details: `display -a x           print x now, and whenever another place is selected
display -a %x x        the same, with integers in hexadecimal
display                print all of them now
display -d 0           print number 0 no longer

Where a display cannot be evaluated, that is all it says there.`,
    parameters: [
      { name: 'a', kind: 'flag', summary: 'add an expression' },
      { name: 'd', kind: 'number', summary: 'remove the one with this number' },
      { name: 'expression', kind: 'expression', positional: true, completes: 'variable', summary: 'what to print' },
      { name: 'format', kind: 'string', summary: 'a verb of fmt, as for print' },
    ],
    run(session, { a, d, expression, format }) {
      const print = table.find(({ name }) => name === 'print');
      if (print === undefined) throw new DebugError('there is no print to display with', { code: 'unsupported' });
      if (typeof d === 'number') {
        displays.remove(d);
        return [];
      }
      if (typeof expression !== 'string') {
        if (a === true) throw new DebugError('display -a needs an expression', { code: 'usage' });
        return displays.evaluate(session, print);
      }
      if (a !== true)
        throw new DebugError(`display takes an expression only with -a`, {
          code: 'usage',
          hint: `did you mean display -a ${expression}?`,
        });
      const number = displays.add(expression, typeof format === 'string' ? format : undefined);
      return displays.evaluate(session, print, number);
    },
  });
}

const echoOperation: Operation<{ text: string }> = defineOperation({
  name: 'echo',
  aliases: [],
  group: 'session',
  summary: 'Print a text: for files of commands',
  parameters: [{ name: 'text', kind: 'rest', positional: true, summary: 'what to print' }],
  run: (_session, { text }) => ({ text: typeof text === 'string' ? text : '' }),
});

const versionOperation: Operation<{ text: string }> = defineOperation({
  name: 'version',
  aliases: [],
  group: 'session',
  summary: 'Print the version of inquest',
  parameters: [],
  run: () => ({ text: versionText() }),
});

/** `inquest 0.1.0 (Node 20.20.2, linux x64)`. */
export function versionText(): string {
  return `inquest ${VERSION} (Node ${process.versions.node}, ${process.platform} ${process.arch})`;
}

const exitOperation: Operation<undefined> = defineOperation({
  name: CONTROL.exit,
  aliases: ['quit', 'q'],
  group: 'session',
  summary: 'Leave',
  details: "Ctrl-D leaves, too. Delve's -c is taken and means nothing on a core.",
  parameters: [{ name: 'c', kind: 'flag', summary: "Delve's: for processes only" }],
  run: () => undefined,
});
