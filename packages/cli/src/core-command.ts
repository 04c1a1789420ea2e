import { attempt, DebugError, isDebugError, type Settings } from '@inquest/engine';
import { STANDARD_INPUT, type OpenedCore } from '@inquest/node';
import type { CoreRequest } from './arguments.ts';
import { EXIT } from './exit-codes.ts';
import { identify } from './identify.ts';
import { readCommandFile, readPipedCommands } from './input.ts';
import { configurationOf, openRequest, readyFiles } from './opening.ts';
import { formatErrorEnvelope } from './output/envelope.ts';
import { describeFailure } from './output/failures.ts';
import { highlightGo } from './output/highlight.ts';
import { showLongWork } from './output/long-work.ts';
import { sanitize } from './output/sanitize.ts';
import { writeStats } from './output/stats.ts';
import { createStyle, outputWidth, wantsColor, type Style } from './output/style.ts';
import { isTerminal, writeAll } from './output/terminal.ts';
import { Runner, type Outcome } from './runner.ts';
import type { ServeOptions } from './serve/serve.ts';

/** `inquest core`: opens the files, runs the commands or the report, and the prompt on a terminal. Returns the exit code. */
export async function runCore(request: CoreRequest): Promise<number> {
  const started = now();
  let opened: OpenedCore;
  let given: readonly Given[];
  try {
    checkForm(request);
    given = [
      ...request.init.map(readInit),
      ...request.script.map((path): Given => ({ path })),
      ...request.commands.map((line): Given => ({ line })),
    ];
    const configuration = configurationOf(request);
    checkStandardInput(request);
    opened = openRequest(request, await readyFiles(request), configuration);
  } catch (error) {
    return refuse(error, request.json);
  }
  if (request.headless !== undefined) return serve(opened, request.headless, request);
  const openedAt = now();
  if (!request.quiet) showLongWork();
  const terminal = isTerminal(1);
  const interactive = terminal && !request.batch && !request.json && !isForFile(request) && isTerminal(0);
  if (!request.json && !request.quiet) tellNotes(opened);
  const canPipe = request.input !== 'terminal' && !readsStandardInput(request);
  const commands = request.form === undefined ? given : [{ line: `report -${request.form}` }];
  const code = await runCommands(makeRunner(opened, request, terminal), commands, interactive, canPipe);
  if (request.stats) {
    writeStats({ start: started, open: openedAt - started, commands: now() - openedAt }, request.json);
  }
  return code;
}

async function serve(opened: OpenedCore, headless: ServeOptions, { quiet }: CoreRequest): Promise<number> {
  if (!quiet) tellNotes(opened);
  try {
    const { serveHeadless } = await import('./serve/headless.ts');
    return await serveHeadless(opened, headless);
  } catch (error) {
    return refuse(error, false);
  }
}

function tellNotes({ notes }: OpenedCore): void {
  for (const note of notes) writeAll(2, `inquest: ${sanitize(note)}\n`);
}

/** True if the answer is for a file: no prompt follows. */
function isForFile({ form, output }: CoreRequest): boolean {
  return form !== undefined || output !== undefined;
}

/** Throws `usage` where commands are given besides a form of the report: they would have to be in it. */
function checkForm({ form, commands, init, script }: CoreRequest): void {
  if (form === undefined || commands.length + init.length + script.length === 0) return;
  throw new DebugError(`--${form} is a form of the report, and commands were given besides`, {
    code: 'usage',
    hint: `leave the commands out, or let one be report -${form}`,
  });
}

/** Throws `usage` where a core is to be typed in. */
function checkStandardInput(request: CoreRequest): void {
  if (!readsStandardInput(request) || !isTerminal(0)) return;
  const hint = 'pipe a core into it, for example: ssh HOST cat core | inquest core -';
  throw new DebugError('standard input is a terminal', { code: 'usage', hint });
}

/** True if standard input is one of the files: then no commands are in it. */
function readsStandardInput({ files, core, exe }: CoreRequest): boolean {
  return [...files, core, exe].includes(STANDARD_INPUT);
}

/** What the arguments ask to be run: a line, the lines of a file, or a script. */
type Given =
  { readonly line: string } | { readonly lines: readonly string[]; readonly name: string } | { readonly path: string };

async function runCommands(
  runner: Runner,
  given: readonly Given[],
  interactive: boolean,
  canPipe: boolean,
): Promise<number> {
  const piped = given.length === 0 && !interactive && canPipe ? await readPipedCommands() : undefined;
  const all: readonly Given[] = piped?.map((line) => ({ line })) ?? (given.length === 0 ? [{ line: 'report' }] : given);
  // Where a prompt follows, Ctrl-C ends what runs before it alone.
  const prompt = interactive ? await import('./prompt/prompt.ts') : undefined;
  let code: number = EXIT.ok;
  for (const each of all) {
    const run = (): Outcome => runGiven(runner, each);
    const outcome = prompt === undefined ? run() : prompt.runCancellable(runner, run);
    code = Math.max(code, outcome.code);
    if (outcome.leave) return code;
  }
  if (prompt === undefined) return code;
  if (given.length === 0) introduce(runner);
  await prompt.runPrompt(prompt.promptOfRunner(runner));
  return EXIT.ok;
}

/** The line between report and prompt: where questions are answered. */
function introduce({ options: { session } }: Runner): void {
  const frame = attempt(() => session.selectedFrame);
  const where = frame === undefined ? '' : `Frame ${frame} is selected: locals, args and print look there. `;
  writeAll(1, `\n${where}help lists the commands.\n`);
}

function runGiven(runner: Runner, given: Given): Outcome {
  if ('line' in given) return runner.run(given.line);
  if ('lines' in given) return runner.runLines(given.lines, given.name);
  return runner.run(`source ${JSON.stringify(given.path)}`);
}

function readInit(path: string): Given {
  try {
    return { lines: readCommandFile(path), name: path === '-' ? 'standard input' : path };
  } catch (error) {
    throw new InitError(error instanceof Error ? error.message : String(error));
  }
}

/** The file behind `--init` cannot be read. */
class InitError extends Error {}

function makeRunner(opened: OpenedCore, request: CoreRequest, terminal: boolean): Runner {
  const { session } = opened;
  const toFile = request.output !== undefined;
  return new Runner({
    session,
    ...(request.redact ? { redact: true } : {}),
    ...(request.output === undefined ? {} : { output: request.output }),
    core: identify(opened),
    warnings: [...opened.notes, ...session.program.target.diagnostics],
    style: (settings, plain) =>
      makeStyle(
        plain || (toFile && request.color === 'auto') ? 'never' : request.color,
        terminal && !plain && !toFile,
        settings,
      ),
    json: request.json,
    pager: request.pager && terminal && !toFile,
  });
}

/** The style for this process's standard output. */
export function makeStyle(color: CoreRequest['color'], terminal: boolean, settings?: Settings): Style {
  return createStyle(
    wantsColor(color, process.env, terminal),
    outputWidth(process.env, terminal),
    process.cwd(),
    highlightGo,
    settings,
  );
}

/** Says why nothing could be opened. Returns the exit code. */
export function refuse(error: unknown, json: boolean): number {
  if (error instanceof InitError) {
    writeAll(2, `inquest: ${sanitize(error.message)}\n`);
    return EXIT.usage;
  }
  if (json) writeAll(1, `${formatErrorEnvelope(undefined, undefined, error)}\n`);
  else writeAll(2, `inquest: ${describeFailure(error).join('\n')}\n`);
  if (!isDebugError(error)) return EXIT.internal;
  return error.detail.code === 'usage' ? EXIT.usage : EXIT.load;
}

/** Milliseconds since the process began; `performance` would take two to load. */
function now(): number {
  return process.uptime() * 1000;
}
