import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import {
  crashTextReport,
  DebugError,
  readCrashTexts,
  Redactor,
  type CrashTextResult,
  type CrashTexts,
  type Configuration,
  type PathRule,
  type Settings,
} from '@inquest/engine';
import {
  DiskSources,
  reasonOf,
  STANDARD_INPUT,
  STANDARD_INPUT_NAME,
  type InputFile,
  type ReadyFiles,
} from '@inquest/node';
import type { ReportForm, TracebackRequest } from './arguments.ts';
import { makeStyle, refuse } from './core-command.ts';
import { EXIT } from './exit-codes.ts';
import { Channel } from './output/channel.ts';
import { formatEnvelope } from './output/envelope.ts';
import type { ColorChoice } from './output/style.ts';
import { isTerminal } from './output/terminal.ts';
import { renderReportForm } from './render/report-form.ts';

/** A text that is longer than this is no crash's, in bytes; logs are to be cut first. */
const LARGEST_TEXT = 256 << 20;

/** What is to be read: the files, or standard input where none was given and it is no terminal. */
export function inputsOf({ files, core, coredump, exe }: TracebackRequest): readonly string[] {
  const none = files.length === 0 && core === undefined && coredump === undefined && exe === undefined;
  return none && !isTerminal(0) ? [STANDARD_INPUT] : files;
}

/** The one file that is to be read, if it is a text: no ELF file. */
export function crashTextAmong({ paths, core, executable }: ReadyFiles): InputFile | undefined {
  const [only] = paths;
  if (core !== undefined || executable !== undefined || only === undefined || paths.length !== 1) return undefined;
  return isText(only.path) ? only : undefined;
}

/** A regular file that does not begin as ELF files do; what cannot be read is left to the opening of cores to complain of. */
function isText(path: string): boolean {
  try {
    if (!statSync(path).isFile()) return false;
    const fd = openSync(path, 'r');
    try {
      const start = Buffer.alloc(4);
      readSync(fd, start, 0, 4, 0);
      return start.toString('latin1') !== '\x7fELF';
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}

/** Reads a crash text and reports about it. Returns the exit code. */
export function runCrashText(file: InputFile, request: TracebackRequest, { settings }: Configuration): number {
  const { name } = file;
  const { json, redact } = request;
  const sources = sourcesBesides(name === STANDARD_INPUT_NAME ? [] : [name], settings.substitutePath);
  let report: CrashTextResult;
  try {
    report = reportOn(file, sources, request);
  } catch (error) {
    return refuse(error, json);
  }
  try {
    writeReport(redact ? new Redactor(sources).redact(report) : report, name, request, settings);
  } catch (error) {
    return refuse(error, json);
  }
  return EXIT.ok;
}

/** Reports about what a program printed when it died, where that was read already. `name` says where it was printed. */
export function writeCrashReport(text: CrashTexts, name: string, form: Form): void {
  writeReport(crashTextReport(text, name, sourcesBesides([], [])), name, form);
}

/** How a report is written. */
interface Form {
  readonly json: boolean;
  readonly color: ColorChoice;
  readonly form?: ReportForm | undefined;
  readonly output?: string | undefined;
}

function writeReport(
  report: CrashTextResult,
  name: string,
  { json, color, form, output }: Form,
  settings?: Settings,
): void {
  const channel = new Channel(output);
  if (json) {
    const identity = { path: name, executable: undefined, buildId: undefined };
    channel.answer(`${formatEnvelope(identity, { text: 'traceback', operation: 'report' }, report, [])}\n`);
    return;
  }
  const style = makeStyle(color, output === undefined && isTerminal(1), settings);
  channel.answer(`${renderReportForm(report, style, form === undefined ? {} : { [form]: true }).join('\n')}\n`);
}

function reportOn({ path, name }: InputFile, sources: DiskSources, { crash, form }: TracebackRequest): CrashTextResult {
  const whole = readText(path, name);
  if (name === STANDARD_INPUT_NAME && whole.trim() === '') {
    const hint =
      'usage: inquest traceback CORE [EXECUTABLE], or a file with what a Go program printed, or - for standard input';
    throw new DebugError('neither a core nor a crash text was given', { code: 'usage', hint });
  }
  const text = readCrashTexts(whole);
  if (text === undefined) {
    throw new DebugError(`${name} has no stack and no message of a Go program`, {
      code: 'bad-data',
      hint: 'give a core, or what a Go program printed when it died',
    });
  }
  return crashTextReport(text, name, sources, { crash, full: form !== undefined });
}

function sourcesBesides(besides: readonly string[], rules: readonly PathRule[]): DiskSources {
  return new DiskSources({
    besides,
    executable: undefined,
    goVersion: () => undefined,
    rules: () => rules,
    env: process.env,
  });
}

function readText(path: string, name: string): string {
  try {
    if (statSync(path).size > LARGEST_TEXT) throw tooLarge(name);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof DebugError) throw error;
    throw new DebugError(`cannot read ${name}: ${reasonOf(error)}`, { code: 'io' });
  }
}

function tooLarge(name: string): DebugError {
  return new DebugError(`${name} is larger than ${LARGEST_TEXT >> 20} MiB`, {
    code: 'limit',
    hint: 'cut out the part with the crash first, for example with grep -A 1000 "^panic:"',
  });
}
