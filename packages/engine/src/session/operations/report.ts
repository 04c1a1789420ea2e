import { attempt, DebugError, hex } from '../../base/errors.ts';
import { crashedThread, type Cause } from '../../findings/cause.ts';
import { deathByFatalError } from '../../findings/cause/death.ts';
import type { BuildInfo } from '../../pclntab/build-info.ts';
import type { Goroutine } from '../../runtime/goroutine.ts';
import { signalName, signalTitle } from '../../target/signals.ts';
import { isPlumbing } from '../calls.ts';
import { valueIn, type CauseContext } from '../cause/context.ts';
import { explain, type Judgement } from '../cause/explain.ts';
import { recursionOf } from '../cause/stack-overflow.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { panicResults } from '../panic-text.ts';
import { findUserFrame } from '../user-frame.ts';
import type { CauseResult, GoroutineGroup, PanicResult, StackResult } from '../results.ts';
import type { ReportResult } from '../results-report.ts';
import { sourceAround } from '../source-lines.ts';
import type { Selection, Session } from '../session.ts';
import { stackGroups, withFewIds, withoutMembers } from '../goroutine-groups.ts';
import { finishReport } from '../report-detail.ts';
import type { HealthResult, LossResult } from '../results-health.ts';
import { waitSummary } from '../wait-summary.ts';
import { healthResult } from './health.ts';
import type { CallStack } from '../../unwind/call-stack.ts';
import { DEFAULT_DEPTH, stackResult } from './stack.ts';

/** Frames searched for the user's own code. */
const SEARCH_FRAMES = 1000;
/** Flags of the forms that tell all. */
const LONG_FORMS = ['md', 'html', 'full'] as const;
/** Source lines shown before and after. */
const CONTEXT_LINES = 3;

function causeResult(
  session: Session,
  cause: Cause,
  panics: readonly PanicResult[],
  judgement: Judgement,
): CauseResult {
  const { signal } = cause;
  return {
    kind: judgement.death === 'nil-dereference' ? 'nil-dereference' : cause.kind,
    death: judgement.death,
    confidence: judgement.confidence,
    findings: judgement.findings,
    headline: headline(cause, panics),
    panics,
    signal: signal && {
      name: signalName(signal.signo),
      code: signal.code < 0 || signal.code > 2 ** 32 ? String(Math.trunc(signal.code) | 0) : hex(signal.code),
      address: signal.address === undefined ? undefined : hex(signal.address),
      pc: signal.pc === undefined ? undefined : hex(signal.pc),
    },
    evidence: [...cause.evidence, ...judgement.evidence],
    goroutine: cause.goroutine?.id,
    thread: cause.thread?.tid ?? session.program.target.threads[0]?.tid,
  };
}

function headline(cause: Cause, panics: readonly PanicResult[]): string {
  // The last of the chain that is no Goexit is the one that nobody recovered.
  const last = cause.kind === 'panic' ? panics.filter((panic) => !panic.goexit).at(-1) : undefined;
  if (last !== undefined) return `panic: ${last.text ?? ''}`;
  if (cause.fatalText !== undefined) return `fatal error: ${cause.fatalText}`;
  if (cause.signal !== undefined) return signalTitle(cause.signal.signo);
  if (cause.kind === 'none') return 'the process was not crashing: this core was taken of a running program';
  return 'fatal error (its text is not in the core)';
}

/** What is known of the build: words that tell why something may be missing. */
function buildNotes(session: Session): string[] {
  const { main, target } = session.program;
  if (main === undefined) return [];
  const notes: string[] = [];
  if (main !== session.program.executable) notes.push(`Go in ${main.path.split('/').at(-1) ?? main.path}`);
  if (!main.hasDwarf) notes.push('stripped (no DWARF)');
  if (main.bias !== 0) notes.push('position-independent');
  const settings = main.buildInfo?.settings;
  if (settings?.get('-trimpath') === 'true') notes.push('trimmed paths');
  if (settings?.get('CGO_ENABLED') === '1' && target.mappedFiles.some((file) => file.path.includes('libc')))
    notes.push('cgo');
  const flags = settings?.get('-gcflags');
  if (flags?.includes('-N') === true) notes.push('unoptimised');
  return notes;
}

function health(session: Session, input: HealthResult): string[] {
  const { program, runtime } = session;
  const told = new Set(input.missing.map(({ what }) => what));
  const lines = program.target.diagnostics.filter((line) => !told.has(line));
  lines.push(...input.missing.flatMap(lossText));
  const { main } = program;
  if (main === undefined) {
    const path = program.target.executablePath ?? 'it';
    const build = wordsOf(program.outline?.buildInfo);
    lines.push(`no executable: functions, lines and values cannot be named; give ${path} as well${build}`);
  } else {
    lines.push(...main.diagnostics);
    if (main.goProblem !== undefined) lines.push(main.goProblem);
    if (!main.hasDwarf)
      lines.push('the executable has no DWARF: variables and types cannot be shown; stacks, lines and goroutines can');
  }
  const version = program.goVersion;
  if (version === undefined)
    lines.push('the Go version is not recorded: the layouts of the newest known release are assumed');
  else if (version.minor !== program.minor)
    lines.push(`Go 1.${version.minor} is not known: its layouts are read as those of Go 1.${program.minor}`);
  lines.push(...runtime.diagnostics);
  return [...new Set(lines)];
}

/** Which build an executable is that has to be found: ` (module v1.2.3, package path, revision 12ab)`. */
function wordsOf(info: BuildInfo | undefined): string {
  if (info === undefined) return '';
  const { mainModule, path, settings } = info;
  const revision = settings.get('vcs.revision');
  const words = [
    mainModule && `${mainModule.path} ${mainModule.version}`,
    path === undefined || path === mainModule?.path ? undefined : `package ${path}`,
    revision && `revision ${revision}${settings.get('vcs.modified') === 'true' ? ', modified' : ''}`,
  ].filter((word) => word !== undefined);
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

/** What is missing, and the likeliest way to have it; an executable that is not there has a sentence of its own. */
function lossText({ kind, what, fixes }: LossResult): string[] {
  if (kind === 'executable') return [];
  const [fix] = fixes;
  if (fix === undefined) return [what];
  return [kind === 'file' ? `${what}: ${fix}` : `${what}; next time: ${fix}`];
}

export const reportOperation: Operation<ReportResult> = defineOperation({
  name: 'report',
  aliases: [],
  group: 'look',
  summary: 'Tell why the program died: cause, place, values, other goroutines',
  details: `report                         what happened, where, with which values, and what else was running
report -v                      with what each statement rests on
report -html > report.html     one file for a browser, with all frames, goroutines and a flame graph
report -md | xclip             for an issue tracker
report -redact -md             without the contents of strings
report --json                  the same as data: findings and evidence have a confidence each`,
  parameters: [
    { name: 'v', kind: 'flag', summary: 'with what each statement rests on' },
    { name: 'md', kind: 'flag', summary: 'in Markdown, for issue trackers' },
    { name: 'html', kind: 'flag', summary: 'as an HTML page that needs nothing else' },
    { name: 'brief', kind: 'flag', summary: 'without who waits for whom, for which every goroutine is looked at' },
    { name: 'full', kind: 'flag', summary: 'with the variables of all frames and the stacks of the others (JSON)' },
    { name: 'redact', kind: 'flag', summary: 'hide the contents of strings and bytes' },
  ],
  run(session, parameters) {
    const { program, runtime } = session;
    const { target } = program;
    const isBrief = parameters['brief'] === true;
    if (isBrief && LONG_FORMS.some((form) => parameters[form] === true))
      throw new DebugError('report -brief is for the short form: -md, -html and -full tell more', { code: 'usage' });
    const { context, stack, userFrame: index, result } = deathOf(session);
    const { selection } = context;
    const info = program.outline?.buildInfo;
    const details = stack && describeStack(context, index);
    const input = healthResult(session);
    const others = otherGroups(session, selection.goroutine);
    const isDeadlocked = result.death === 'deadlock';
    const waits = isBrief
      ? undefined
      : attempt(() => waitSummary(session, { groups: others, input, isDeadlock: isDeadlocked }));
    const report: ReportResult = {
      program: {
        executable: program.executable?.path ?? target.executablePath,
        core: session.corePath,
        goVersion: program.goVersion?.text,
        arch: target.arch.name,
        pid: target.pid,
        command: target.argumentsText ?? target.command,
        mainPackage: info?.path,
        build: buildNotes(session),
        proof: target.proof,
      },
      cause: result,
      stack: details?.stack,
      recursion: isDeep(result, details?.stack) ? attempt(() => recursionOf(context)) : undefined,
      userFrame: details?.userFrame,
      source: details?.source,
      arguments: details?.arguments ?? [],
      locals: details?.locals ?? [],
      variablesProblem: details?.variablesProblem,
      others,
      goroutineCount: runtime.goroutineCount,
      ...(waits === undefined ? {} : { waits }),
      health: health(session, input),
      input,
    };
    return finishReport(session, parameters, report, stack);
  },
});

/** Why the program died, and whose stack tells it. */
export interface Death {
  readonly result: CauseResult;
  readonly context: CauseContext;
  /** Undefined where there is neither a goroutine nor a thread. */
  readonly stack: CallStack | undefined;
  /** Number of the frame where the user's code failed. */
  readonly userFrame: number | undefined;
}

/** The first part of a report: why the program died. */
export function deathOf(session: Session): Death {
  const { cause } = session;
  const underWay = panicResults(session.types, cause.panics);
  const panics = cause.kind === 'panic' ? underWay : [];
  const selection = shownStack(session, cause);
  const stack =
    selection.goroutine === undefined && selection.thread === undefined ? undefined : session.stackOf(selection);
  const calls = stack?.first(SEARCH_FRAMES) ?? [];
  const userFrame = findUserFrame(session.program.outline?.buildInfo, panics, calls, cause.signal?.pc);
  const user = userFrame === undefined ? undefined : calls[userFrame];
  const found = { session, cause, panics, selection, calls, user };
  const context = { ...found, cause: withThrownText(found) };
  return { result: causeResult(session, context.cause, underWay, explain(context)), context, stack, userFrame };
}

/** A program that was stopped where its fatal error begins has not printed the text: it is an argument. */
function withThrownText(context: CauseContext): Cause {
  const { cause, calls } = context;
  const [first] = calls;
  if (cause.kind !== 'fatal-error' || cause.fatalText !== undefined || first === undefined) return cause;
  const text = THROWS.has(first.name) ? valueIn(context, first, 's')?.value : undefined;
  return typeof text === 'string' ? { ...cause, fatalText: text } : cause;
}

const THROWS: ReadonlySet<string> = new Set(['runtime.throw', 'runtime.fatal']);

/** True where the frames that are told may be few rounds of a long recursion. */
function isDeep({ death }: CauseResult, stack: StackResult | undefined): boolean {
  return death === 'stack-overflow' || stack?.truncated === true;
}

/** Goroutines of the same stack together, but for the one that crashed. */
function otherGroups(session: Session, crashed: Goroutine | undefined): readonly GoroutineGroup[] {
  const without = new Set(crashed === undefined ? [] : [crashed.id]);
  return withoutMembers(stackGroups(session), without).map(withFewIds);
}

/**
 * The stack that is told: of the goroutine that died, else of the thread. Where all goroutines slept it is that of the main
 * goroutine, for the thread that noticed it ran none.
 */
function shownStack({ program, runtime }: Session, { goroutine, fatalText }: Cause): Selection {
  const main = goroutine === undefined && isDeadlock(fatalText) ? attempt(() => runtime.goroutineById(1)) : undefined;
  const shown = goroutine ?? main;
  return {
    goroutine: shown,
    thread: shown === undefined ? (crashedThread(runtime) ?? program.target.threads[0]) : undefined,
  };
}

function isDeadlock(fatalText: string | undefined): boolean {
  return fatalText !== undefined && deathByFatalError(fatalText) === 'deadlock';
}

type StackDetails = Pick<ReportResult, 'stack' | 'userFrame' | 'source' | 'arguments' | 'locals' | 'variablesProblem'>;

function describeStack({ session, selection, user: call }: CauseContext, userFrame: number | undefined): StackDetails {
  const depth = Math.max(DEFAULT_DEPTH, (userFrame ?? 0) + 1);
  const result: StackResult = session.withSelection(selection, () => stackResult(session, depth, false));
  if (call === undefined || isPlumbing(call)) {
    return { stack: result, userFrame, source: undefined, arguments: [], locals: [], variablesProblem: undefined };
  }
  return {
    stack: result,
    userFrame,
    source: sourceAround(session.sources, call.file, call.line, CONTEXT_LINES),
    arguments: session.variables.arguments(call, session.settings),
    locals: session.variables.locals(call, session.settings),
    variablesProblem: session.variables.problem(call),
  };
}
