import { InvalidArgumentError, Option, type Command } from 'commander';
import type { ColorChoice } from './output/style.ts';

/** What `inquest doctor` is asked. */
export interface DoctorRequest {
  /** The process asked about; without one, programs started from here. */
  readonly pid: number | undefined;
  /** The machine's files are read below it. */
  readonly root: string;
  readonly json: boolean;
  readonly color: ColorChoice;
}

const DOCTOR_NOTES = `
Tells whether a Go program that crashes here leaves a core, where, and what to do if not. Nothing is changed.

Exit status: 0 a core would be kept, 1 it would not, 2 that cannot be told (or bad usage), 3 there is no such process.

Examples:
  inquest doctor                         about programs that are started from this shell
  sudo inquest doctor --pid 4711         about one that runs: its limits, its environment, its folder
  inquest doctor --json                  the same for a program to read`;

interface DoctorFlags {
  readonly pid?: number;
  readonly root?: string;
  readonly json?: boolean;
  readonly color?: ColorChoice | false;
}

/** Adds `doctor` to the sub-commands. */
export function addDoctorCommand(program: Command, done: (request: { kind: 'doctor' } & DoctorRequest) => void): void {
  program
    .command('doctor')
    .summary('tell whether a crash here leaves a core, and what to do if not')
    .description('Look at this machine, and tell whether a Go program that crashes here leaves a core.')
    .usage('[--pid PID] [options]')
    .option('-p, --pid <pid>', 'a process that runs, instead of one started from here', parsePid)
    .option('--root <dir>', "read the machine's files below this folder, such as / of a host seen from a container")
    .option('--json', 'answer in JSON, one document')
    .addOption(new Option('--color <when>', 'colour').choices(['auto', 'always', 'never']).default('auto'))
    .option('--no-color', 'the same as --color never')
    .addHelpText('after', DOCTOR_NOTES)
    .action(({ pid, root, json, color }: DoctorFlags) =>
      done({
        kind: 'doctor',
        pid,
        root: root ?? '/',
        json: json === true,
        color: color === false ? 'never' : (color ?? 'auto'),
      }),
    );
}

/** What `inquest cache` is asked. */
export interface CacheRequest {
  /** Remove what is kept; else tell what there is. */
  readonly clear: boolean;
}

const CACHE_NOTES = `
Kept are cores that were decompressed, and what was found out about large executables: debugging information as it is when
inflated, and its names. The second time either is opened that is not done again. Files are made for you alone, and those not
used for 14 days or beyond the size that is told go, the oldest first. --no-cache leaves what is kept of executables alone.

Examples:
  inquest cache                          where it is, and how large
  inquest cache clear                    remove all`;

/** Adds `cache` to the sub-commands. */
export function addCacheCommand(program: Command, done: (request: { kind: 'cache' } & CacheRequest) => void): void {
  program
    .command('cache')
    .summary('tell what is kept on disk, or remove it')
    .description('Tell where things are kept from one run to the next, and how large that is, or remove it.')
    .addArgument(program.createArgument('[action]', 'clear removes what is kept').choices(['clear']))
    .addHelpText('after', CACHE_NOTES)
    .action((action: 'clear' | undefined) => done({ kind: 'cache', clear: action === 'clear' }));
}

/** What `inquest run` is asked. */
export interface RunRequest {
  /** The program and its arguments. */
  readonly words: readonly string[];
  readonly commands: readonly string[];
  readonly init: readonly string[];
  readonly script: readonly string[];
  readonly batch: boolean;
  /** The file for the report; undefined is the terminal, or standard error. */
  readonly output: string | undefined;
  readonly json: boolean;
  readonly color: ColorChoice;
  readonly pager: boolean;
  readonly quiet: boolean;
}

const RUN_NOTES = `
The program runs as it would without inquest, with the limit of its core raised and GOTRACEBACK=crash (unless
GOTRACEBACK is set). If it or a process that it started dies, the core is found where core_pattern puts it, and the report
follows, on a terminal with the prompt. Where standard output is no terminal, it stays the program's alone: the report goes
to standard error, or to --output. Where no core can be had, what the program printed is read instead.

Signals are passed on. The exit status is the program's own, 128+N if signal N ended it; 126 and 127 if it cannot be run.

Examples:
  inquest run ./server -port 8080
  inquest run go test ./...
  inquest run --batch -e bt -e locals -- ./server
  inquest run -o report.txt ./server | consumer`;

interface RunFlags {
  readonly ex?: readonly string[];
  readonly init?: readonly string[];
  readonly script?: readonly string[];
  readonly batch?: boolean;
  readonly output?: string;
  readonly json?: boolean;
  readonly color?: ColorChoice | false;
  readonly pager?: boolean;
  readonly quiet?: boolean;
}

/** Adds `run` to the sub-commands. What follows the program's name is left to it. */
export function addRunCommand(program: Command, done: (request: { kind: 'run' } & RunRequest) => void): void {
  const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
  program
    .command('run')
    .summary('run a program, and open its core if it dies')
    .description('Run a program so that a crash leaves a core, and tell why it died if it does.')
    .argument('<program>', 'the program')
    .argument('[arguments...]', 'its arguments')
    .usage('[options] [--] PROGRAM [ARGUMENTS]')
    .passThroughOptions()
    .option('-e, --ex <command>', 'run a command on the core instead of the report; may be repeated', collect)
    .option('--init <file>', 'run the commands of a file', collect)
    .option('--script <file>', 'run a script in JavaScript or TypeScript; may be repeated', collect)
    .option('--batch', 'no prompt after the report')
    .option('-o, --output <file>', 'write the report into a file')
    .option('--json', 'the report as JSON')
    .addOption(new Option('--color <when>', 'colour').choices(['auto', 'always', 'never']).default('auto'))
    .option('--no-color', 'the same as --color never')
    .option('--no-pager', 'never page long output')
    .option('-q, --quiet', 'no notes on standard error')
    .addHelpText('after', RUN_NOTES)
    .action((name: string, words: readonly string[], flags: RunFlags) =>
      done({
        kind: 'run',
        words: [name, ...words],
        commands: flags.ex ?? [],
        init: flags.init ?? [],
        script: flags.script ?? [],
        batch: flags.batch === true,
        output: flags.output,
        json: flags.json === true,
        color: flags.color === false ? 'never' : (flags.color ?? 'auto'),
        pager: flags.pager !== false,
        quiet: flags.quiet === true,
      }),
    );
}

function parsePid(text: string): number {
  const pid = Number(text);
  if (!Number.isInteger(pid) || pid < 1) throw new InvalidArgumentError('it is not the number of a process.');
  return pid;
}

/** The notes below the help of these sub-commands. */
export const TOOL_NOTES: Readonly<Record<string, string>> = {
  cache: `${CACHE_NOTES}\n`,
  doctor: `${DOCTOR_NOTES}\n`,
  run: `${RUN_NOTES}\n`,
};
