import { openSync } from 'node:fs';
import { basename } from 'node:path';
import { readCrashTexts } from '@inquest/engine';
import { findCores, pathOfSeen, ProcessWatch, reasonOf, type CoreSearchResult, type FoundCore } from '@inquest/node';
import { runCore } from '../core-command.ts';
import { writeCrashReport } from '../crash-text-command.ts';
import { fileRequest } from '../file-arguments.ts';
import { sanitize } from '../output/sanitize.ts';
import { isTerminal, sendOutputTo, writeAll } from '../output/terminal.ts';
import type { RunRequest } from '../tool-arguments.ts';
import { exitCodeOf, processGroup, startChild, type Child, type ChildEnd } from './child.ts';
import { dumpStored } from './coredumpctl.ts';
import { findProgram } from './program-path.ts';
import { lookAhead, reasonsOf, type Prospect } from './prospect.ts';

/** Signals whose usual end is a core (signal(7)). */
const CORE_SIGNALS: ReadonlySet<string> = new Set(
  ['ABRT', 'BUS', 'FPE', 'ILL', 'QUIT', 'SEGV', 'SYS', 'TRAP', 'XCPU', 'XFSZ'].map((name) => `SIG${name}`),
);
/** What the Go runtime exits with when a panic makes no core. */
const GO_DEATH = 2;
/** How long a handler such as systemd-coredump is waited for, in milliseconds, and how often it is looked. */
const PATIENCE = 15_000;
const LOOK_AGAIN = 250;

/** `inquest run`: runs a program, and opens its core if it dies. Returns the program's exit code, as shells have it. */
export async function runProgram(request: RunRequest): Promise<number> {
  const [name = ''] = request.words;
  const program = findProgram(name, process.env);
  if ('problem' in program) {
    say(program.problem);
    return program.code;
  }
  const { GOTRACEBACK } = process.env;
  const env = { ...process.env, GOTRACEBACK: GOTRACEBACK === undefined || GOTRACEBACK === '' ? 'crash' : GOTRACEBACK };
  const prospect = lookAhead(env);
  const since = Date.now();
  const child = startChild(request.words, env, prospect.doctor?.verdict !== 'kept');
  const watch = new ProcessWatch(child.pid);
  try {
    const end = await started(child, name);
    watch.stop();
    if (end.code !== 0) await tell({ request, child, end, prospect, watch, since });
    return exitCodeOf(end);
  } finally {
    watch.close();
  }
}

async function started({ ended }: Child, name: string): Promise<ChildEnd> {
  try {
    return await ended;
  } catch (error) {
    // The shell itself could not be started.
    say(`cannot run ${name}: ${reasonOf(error)}`);
    return { code: 126, signal: undefined };
  }
}

/** A run that ended, and what is known of it. */
interface Run {
  readonly request: RunRequest;
  readonly child: Child;
  readonly end: ChildEnd;
  readonly prospect: Prospect;
  readonly watch: ProcessWatch;
  readonly since: number;
}

async function tell(run: Run): Promise<void> {
  const { request, child, end, watch } = run;
  const search = await findAll(run);
  const [core, ...others] = search?.cores ?? [];
  if (core !== undefined) {
    note(request, `${died(run, core)}; its core is ${core.path}`);
    for (const other of others) note(request, `process ${other.pid ?? '?'} died, too; its core is ${other.path}`);
    await openReport(run, core);
    return;
  }
  const mayBeGo = end.signal !== undefined || end.code === GO_DEATH || watch.processes.length > 1;
  const text = mayBeGo ? readCrashTexts(child.text()) : undefined;
  if (text === undefined && !diedWithCore(end)) return;
  note(request, `${endOf(run)}, and no core of it was found`);
  for (const reason of reasonsOf(run.prospect)) note(request, `  ${reason}`);
  if (reasonsOf(run.prospect).length === 0)
    for (const place of search?.places ?? []) note(request, `  looked for ${place}`);
  if (text === undefined) return;
  if (request.commands.length + request.init.length + request.script.length > 0)
    note(request, 'commands and scripts need a core: they were not run');
  note(request, 'what follows is from what it printed');
  const redirected = direct(request);
  if (redirected !== undefined) writeCrashReport(text, 'standard error', request);
}

/** Looks for cores; where a handler writes them, until it has. */
async function findAll({ prospect: { facts }, watch, since, end }: Run): Promise<CoreSearchResult | undefined> {
  const pattern = facts?.pattern;
  if (pattern === undefined) return undefined;
  const { processes } = watch;
  const folders = [...new Set([...processes.flatMap(({ folders: seen }) => [...seen].reverse()), process.cwd()])];
  const pids = processes.map(({ pid }) => pid);
  const search = { pattern, pids, folders, since, group: processGroup() };
  const isAwaited = pattern.kind === 'pipe' && pattern.handler !== 'other' && pattern.handler !== 'discard';
  // What runs outside of a container keeps cores there.
  const patient = isAwaited && facts?.container === undefined && diedWithCore(end);
  for (const start = Date.now(); ;) {
    const found = findCores(search);
    if (found.cores.length > 0 || !patient) return found;
    const stored = pattern.handler === 'systemd' ? dumpStored(pids, since) : undefined;
    if (stored !== undefined) return { ...found, cores: [stored] };
    if (Date.now() - start > PATIENCE) return found;
    await new Promise((resolve) => {
      setTimeout(resolve, LOOK_AGAIN);
    });
  }
}

function diedWithCore({ signal }: ChildEnd): boolean {
  return signal !== undefined && CORE_SIGNALS.has(signal);
}

/** What became of the program, as a sentence's beginning. */
function endOf({ request, child, end }: Run): string {
  const name = `${basename(request.words[0] ?? '')} (process ${child.pid})`;
  return end.signal === undefined ? `${name} ended with exit status ${end.code ?? 0}` : `${name} died by ${end.signal}`;
}

function died(run: Run, core: FoundCore): string {
  if (core.pid === run.child.pid || core.pid === undefined) return endOf(run);
  const name = core.executable === undefined ? '' : ` (${basename(core.executable)})`;
  return `${endOf(run)}; process ${core.pid}${name}, which it started, died`;
}

/** The report, or what was asked for instead; then the prompt, on a terminal. */
async function openReport(run: Run, core: FoundCore): Promise<void> {
  const { request } = run;
  const redirected = direct(request);
  if (redirected === undefined) return;
  await runCore({
    ...request,
    ...fileRequest([], { core: core.path, exe: executableOf(run, core) }),
    form: undefined,
    redact: false,
    stats: false,
    batch: request.batch || redirected,
    pager: request.pager && !redirected,
    // All answers go there already.
    output: undefined,
    // What is left on standard input was meant for the program.
    input: 'terminal',
  });
}

/** The executable of a core as it can be opened now; undefined leaves it to the core to name it. */
function executableOf({ watch }: Run, { pid, executable }: FoundCore): string | undefined {
  const seen = watch.processes.find((each) => each.pid === pid)?.executables ?? [];
  const same = seen.findLast(({ path }) => path.replace(/ \(deleted\)$/, '') === executable);
  return same === undefined ? undefined : pathOfSeen(same);
}

/**
 * Decides where answers go: standard output is the program's, and so they go to standard error, unless it is a terminal.
 * True if they go elsewhere than to a terminal by standard output; undefined if the file cannot be written.
 */
function direct({ output }: RunRequest): boolean | undefined {
  if (output !== undefined) {
    try {
      sendOutputTo(openSync(output, 'w', 0o600));
      return true;
    } catch (error) {
      say(`cannot write ${output}: ${reasonOf(error)}`);
      return undefined;
    }
  }
  if (isTerminal(1)) return false;
  sendOutputTo(2);
  return true;
}

function note({ quiet }: RunRequest, text: string): void {
  if (!quiet) say(text);
}

function say(text: string): void {
  writeAll(2, `inquest: ${sanitize(text)}\n`);
}
