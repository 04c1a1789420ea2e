import {
  formatCount,
  formatValue,
  type FrameResult,
  type GoroutineGroup,
  type LocationResult,
  type ReportResult,
  type VariableResult,
} from '@inquest/engine';
import { sanitize } from '../output/sanitize.ts';
import { plural } from '../render/place.ts';

/** Words that the long forms of a report share. All text is made safe for a line: no control characters, no line feeds. */

/** What the comparison of executable and core gave. */
const PROOFS: Readonly<Record<string, string>> = {
  proven: 'the executable matches the core',
  unproven: 'nothing proves that the executable matches the core',
  differs: 'the executable differs from the one that crashed',
};

/** `main.explode`; the address where no name is known. */
export function functionName(frame: Pick<FrameResult, 'function' | 'pc'>): string {
  return frame.function === '?' ? frame.pc : sanitize(frame.function);
}

/** `main.go:11`, with so much of the path as `shorten` leaves; undefined where no file is known. */
export function placeOf(
  { file, line }: { readonly file: string; readonly line: number },
  shorten: (path: string) => string,
): string | undefined {
  return file === '' ? undefined : `${sanitize(shorten(file))}:${line}`;
}

/** `SIGSEGV (code 0x1) at address 0x8, pc 0x47d6c1`; undefined without a signal. */
export function signalWords({ cause: { signal } }: ReportResult): string | undefined {
  if (signal === undefined) return undefined;
  const code = signal.code === '' ? '' : ` (code ${sanitize(signal.code)})`;
  const address = signal.address === undefined ? '' : ` at address ${signal.address}`;
  return `${sanitize(signal.name)}${code}${address}${signal.pc === undefined ? '' : `, pc ${signal.pc}`}`;
}

/** What is known of the cause besides the headline; what is only likely says so. */
export function findingWords({ cause }: ReportResult): string[] {
  return cause.findings.map(
    ({ text, confidence }) => `${confidence === 'proven' ? '' : 'probably: '}${sanitize(text)}`,
  );
}

/** `main.f × 1,000 frames, 64 bytes of stack each`: the functions that called each other until the stack was full. */
export function recursionWords({ recursion }: ReportResult): string | undefined {
  if (recursion === undefined) return undefined;
  const { functions, frames, bytesPerRound } = recursion;
  const names = functions.map(sanitize).join(' → ');
  return `${names}: ${formatCount(frames)} frames, ${bytesPerRound} bytes of stack each round`;
}

/** What the conclusion rests on, a line each. */
export function evidenceLines({ cause }: ReportResult): string[] {
  const { death, confidence, evidence, findings } = cause;
  const own = findings.map((finding) => `${finding.text} (${finding.confidence}: ${finding.evidence})`);
  return [`kind of death: ${death} (${confidence})`, ...own, ...evidence].map(sanitize);
}

/** Variables that tell something: not the results without names that have no value yet. */
export function tellingVariables(variables: readonly VariableResult[]): VariableResult[] {
  return variables.filter(({ name, value }) => value !== undefined || !name.startsWith('~'));
}

/** A variable's value in one line, or the reason why there is none. */
export function valueWords({ value, absent }: VariableResult): string {
  return value === undefined ? `not available: ${sanitize(absent ?? 'unknown')}` : sanitize(formatValue(value));
}

/** A name that an inner variable hides is in parentheses. */
export function variableName({ name, shadowed }: VariableResult): string {
  return shadowed ? `(${sanitize(name)})` : sanitize(name);
}

/** `go1.27.1`, `amd64`, `pid 17` … */
export function programFacts({ program }: ReportResult): string[] {
  const pid = program.pid === undefined ? undefined : `pid ${program.pid}`;
  const proof = program.proof === undefined ? undefined : (PROOFS[program.proof] ?? program.proof);
  return [program.goVersion, program.arch, pid, ...program.build, proof]
    .filter((fact) => fact !== undefined && fact !== '')
    .map((fact) => sanitize(String(fact)));
}

/** `3 goroutines [chan receive]`. */
export function groupTitle({ count, status }: GoroutineGroup): string {
  return `${plural(count, 'goroutine')} [${sanitize(status)}]`;
}

/** `goroutines 4 5 6 …`. */
export function groupNumbers({ ids, count }: GoroutineGroup): string {
  return `${count === 1 ? 'goroutine' : 'goroutines'} ${ids.join(' ')}${count > ids.length ? ' …' : ''}`;
}

/** The lines of a stack as text, one a frame: names in a column, places behind. */
export function stackText(
  frames: readonly (LocationResult & { readonly index?: number })[],
  shorten: (path: string) => string,
  mark?: number,
): string[] {
  const width = Math.min(60, Math.max(0, ...frames.map((frame) => functionName(frame).length)));
  const digits = String(frames.at(-1)?.index ?? frames.length - 1).length;
  return frames.map((frame, i) => {
    const index = frame.index ?? i;
    const place = placeOf(frame, shorten) ?? '?';
    const sign = mark === undefined ? '' : index === mark ? '=> ' : '   ';
    return `${sign}${String(index).padStart(digits)}  ${functionName(frame).padEnd(width)}  ${place}`;
  });
}

/** Files of a report, for shortening their paths together. */
export function filesOf({ stack, others, detail }: ReportResult): string[] {
  const frames = [...(stack?.frames ?? []), ...(detail?.stacks.flatMap((group) => group.frames) ?? [])];
  const places = others.flatMap(({ location, createdBy }) => [location, createdBy]);
  return [...frames, ...places].map((place) => place?.file ?? '').filter((file) => file !== '');
}
