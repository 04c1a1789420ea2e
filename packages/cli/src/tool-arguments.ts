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

function parsePid(text: string): number {
  const pid = Number(text);
  if (!Number.isInteger(pid) || pid < 1) throw new InvalidArgumentError('it is not the number of a process.');
  return pid;
}

/** The notes below the help of these sub-commands. */
export const TOOL_NOTES: Readonly<Record<string, string>> = { doctor: `${DOCTOR_NOTES}\n` };
