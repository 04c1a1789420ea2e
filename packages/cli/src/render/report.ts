import type {
  CauseFinding,
  CauseResult,
  FrameResult,
  GoroutineGroup,
  LocationResult,
  RecursionResult,
  ReportResult,
  StackResult,
  VariableResult,
} from '@inquest/engine';
import { formatCount } from '@inquest/engine';
import { pathShortener } from '../output/paths.ts';
import { sanitize, sanitizeLines, withoutColours } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';
import { otherCrashes } from './other-crashes.ts';
import { earlierPanics } from './panics.ts';
import { cut, fileLine, plural } from './place.ts';
import { waitsSection } from './report-waits.ts';
import { sourceLines } from './source.ts';
import { variableLine } from './value.ts';
import { whereabouts } from './whereabouts.ts';

/** What the comparison of executable and core gave, in words; `differs` is a note under the report. */
const PROOFS: Readonly<Record<string, string>> = {
  proven: 'the executable matches',
  unproven: 'nothing proves that the executable matches',
  differs: 'THE EXECUTABLE DIFFERS',
};

/** How much of each part is shown; the whole is meant to fit one screen of forty lines. */
const LIMITS = {
  headline: 6,
  earlier: 5,
  findings: 4,
  source: 3,
  variables: 8,
  frames: 12,
  groups: 6,
  health: 5,
} as const;

/** Columns before a line of source, and around the name in a row of the stack. */
const SOURCE_MARGIN = 9;
const FRAME_MARGIN = 11;

type Shorten = (path: string) => string;

/** The crash report: why, where, with what values, how it came there, what else was running. */
export function renderReport(report: ReportResult, style: Style, verbose = false): string[] {
  const shorten = pathShortener(filesOf(report).map(style.localPath), style);
  const sections = [
    causeLines(report.cause, style, verbose),
    verbose ? evidenceSection(report.cause, style) : [],
    whereLines(report, style, shorten),
    variableSection('Arguments', scoped('args', report.userFrame), report.arguments, style),
    variableSection('Locals', scoped('locals', report.userFrame), report.locals, style),
    report.variablesProblem === undefined
      ? []
      : indented(`  (no variables: ${sanitize(report.variablesProblem)})`, '    ', style.width).map(style.paint.dim),
    report.stack === undefined ? [] : stackSection(report, report.stack, style, shorten),
    othersSection(report, style, shorten),
    waitsSection(report, style, shorten),
    otherCrashes(report, style, shorten),
    footLines(report, style),
  ];
  const lines: string[] = [];
  for (const section of sections) {
    if (section.length === 0) continue;
    if (lines.length > 0) lines.push('');
    lines.push(...section);
  }
  return lines;
}

function filesOf(report: ReportResult): string[] {
  const frames = report.stack?.frames.map(({ file }) => file) ?? [];
  const others = report.others.flatMap(({ location, createdBy }) => [location?.file ?? '', createdBy?.file ?? '']);
  return [...frames, ...others].filter((file) => file !== '');
}

function causeLines(cause: CauseResult, style: Style, verbose: boolean): string[] {
  const { paint } = style;
  const text = sanitizeLines(cause.headline);
  const most = LIMITS.headline * style.width;
  const lines = text.slice(0, LIMITS.headline).map((line) => paint.bold(paint.red(cut(line, most))));
  if (text.length > LIMITS.headline) lines.push('…');
  const earlier = earlierPanics(cause);
  for (const panic of earlier.slice(-LIMITS.earlier))
    lines.push(...indented(`  after ${cut(panic, most)}`, '    ', style.width));
  if (earlier.length > LIMITS.earlier) lines.push(`  (and ${earlier.length - LIMITS.earlier} panics before)`);
  const findings = verbose ? cause.findings : cause.findings.slice(0, LIMITS.findings);
  for (const finding of findings) lines.push(...findingLines(finding, style, verbose));
  const { signal } = cause;
  if (signal !== undefined && !cause.headline.includes(signal.name)) {
    const address = signal.address === undefined ? '' : ` at address ${signal.address}`;
    const pc = signal.pc === undefined ? '' : `, pc ${signal.pc}`;
    lines.push(
      `  ${sanitize(signal.name)}${signal.code === '' ? '' : ` (code ${sanitize(signal.code)})`}${address}${pc}`,
    );
  } else if (signal?.address !== undefined && signal.name !== 'SIGQUIT') {
    lines.push(`  address ${signal.address}${signal.pc === undefined ? '' : `, pc ${signal.pc}`}`);
  }
  if (cause.confidence === 'unknown' && cause.kind !== 'none') lines.push(paint.dim('  (the cause is not certain)'));
  return lines;
}

function findingLines(finding: CauseFinding, style: Style, verbose: boolean): string[] {
  const { paint } = style;
  const text = wrap(sanitize(finding.text), style.width - 12);
  const [first = '', ...rest] = text;
  const mark = finding.confidence === 'proven' ? '' : 'probably: ';
  const lines = [`  ${mark}${paint.bold(first)}`, ...rest.map((line) => `    ${paint.bold(line)}`)];
  if (verbose) lines.push(paint.dim(`    (${finding.confidence}: ${sanitize(finding.evidence)})`));
  return lines;
}

/** Breaks at spaces, so that no line is longer than `width` unless a word is. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** A text over lines, those behind the first with an indent. */
function indented(text: string, indent: string, width: number): string[] {
  const margin = /^ */.exec(text)?.[0] ?? '';
  const [first = '', ...rest] = wrap(text.slice(margin.length), width - indent.length);
  return [margin + first, ...rest.map((line) => indent + line)];
}

/** A place in the source: of its path as much as there is room for. */
function placeIn(place: FrameResult | LocationResult, style: Style, shorten: Shorten, room: number): string {
  const text = fileLine(place, style, shorten);
  return text.length <= room ? text : text.replace(/^.*(?=\/)/, '…');
}

/** What the conclusion rests on: for `report -v`. */
function evidenceSection({ evidence, death, confidence }: CauseResult, style: Style): string[] {
  return [
    `  ${style.paint.bold('Evidence')} (kind of death: ${death}, ${confidence})`,
    ...evidence.map((line) => `    ${sanitize(line)}`),
  ];
}

function whereLines(report: ReportResult, style: Style, shorten: Shorten): string[] {
  const { who, verb, frame, end } = whereabouts(report);
  if (who === undefined) return [];
  const words = verb === '' ? who : `${who} ${verb}`;
  if (frame === undefined) return [`${words}${end}`, ...sourceOf(report, style)];
  const name = nameOf(frame);
  const room = style.width - words.length - name.length - '  at '.length - end.length;
  const at = frame.file === '' ? '' : ` at ${placeIn(frame, style, shorten, room)}`;
  return [`${words} ${style.paint.bold(name)}${at}${end}`, ...sourceOf(report, style)];
}

function sourceOf({ source }: ReportResult, style: Style): string[] {
  const lines: string[] = [];
  if (source?.lines !== undefined) {
    const near = source.lines.filter(({ number }) => Math.abs(number - source.line) <= LIMITS.source);
    lines.push('', ...sourceLines(near, style, '', style.width - SOURCE_MARGIN));
  } else if (source?.problem !== undefined) {
    lines.push(...indented(`  (${sanitize(source.problem)})`, '    ', style.width).map(style.paint.dim));
  }
  return lines;
}

/** What to do for more: about a crash text no commands can be asked. */
function hint({ program }: ReportResult, command: string): string {
  return program.input === undefined ? command : '--json has all';
}

/** The command that shows all of what is cut here, wherever the user is. */
function scoped(command: string, frame: number | undefined): string {
  return frame === undefined ? command : `frame ${frame} ${command}`;
}

function variableSection(title: string, command: string, all: readonly VariableResult[], style: Style): string[] {
  // Unnamed results (~r0) that have no value yet tell nothing.
  const variables = all.filter(({ name, value }) => value !== undefined || !name.startsWith('~'));
  if (variables.length === 0) return [];
  const lines = [`  ${style.paint.bold(title)}`];
  for (const variable of variables.slice(0, LIMITS.variables))
    lines.push(`    ${cutLine(variableLine(variable, style), style.width - 4)}`);
  const more = variables.length - LIMITS.variables;
  if (more > 0) lines.push(`    (${more} more: ${command})`);
  return lines;
}

/** What has to be cut loses its colours: a part of them would colour all that follows. */
function cutLine(text: string, width: number): string {
  const plain = withoutColours(text);
  return plain.length <= width ? text : cut(plain, width);
}

function stackSection(report: ReportResult, stack: StackResult, style: Style, shorten: Shorten): string[] {
  const { userFrame, recursion } = report;
  const { paint } = style;
  const owner = stack.goroutine === undefined ? `thread ${stack.thread ?? '?'}` : `goroutine ${stack.goroutine}`;
  const lines = [`  ${paint.bold(`Stack of ${owner}`)}`];
  const kept = stack.frames.filter((frame) => !frame.plumbing || frame.index === userFrame);
  const all = kept.length === 0 ? stack.frames : kept;
  if (recursion !== undefined) return [...lines, ...recursionLines(recursion, all, style, shorten)];
  const shown = all.slice(0, LIMITS.frames);
  const width = Math.min(60, Math.max(...shown.map((frame) => nameOf(frame).length)));
  for (const frame of shown) lines.push(frameRow(frame, frame.index === userFrame, width, style, shorten));
  const notes: string[] = [];
  if (all.length > shown.length) notes.push(`${all.length - shown.length} more`);
  const folded = stack.frames.length - all.length;
  if (folded > 0) notes.push(`${plural(folded, 'runtime frame')} folded`);
  if (notes.length > 0 || stack.truncated)
    lines.push(paint.dim(`        (${[...notes, hint(report, 'bt shows all')].join('; ')})`));
  if (stack.problem !== undefined)
    lines.push(paint.yellow(`        (the stack ends here: ${sanitize(stack.problem)})`));
  return lines;
}

/** One round of the functions that call each other, how often they do, and who called them. */
function recursionLines(
  recursion: RecursionResult,
  frames: readonly FrameResult[],
  style: Style,
  shorten: Shorten,
): string[] {
  const { functions, first } = recursion;
  const round = frames.filter(({ index }) => index >= first && index < first + functions.length);
  const inside = frames.filter(({ index }) => index < first).slice(0, LIMITS.frames);
  const width = Math.max(...[...round, ...inside].map((frame) => nameOf(frame).length), 0);
  const count = formatCount(recursion.frames);
  const names = functions.length === 1 ? `${sanitize(functions[0] ?? '')} × ${count}` : `${count} frames of these`;
  const size = `${recursion.bytesPerRound} bytes of stack each`;
  return [
    ...inside.map((frame) => frameRow(frame, false, width, style, shorten)),
    ...round.map((frame) => frameRow(frame, frame.index === first, width, style, shorten)),
    style.paint.bold(`        ${names}, ${size}${functions.length === 1 ? '' : ' round'}`),
    ...recursion.callers
      .filter(({ function: name }) => !name.startsWith('runtime.'))
      .map((place) => `         ${sanitize(place.function).padEnd(width)}  ${fileLine(place, style, shorten)}`),
  ];
}

/** The function, or the address where none is known. */
function nameOf(frame: FrameResult): string {
  return frame.function === '?' ? frame.pc : sanitize(frame.function);
}

function frameRow(frame: FrameResult, died: boolean, width: number, style: Style, shorten: Shorten): string {
  const name = nameOf(frame).padEnd(width);
  const mark = died ? style.paint.red('=>') : '  ';
  const place = placeIn(frame, style, shorten, style.width - name.length - FRAME_MARGIN);
  return `  ${mark}${String(frame.index).padStart(3)}  ${died ? style.paint.bold(name) : name}  ${place}`;
}

function othersSection(report: ReportResult, style: Style, shorten: Shorten): string[] {
  const count = report.others.reduce((sum, group) => sum + group.count, 0);
  if (count === 0) return [];
  const ofUser = report.others.filter((group) => !group.system);
  const system = report.others.reduce((sum, group) => sum + (group.system ? group.count : 0), 0);
  const title = style.paint.bold(`Other goroutines: ${count}`);
  if (ofUser.length === 0) return [`  ${title}, all of the runtime (${hint(report, 'goroutines lists them')})`];
  const lines = [`  ${title}${system > 0 ? `, ${system} of them of the runtime` : ''}`];
  const shown = ofUser.slice(0, LIMITS.groups);
  const width = Math.max(...shown.map((group) => statusText(group).length));
  const countWidth = Math.max(...shown.map((group) => String(group.count).length));
  for (const group of shown) {
    const ids = `(${group.ids.slice(0, 3).join(' ')}${group.count > 3 ? ' …' : ''})`;
    const name = sanitize(group.location?.function ?? '?');
    const row = `    ${String(group.count).padStart(countWidth)} × ${statusText(group).padEnd(width)}  ${name}  `;
    const room = style.width - row.length - ids.length - 2;
    const place = group.location === undefined ? '' : `${placeIn(group.location, style, shorten, room)}  `;
    lines.push(`${row}${place}${style.paint.dim(ids)}`);
  }
  const more = ofUser.length - shown.length;
  if (more > 0) lines.push(`    (${plural(more, 'more group')}: ${hint(report, 'goroutines -group')})`);
  return lines;
}

function statusText(group: GoroutineGroup): string {
  return `[${sanitize(group.status)}]`;
}

/** Parts beside each other, as many as a line has room for. */
function besides(parts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 3 + part.length > width) lines.push(part);
    else lines[lines.length - 1] = `${last} · ${part}`;
  }
  return lines;
}

function footLines(report: ReportResult, style: Style): string[] {
  const { program } = report;
  const name = program.executable ?? program.command ?? program.core;
  const facts = [
    program.goVersion,
    program.arch,
    program.pid === undefined ? undefined : `pid ${program.pid}`,
    ...program.build,
  ];
  const inner = facts.filter((fact) => fact !== undefined && fact !== '').map((fact) => sanitize(String(fact)));
  const proof = program.proof === undefined ? [] : [PROOFS[program.proof] ?? sanitize(program.proof)];
  const base = sanitize(name.split('/').pop() ?? name);
  const what = program.input ?? 'core of';
  const known = inner.length === 0 ? '' : ` (${inner.join(', ')})`;
  const memory = report.input === undefined ? [] : [`${report.input.memory.presentPercent}% of memory present`];
  const parts = besides([`${what} ${base}${known}`, ...proof, ...memory], style.width);
  const lines = parts.flatMap((part) => indented(part, '  ', style.width)).map(style.paint.dim);
  for (const sentence of report.health.slice(0, LIMITS.health)) {
    lines.push(...indented(`note: ${sanitize(sentence)}`, '      ', style.width).map(style.paint.yellow));
  }
  const more = report.health.length - LIMITS.health;
  if (more > 0) lines.push(`(${plural(more, 'more note')}: report with --json)`);
  return lines;
}
