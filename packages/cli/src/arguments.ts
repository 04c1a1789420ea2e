import { TRACEBACK_LEVELS, type TracebackLevel } from '@inquest/engine';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { addConnectCommand, CONNECT_NOTES, type ConnectRequest } from './connect/arguments.ts';
import { addFileOptions, fileRequest, type FileFlags, type FileRequest } from './file-arguments.ts';
import type { ColorChoice } from './output/style.ts';
import {
  addDapCommand,
  addHeadlessOptions,
  DAP_NOTES,
  headlessRequest,
  type DapRequest,
  type HeadlessFlags,
} from './serve/arguments.ts';
import type { ServeOptions } from './serve/serve.ts';
import {
  addCacheCommand,
  addDoctorCommand,
  addRunCommand,
  TOOL_NOTES,
  type CacheRequest,
  type DoctorRequest,
  type RunRequest,
} from './tool-arguments.ts';

/** What the arguments ask for. */
export type Request =
  | ({ readonly kind: 'core' } & CoreRequest)
  | ({ readonly kind: 'traceback' } & TracebackRequest)
  | ({ readonly kind: 'doctor' } & DoctorRequest)
  | ({ readonly kind: 'run' } & RunRequest)
  | ({ readonly kind: 'cache' } & CacheRequest)
  | ({ readonly kind: 'dap' } & DapRequest)
  | ({ readonly kind: 'connect' } & ConnectRequest)
  | { readonly kind: 'version' }
  | { readonly kind: 'help'; readonly topic: string | undefined; readonly color: ColorChoice }
  | { readonly kind: 'completion'; readonly shell: 'bash' | 'zsh' | 'fish' }
  /** Already answered by the parser (`--help`), or refused. */
  | { readonly kind: 'done'; readonly usageError: boolean };

/** Forms of the report besides text and JSON. */
export type ReportForm = 'md' | 'html';

/** How answers are written. */
interface ReportRequest {
  readonly json: boolean;
  /** The form of the report, where it is another than text. */
  readonly form: ReportForm | undefined;
  /** Hide the contents of strings in all that is shown. */
  readonly redact: boolean;
  /** File for what would go to standard output. */
  readonly output: string | undefined;
  readonly color: ColorChoice;
  /** No notes on standard error. */
  readonly quiet: boolean;
}

export interface CoreRequest extends FileRequest, ReportRequest {
  readonly commands: readonly string[];
  readonly init: readonly string[];
  /** Files of JavaScript or TypeScript. */
  readonly script: readonly string[];
  readonly batch: boolean;
  /** Where commands may come from when none are given: `terminal` leaves a pipe alone, which is another program's. */
  readonly input?: 'terminal';
  readonly pager: boolean;
  readonly stats: boolean;
  /** Serve clients, with no prompt of its own. */
  readonly headless?: ServeOptions | undefined;
}

/** `form`, `redact` and `color` are of the report about a crash text. */
export interface TracebackRequest extends FileRequest, ReportRequest {
  readonly level: TracebackLevel;
  /** Which of the crashes in a text, from 1. */
  readonly crash: number | undefined;
}

/** Flags of all that answers with a report. */
interface ReportFlags extends FileFlags {
  readonly json?: boolean;
  readonly md?: boolean;
  readonly html?: boolean;
  readonly redact?: boolean;
  readonly output?: string;
  readonly color?: ColorChoice | false;
  readonly quiet?: boolean;
}

interface CoreFlags extends ReportFlags, HeadlessFlags {
  readonly ex?: readonly string[];
  readonly init?: readonly string[];
  readonly script?: readonly string[];
  readonly batch?: boolean;
  readonly pager?: boolean;
  readonly stats?: boolean;
}

interface TracebackFlags extends ReportFlags {
  readonly level: TracebackLevel;
  readonly crash?: number;
}

const EXAMPLES = `
Examples:
  inquest ./server core.4711             why it died; on a terminal a prompt follows
  inquest core.4711                      the same, where the core names its executable
  inquest ./server core.4711 -e bt       one command instead of the report
  inquest ./server core.4711 --json      the report as JSON
  inquest run ./server -port 8080        run it; the report follows if it dies
  inquest doctor                         would a crash here leave a core?
  inquest ./server core.4711.zst         a compressed core
  ssh HOST cat core | inquest ./server - a core from standard input
  inquest ./server core.4711 --html --redact -o report.html
                                         a page to pass on, without the contents of strings
  inquest core --coredump last           the newest core that systemd-coredump kept
  inquest core ./server core.4711 --headless --listen :4040
                                         serve it: inquest connect :4040, dlv connect :4040

inquest help lists the commands of the prompt, inquest help COMMAND tells about one.`;

const CORE_NOTES = `
Which file is which is told by the files. They may be compressed by zstd, lz4, xz or gzip, and - is standard input:
both are unpacked once, into $XDG_CACHE_HOME/inquest/cores (by default ~/.cache/inquest/cores). Of an archive that is
damaged or cut off --force opens what could be decompressed. Commands (from -e, --init or standard input) replace the report;
report is a command, too. Without a terminal, inquest exits when they are done.

Shared libraries are taken from --libs, --sysroot, beside the executable and the core, and their own paths, if their
build IDs are those in the core; separate debug files from --debug-info-dir and /usr/lib/debug. An executable that is not
given is looked for at its own path, beside the core, and by its build ID. Nothing is downloaded without --debuginfod; the
command libraries tells what was found, and health what is missing.

With --headless there is no prompt here: clients of Delve and editors connect, and inquest connect. See inquest help dap on
who may.

Exit status: 0 fine, 1 a command failed, 2 bad usage, 3 the core cannot be loaded, 130 interrupted.`;

/** Understands the arguments (without `node` and script). Help and complaints go to `write`. */
export function parseArguments(
  argv: readonly string[],
  write: { out(text: string): void; err(text: string): void },
): Request {
  let request: Request = { kind: 'done', usageError: false };
  const program = createProgram(write, (value) => {
    request = value;
  });
  try {
    // GDB spells it -ex.
    program.parse(
      argv.map((word) => (word === '-ex' ? '--ex' : word)),
      { from: 'user' },
    );
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { kind: 'done', usageError: error.exitCode !== 0 };
  }
  return request;
}

/** What follows the help of a sub-command. */
function notesOf(name: string): string {
  const own: Readonly<Record<string, string>> = {
    core: CORE_NOTES,
    traceback: TRACEBACK_NOTES,
    dap: DAP_NOTES,
    connect: CONNECT_NOTES,
  };
  const notes = own[name];
  return notes === undefined ? (TOOL_NOTES[name] ?? '') : `${notes}\n`;
}

function createProgram(
  write: { out(text: string): void; err(text: string): void },
  done: (request: Request) => void,
): Command {
  const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
  const program = new Command('inquest')
    .description('Post-mortem debugger for Go: opens a core dump and tells why the program died.')
    .usage('[core] [EXECUTABLE] CORE [options]')
    .option('-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .exitOverride()
    // What follows the name of a program that is run belongs to it.
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => write.out(text),
      writeErr: (text) => write.err(text),
      outputError: (text, print) => print(text.replace(/^error: /, 'inquest: ')),
    })
    .addHelpText('after', EXAMPLES);

  const core = program
    .command('core', { isDefault: true })
    .summary('open a core dump (the default)')
    .description('Open a core dump, and tell why the program died.')
    .argument('[files...]', 'the executable and the core, in any order; the executable may be left out')
    .usage('[EXECUTABLE] CORE [options]');
  addHeadlessOptions(addFileOptions(core))
    .option('-e, --ex <command>', 'run a command; may be repeated', collect)
    .option('--init <file>', 'run the commands of a file; - is standard input', collect)
    .option('--script <file>', 'run a script in JavaScript or TypeScript; may be repeated', collect)
    .option('--batch', 'exit when the commands are done, without a prompt')
    .addOption(new Option('--json', 'answer in JSON, one document a line').conflicts(['md', 'html']))
    .addOption(new Option('--md', 'the report in Markdown, for an issue tracker').conflicts('html'))
    .option('--html', 'the report as one HTML file, readable without scripts and network')
    .option('--redact', 'hide the contents of strings and bytes in all that is shown')
    .option('-o, --output <file>', 'write into a file, for you alone to read (mode 0600)')
    .addOption(new Option('--color <when>', 'colour').choices(['auto', 'always', 'never']).default('auto'))
    .option('--no-color', 'the same as --color never')
    .option('--no-pager', 'never page long output')
    .option('-q, --quiet', 'no notes on standard error')
    .option('--stats', 'tell time, memory and counts of work on standard error at the end')
    .addHelpText('after', CORE_NOTES)
    .action((files: readonly string[], flags: CoreFlags) => {
      if (program.opts<{ version?: boolean }>().version === true) done({ kind: 'version' });
      else done(coreRequest(files, flags));
    });

  addTracebackCommand(program, done);
  addDoctorCommand(program, done);
  addRunCommand(program, done);
  addCacheCommand(program, done);
  addDapCommand(program, done);
  addConnectCommand(program, done);

  program
    .command('version')
    .summary('print the version')
    .action(() => done({ kind: 'version' }));

  program
    .command('help')
    .summary('tell about the commands of the prompt')
    .argument('[topic...]', 'a command of the prompt, a page, or a sub-command')
    .action((words: readonly string[]) => {
      const topic = words.length === 0 ? undefined : words.join(' ');
      const sub = program.commands.find((command) => command.name() === topic);
      if (sub !== undefined) write.out(sub.helpInformation() + notesOf(sub.name()));
      else done({ kind: 'help', topic, color: 'auto' });
    });

  program
    .command('completion')
    .summary('print a completion script for a shell')
    .addArgument(program.createArgument('<shell>', 'bash, zsh or fish').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      '\nbash: source <(inquest completion bash)\nzsh:  source <(inquest completion zsh)\nfish: inquest completion fish | source',
    )
    .action((shell: 'bash' | 'zsh' | 'fish') => done({ kind: 'completion', shell }));

  return program;
}

const TRACEBACK_NOTES = `
The text goes to standard output as the runtime would have written it, for tools that read such texts;
on a terminal control characters in it are escaped. What a core cannot tell is noted on standard error.

Instead of a core, FILE may be what a Go program printed when it died (standard error, a dump by SIGQUIT, a log with it, a
goroutine profile); - and no file at all are standard input. It is read back: cause, place with source, goroutines in groups.

Examples:
  inquest traceback ./server core.4711
  inquest traceback stderr.log
  journalctl -u server | inquest traceback
  inquest traceback --level crash core.4711 | panicparse`;

function parseCrash(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('it is not a number from 1 on.');
  return number;
}

function addTracebackCommand(program: Command, done: (request: Request) => void): void {
  const traceback = program
    .command('traceback')
    .summary('print what the Go runtime would have printed')
    .description('Print the text that the Go runtime would have printed when the program died, from the core alone.')
    .argument('[files...]', 'the core and the executable, in any order; the executable may be left out')
    .usage('[--level LEVEL] CORE [EXECUTABLE] | FILE | -')
    .addOption(new Option('-l, --level <level>', 'as GOTRACEBACK').choices([...TRACEBACK_LEVELS]).default('all'));
  addFileOptions(traceback)
    .option('--crash <number>', 'which of several crashes in a text', parseCrash)
    .addOption(new Option('--json', 'answer in JSON, one document').conflicts(['md', 'html']))
    .addOption(new Option('--md', 'the report about a text in Markdown').conflicts('html'))
    .option('--html', 'the report about a text as one HTML file')
    .option('--redact', 'hide in the report about a text what the program put in it')
    .option('-o, --output <file>', 'write into a file, for you alone to read (mode 0600)')
    .addOption(new Option('--color <when>', 'colour').choices(['auto', 'always', 'never']).default('auto'))
    .option('--no-color', 'the same as --color never')
    .option('-q, --quiet', 'no notes on standard error')
    .addHelpText('after', TRACEBACK_NOTES)
    .action((files: readonly string[], flags: TracebackFlags) =>
      done({
        kind: 'traceback',
        ...fileRequest(files, flags),
        ...reportRequest(flags),
        level: flags.level,
        crash: flags.crash,
      }),
    );
}

function reportRequest(flags: ReportFlags): ReportRequest {
  return {
    json: flags.json === true,
    form: flags.html === true ? 'html' : flags.md === true ? 'md' : undefined,
    redact: flags.redact === true,
    output: flags.output,
    color: flags.color === false ? 'never' : (flags.color ?? 'auto'),
    quiet: flags.quiet === true,
  };
}

function coreRequest(files: readonly string[], flags: CoreFlags): Request {
  return {
    kind: 'core',
    ...fileRequest(files, flags),
    ...reportRequest(flags),
    commands: flags.ex ?? [],
    init: flags.init ?? [],
    script: flags.script ?? [],
    batch: flags.batch === true,
    pager: flags.pager !== false,
    stats: flags.stats === true,
    headless: headlessRequest(flags),
  };
}
