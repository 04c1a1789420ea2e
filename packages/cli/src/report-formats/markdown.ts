import type { ReportResult, VariableResult } from '@inquest/engine';
import { pathShortener } from '../output/paths.ts';
import { sanitize, sanitizeLines } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';
import { cut, plural } from '../render/place.ts';
import { earlierPanics } from '../render/panics.ts';
import { whereabouts } from '../render/whereabouts.ts';
import { TOOL } from '../version.ts';
import { codeBlock, codeSpan, collapsed } from './markdown-code.ts';
import { deadlockItems, searchProblem, waitItems } from './wait-words.ts';
import {
  evidenceLines,
  filesOf,
  findingWords,
  functionName,
  groupNumbers,
  groupTitle,
  placeOf,
  programFacts,
  recursionWords,
  signalWords,
  stackText,
  tellingVariables,
  valueWords,
  variableName,
} from './words.ts';

/** How much is shown: trackers take texts of 65,536 characters, and readers less. */
const LIMITS = { headline: 20, text: 600, variables: 40, frames: 60, groups: 30, notes: 20, whole: 60_000 } as const;

type Shorten = (path: string) => string;

/** The report in Markdown, for an issue tracker. All that is from the program stands in code, where nothing is markup. */
export function renderMarkdown(report: ReportResult, style: Pick<Style, 'cwd' | 'localPath'>): string[] {
  const shortest = pathShortener(filesOf(report).map(style.localPath), style);
  const shorten: Shorten = (path) => shortest(style.localPath(path));
  const sections = [
    headline(report),
    where(report, shorten),
    variables('Arguments', report.arguments),
    variables('Locals', report.locals),
    report.variablesProblem === undefined ? [] : [`No variables: ${codeSpan(report.variablesProblem)}`, ''],
    stack(report, shorten),
    ...frameValues(report, shorten),
    waits(report, shorten),
    others(report, shorten),
    evidence(report),
    foot(report),
  ];
  return withinLimit(sections);
}

/** Whole sections only: half a block would swallow what follows it. The last, with what the report is about, always stays. */
function withinLimit(sections: readonly (readonly string[])[]): string[] {
  const size = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + line.length + 1, 0);
  const end = sections.at(-1) ?? [];
  const lines: string[] = [];
  let length = size(end);
  let left = 0;
  for (const section of sections.slice(0, -1)) {
    length += size(section);
    if (length > LIMITS.whole) {
      length -= size(section);
      left++;
    } else lines.push(...section);
  }
  if (left > 0)
    lines.push(`_${plural(left, 'part')} left out: too long for an issue; the report as HTML has all._`, '');
  return [...lines, ...end];
}

function headline(report: ReportResult): string[] {
  const { cause } = report;
  const text = sanitizeLines(cause.headline);
  const title = `## ${codeSpan(cut(text[0] ?? '', LIMITS.text))}`;
  const lines = [title, ''];
  if (report.redacted === true)
    lines.push('> Redacted: the contents of strings, bytes, labels and arguments are hidden.', '');
  if (text.length > 1) {
    const more = text.length > LIMITS.headline ? ['…'] : [];
    lines.push(
      ...codeBlock([...text.slice(0, LIMITS.headline).map((line) => cut(line, LIMITS.text)), ...more], 'text'),
      '',
    );
  }
  const findings = [...findingWords(report), recursionWords(report)].filter((text) => text !== undefined);
  if (findings.length > 0) lines.push(...findings.map((text) => `- ${codeSpan(cut(text, LIMITS.text))}`), '');
  const signal = signalWords(report);
  if (signal !== undefined) lines.push(`Signal: ${codeSpan(signal)}`, '');
  const earlier = earlierPanics(report.cause);
  if (earlier.length > 0) lines.push(...earlier.map((panic) => `- after ${codeSpan(cut(panic, LIMITS.text))}`), '');
  return lines;
}

function where(report: ReportResult, shorten: Shorten): string[] {
  const { who, verb, frame, end } = whereabouts(report);
  const place = frame && placeOf(frame, shorten);
  const at = place === undefined ? '' : ` at ${codeSpan(place)}`;
  const failed = frame === undefined ? '' : ` ${codeSpan(functionName(frame))}${at}`;
  const lines = [`**${who ?? 'the process'}** ${verb}`.trimEnd() + failed + end, ''];
  const { source } = report;
  if (source?.lines === undefined) return lines;
  const digits = String(source.lines.at(-1)?.number ?? 0).length;
  const code = source.lines.map(({ number, text, current }) => {
    const mark = current ? '=>' : '  ';
    return `${mark} ${String(number).padStart(digits)}  ${cut(text, LIMITS.text)}`.trimEnd();
  });
  return [...lines, ...codeBlock(code, 'go'), ''];
}

function variables(title: string, all: readonly VariableResult[]): string[] {
  const rows = variableRows(all);
  return rows.length === 0 ? [] : [`**${title}**`, '', ...rows, ''];
}

function variableRows(all: readonly VariableResult[]): string[] {
  const told = tellingVariables(all);
  const rows = told.slice(0, LIMITS.variables).map((variable) => {
    const stale = variable.stale === undefined ? '' : ` (may be stale: ${codeSpan(variable.stale)})`;
    const name = codeSpan(variableName(variable));
    if (variable.value === undefined) return `- ${name}: ${codeSpan(valueWords(variable))}`;
    return `- ${name} ${codeSpan(variable.type)} = ${codeSpan(cut(valueWords(variable), LIMITS.text))}${stale}`;
  });
  const more = told.length - rows.length;
  return more > 0 ? [...rows, `- ${more} more`] : rows;
}

function stack({ stack: trace, userFrame }: ReportResult, shorten: Shorten): string[] {
  if (trace === undefined || trace.frames.length === 0) return [];
  const owner = trace.goroutine === undefined ? `thread ${trace.thread ?? '?'}` : `goroutine ${trace.goroutine}`;
  const shown = trace.frames.slice(0, LIMITS.frames);
  const isCut = trace.truncated || shown.length < trace.frames.length;
  const lines = [...stackText(shown, shorten, userFrame ?? -1), ...(isCut ? ['…'] : [])];
  const problem = trace.problem === undefined ? [] : ['', `The stack ends there: ${codeSpan(trace.problem)}`];
  const count = `${plural(shown.length, 'frame')}${isCut ? ', more follow' : ''}`;
  return collapsed(`Stack of ${owner} (${count})`, [...codeBlock(lines, 'text'), ...problem]);
}

/** The variables of the frames around the one that failed, a part each, so that a long one can be left out alone. */
function frameValues({ detail, userFrame, stack: trace }: ReportResult, shorten: Shorten): string[][] {
  return (detail?.frames ?? []).flatMap(({ index, ...frame }) => {
    const rows = variableRows([...frame.arguments, ...frame.locals]);
    const call = trace?.frames.find((each) => each.index === index);
    if (index === userFrame || rows.length === 0 || call === undefined) return [];
    const place = placeOf(call, shorten);
    const head = `${codeSpan(functionName(call))}${place === undefined ? '' : ` at ${codeSpan(place)}`}`;
    return [collapsed(`Variables of frame ${index}`, [head, '', ...rows])];
  });
}

function others({ others: groups, goroutineCount, detail }: ReportResult, shorten: Shorten): string[] {
  if (groups.length === 0) return [];
  const lines = groups.slice(0, LIMITS.groups).flatMap((group) => {
    const frames = detail?.stacks.find(({ key }) => key === group.key)?.frames;
    const trace = frames ?? (group.location === undefined ? [] : [group.location]);
    const creator = group.createdBy && placeOf(group.createdBy, shorten);
    const created =
      group.createdBy === undefined ? [] : [`created by ${functionName(group.createdBy)} at ${creator ?? '?'}`];
    return [`${groupTitle(group)}: ${groupNumbers(group)}`, ...indent([...stackText(trace, shorten), ...created]), ''];
  });
  const more = groups.length - LIMITS.groups;
  const content = codeBlock(lines.slice(0, -1), 'text');
  if (more > 0) content.push('', `${plural(more, 'more group')}.`);
  return collapsed(`Other goroutines: ${goroutineCount} in all, ${plural(groups.length, 'group')}`, content);
}

function waits({ detail }: ReportResult, shorten: Shorten): string[] {
  if (detail?.waits === undefined) return [];
  const bad = deadlockItems(detail.waits, shorten);
  const all = waitItems(detail.waits, shorten);
  const lines = [...bad, ...all]
    .slice(0, LIMITS.groups)
    .flatMap(({ title, lines: rest }) => [title, ...indent(rest), '']);
  const problem = searchProblem(detail.waits);
  const content = codeBlock(lines.slice(0, -1), 'text');
  const more = bad.length + all.length - LIMITS.groups;
  if (problem !== undefined) content.push('', codeSpan(problem));
  if (more > 0) content.push('', `${plural(more, 'more group')}.`);
  const { total } = detail.waits.waiting;
  const count = bad.length === 0 ? '' : `, ${plural(bad.length, 'group')} that cannot go on`;
  return collapsed(`Waits: ${plural(total, 'goroutine')}${count}`, content);
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `    ${line}`);
}

function evidence(report: ReportResult): string[] {
  const { health } = report;
  const rows = evidenceLines(report).map((line) => `- ${codeSpan(cut(line, LIMITS.text))}`);
  const notes = health.slice(0, LIMITS.notes).map((line) => `- ${codeSpan(cut(line, LIMITS.text))}`);
  return [
    ...(rows.length === 0 ? [] : collapsed('What the conclusion rests on', rows)),
    ...(notes.length === 0 ? [] : collapsed(`Notes about the input (${health.length})`, notes)),
  ];
}

function foot(report: ReportResult): string[] {
  const { program } = report;
  const name = program.executable ?? program.command ?? program.core;
  const base = name.split('/').pop() ?? name;
  const facts = programFacts(report).map(codeSpan).join(', ');
  const what = program.input === undefined ? 'Core of' : 'Crash text';
  return [`_${what}_ ${codeSpan(base)}${facts === '' ? '' : `: ${facts}`} · ${sanitize(TOOL.name)} ${TOOL.version}`];
}
