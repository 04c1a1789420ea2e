import { DebugError } from '../base/errors.ts';
import {
  isSurvived,
  RUNTIME_STACK,
  type CrashText,
  type CrashTexts,
  type TextFrame,
  type TextGoroutine,
} from '../traceback/reading/crash-text.ts';
import { mainCrash } from '../traceback/reading/read-crash-text.ts';
import { hasFaultAddress, signalNumber, signalTitle } from '../target/signals.ts';
import { packageOf } from '../pclntab/function-name.ts';
import { packageOwner } from '../runtime/packages.ts';
import {
  deathByFatalError,
  deathByPanic,
  isRaisedByRuntime,
  type DeathKind,
  type Fault,
} from '../findings/cause/death.ts';
import { findRunningTests, runningTestText } from '../findings/cause/running-tests.ts';
import type { CauseFinding, CauseResult, FrameResult, PanicResult } from './results.ts';
import { detailOf, groupsOf, isUserFunction, location } from './crash-text-groups.ts';
import { crashTextHealth } from './crash-text-health.ts';
import type { CrashTextResult, TextCrashResult } from './results-traceback.ts';
import { sourceAround, type SourceProvider } from './source-lines.ts';
import { originOf } from './user-frame.ts';

/** Source lines shown before and after. */
const CONTEXT_LINES = 3;

const NO_VARIABLES = 'a crash text has none; a core of the crash would';

export interface CrashTextOptions {
  /** Which of the crashes in the text, from 1; by default the one that says most. */
  readonly crash?: number | undefined;
  /** With what the long forms show. */
  readonly full?: boolean;
}

/**
 * The report about a crash text, in the shape of the report about a core. What a text cannot give is undefined, or '' where the
 * shape demands a text: executable, process, addresses that are not printed, variables.
 * @param name the file's name, or what stands for it
 * Throws `usage` for a crash that is not there.
 */
export function crashTextReport(
  texts: CrashTexts,
  name: string,
  sources: SourceProvider,
  { crash, full = false }: CrashTextOptions = {},
): CrashTextResult {
  const number = crash ?? texts.crashes.indexOf(mainCrash(texts)) + 1;
  const text = texts.crashes[number - 1];
  if (text === undefined) {
    const count = texts.crashes.length;
    throw new DebugError(`${name} has no crash ${number}`, {
      code: 'usage',
      hint: count === 1 ? 'it has one' : `it has ${count} crashes, from 1 on`,
    });
  }
  const died = diedIn(text);
  const frames = (died?.frames ?? []).map((frame, index) => frameResult(frame, index));
  const userFrame = died === undefined ? undefined : findUserFrame(text, died.frames);
  const place = userFrame === undefined ? undefined : frames[userFrame];
  const groups = groupsOf(text.goroutines.filter((each) => each !== died));
  return {
    program: {
      executable: undefined,
      core: name,
      input: 'crash text',
      goVersion: goVersion(text),
      arch: architecture(text),
      pid: undefined,
      command: undefined,
      mainPackage: undefined,
      build: [],
      proof: undefined,
    },
    cause: causeResult(text, died),
    stack:
      died === undefined
        ? undefined
        : {
            goroutine: died.id === 0 ? undefined : died.id,
            thread: undefined,
            frames,
            truncated: died.elided > 0 || died.cutOff,
            problem: undefined,
            gap: undefined,
            selected: 0,
          },
    recursion: undefined,
    userFrame,
    source: place === undefined ? undefined : sourceAround(sources, place.file, place.line, CONTEXT_LINES),
    arguments: [],
    locals: [],
    variablesProblem: NO_VARIABLES,
    others: groups.map(({ group }) => group),
    goroutineCount: countOf(text),
    health: crashTextHealth(texts, text, died !== undefined),
    input: undefined,
    crash: number,
    crashes: texts.crashes.map(crashResult),
    goroutines: text.goroutines,
    registers: text.registers,
    ...(full ? { detail: detailOf(groups, frames, sources) } : {}),
  };
}

function crashResult(text: CrashText, index: number): TextCrashResult {
  const died = diedIn(text);
  const user = died === undefined ? undefined : findUserFrame(text, died.frames);
  const frame = user === undefined ? undefined : died?.frames[user];
  return {
    number: index + 1,
    textLine: text.textLine,
    headline: headline(text),
    panics: panicsOf(text),
    goroutine: died?.id === 0 ? undefined : died?.id,
    location: frame && location(frame),
    goroutineCount: countOf(text),
  };
}

/** How many goroutines a text shows. */
function countOf({ goroutines }: CrashText): number {
  return goroutines.reduce(countAll, 0);
}

/** Stacks of threads and of the runtime are no goroutines. */
function countAll(sum: number, { id, status, count }: TextGoroutine): number {
  return sum + (id === 0 || status === RUNTIME_STACK ? 0 : count);
}

/** The stack of the crash: it is printed first. A dump without a cause has none. */
function diedIn(text: CrashText): TextGoroutine | undefined {
  const says = text.panics.length > 0 || text.fatal !== undefined || text.bySignal;
  if (!says) return text.goroutines.length === 1 ? text.goroutines[0] : undefined;
  const [first, second] = text.goroutines;
  // An error on the runtime's own stack is that of the goroutine behind it.
  const isRuntime = first?.status === RUNTIME_STACK && second?.status === 'running';
  return isRuntime ? second : first;
}

function panicsOf({ panics }: CrashText): readonly PanicResult[] {
  return panics.map((panic) => ({ ...panic, value: undefined, goexit: false }));
}

function headline({ fatal, panics, signal }: CrashText): string {
  const last = panics.at(-1);
  if (fatal !== undefined) return `fatal error: ${fatal}`;
  if (last !== undefined) return `panic: ${last.text}`;
  return signal === undefined ? 'goroutines of a running program' : titleOf(signal.name);
}

function causeResult(text: CrashText, died: TextGoroutine | undefined): CauseResult {
  const panics = panicsOf(text);
  const last = panics.at(-1);
  const { signal } = text;
  const kind =
    text.fatal !== undefined ? 'fatal-error' : last !== undefined ? 'panic' : text.bySignal ? 'signal' : 'none';
  const evidence = ['the text that the program printed', ...text.explanation];
  const goroutine = died?.id === 0 ? undefined : died?.id;
  const death = deathInText(text, died, kind);
  const findings = [
    ...text.explanation.map((line) => explained(line)),
    ...(death === 'test-timeout' ? testFindings(text) : []),
    ...(isSurvived(text) ? [SURVIVED] : []),
  ];
  return {
    kind: death === 'nil-dereference' ? death : kind,
    death,
    // A text is what somebody wrote down.
    confidence: kind === 'none' ? 'unknown' : 'likely',
    findings,
    headline: headline(text),
    panics,
    signal,
    evidence,
    goroutine,
    thread: undefined,
  };
}

const SURVIVED: CauseFinding = {
  text: 'the program recovered from the panic and went on',
  confidence: 'likely',
  evidence: 'net/http logs so, or the program printed its own stack (runtime/debug.Stack)',
};

function explained(text: string): CauseFinding {
  return { text, confidence: 'likely', evidence: 'a line that the runtime printed before' };
}

function testFindings({ goroutines }: CrashText): CauseFinding[] {
  return findRunningTests(goroutines, isUserFunction).map((test) => ({
    text: runningTestText(test),
    confidence: 'likely',
    evidence: `the stack of goroutine ${test.goroutine ?? '?'}`,
  }));
}

function deathInText(text: CrashText, died: TextGoroutine | undefined, kind: CauseResult['kind']): DeathKind {
  if (text.fatal !== undefined) return deathByFatalError(text.fatal);
  const last = text.panics.at(-1);
  if (last !== undefined) {
    const frames = died?.frames ?? [];
    const before = frames.slice(0, findUserFrame(text, frames) ?? frames.length);
    const gopanic = before.findLastIndex((frame) => frame.function === 'runtime.gopanic');
    const raiser = gopanic < 0 ? undefined : frames[gopanic + 1]?.function;
    return deathByPanic(last.text, raiser === undefined ? undefined : isRaisedByRuntime(raiser), faultOf(text));
  }
  if (kind === 'none') return 'none';
  return text.signal?.name === 'SIGQUIT' ? 'quit' : text.signal?.name === 'SIGABRT' ? 'abort' : 'signal';
}

function faultOf({ signal }: CrashText): Fault | undefined {
  const signo = signal && signalNumber(signal.name);
  if (signal?.address === undefined || signo === undefined) return undefined;
  const code = Number(signal.code);
  return { signo, code, address: hasFaultAddress(signo, code) ? Number(signal.address) : undefined };
}

function titleOf(name: string): string {
  const number = signalNumber(name);
  return number === undefined ? name : signalTitle(number);
}

/** The frame of the user's own code: behind the panic, the first one of the program, else of a dependency, else any. */
function findUserFrame(text: CrashText, frames: readonly TextFrame[]): number | undefined {
  const panics = frames.flatMap((frame, index) => (frame.function === 'runtime.gopanic' ? [index] : []));
  // Since Go 1.23 a line stands for two panics with the same value.
  const all = text.panics.flatMap((panic) => (panic.repanicked ? [panic, { ...panic, repanicked: false }] : [panic]));
  // Of a panic that the program survived the newest is told alone; that it was the first one's value again is likeliest.
  const isToldAlone = all.length === 1 && all[0]?.recovered === true;
  const start = (panics[isToldAlone ? panics.length - 1 : originOf(all, panics.length)] ?? -1) + 1;
  const owners = frames.map((frame) => packageOwner(packageOf(frame.function), undefined));
  for (const wanted of [['own'], ['own', 'dependency'], ['standard']]) {
    const index = owners.findIndex((owner, i) => i >= start && wanted.includes(owner));
    if (index >= 0) return index;
  }
  return frames.length > start ? start : undefined;
}

function frameResult(frame: TextFrame, index: number): FrameResult {
  return {
    index,
    pc: frame.pc ?? '',
    function: frame.function,
    file: frame.file,
    line: frame.line,
    inlined: frame.inlined,
    offset: frame.offset ?? 0,
    module: undefined,
    stack: 'goroutine',
    interrupted: false,
    cfa: frame.fp,
    plumbing: packageOwner(packageOf(frame.function), undefined) === 'runtime',
    arguments: undefined,
    locals: undefined,
  };
}

/** Go's own files name the release that they are of, in the folders of distributions and of downloaded toolchains. */
function goVersion(text: CrashText): string | undefined {
  for (const file of filesOf(text)) {
    const match = /\/(?:toolchain@v[\d.]+-)?go-?(1\.\d{1,3}(?:\.\d{1,3})?)(?:\.linux-\w+)?\/src\//.exec(
      file.slice(0, 1000),
    );
    if (match !== null) return `go${match[1]}`;
  }
  return undefined;
}

function filesOf({ goroutines }: CrashText): ReadonlySet<string> {
  const files = new Set<string>();
  for (const { frames } of goroutines) for (const { file } of frames) files.add(file);
  return files;
}

/** By the names of registers and assembly files. */
function architecture(text: CrashText): string {
  const files = [...filesOf(text)];
  const isArm = text.registers?.['lr'] !== undefined || files.some((file) => file.endsWith('_arm64.s'));
  const isAmd = text.registers?.['rip'] !== undefined || files.some((file) => file.endsWith('_amd64.s'));
  return isAmd ? 'amd64' : isArm ? 'arm64' : '';
}
