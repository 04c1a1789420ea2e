import type { ReportResult } from '@inquest/engine';
import { pathShortener } from '../output/paths.ts';
import { sanitize, sanitizeLines } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';
import { cut } from '../render/place.ts';
import { earlierPanics } from '../render/panics.ts';
import { whereabouts } from '../render/whereabouts.ts';
import { TOOL } from '../version.ts';
import { goroutineSection } from './html-goroutines.ts';
import { section, sourceHtml, variableTable } from './html-parts.ts';
import { stackSection } from './html-stack.ts';
import { STYLE } from './html-style.ts';
import { Html, markup } from './html-text.ts';
import { waitsSection } from './html-waits.ts';
import { evidenceLines, filesOf, findingWords, functionName, placeOf, programFacts, signalWords } from './words.ts';

/** A panic's text is shown up to here, in lines and in characters a line. */
const MOST_LINES = 200;
const LONGEST_LINE = 4000;

/**
 * The report as a page of its own: no script, nothing fetched, and a policy that forbids both, so that what a program had in its
 * memory stays text even if something were wrong here.
 */
export function renderHtml(report: ReportResult, style: Pick<Style, 'cwd' | 'localPath'>): string[] {
  const shortest = pathShortener(filesOf(report).map(style.localPath), style);
  const shorten = (path: string): string => shortest(style.localPath(path));
  const body = [
    header(report, shorten),
    valuesSection(report),
    stackSection(report, shorten),
    waitsSection(report, shorten),
    goroutineSection(report, shorten),
    section('What the conclusion rests on', [list(evidenceLines(report))]),
    section('Notes about the input', [list(report.health)]),
    footer(report),
  ];
  return page(titleOf(report), markup`${body}`).text.split('\n');
}

function page(title: string, body: Html): Html {
  const policy = `default-src 'none'; style-src 'sha256-${hashOf(STYLE)}'; base-uri 'none'; form-action 'none'`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="${TOOL.name} ${TOOL.version}">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
${body}
</body>
</html>`;
}

function hashOf(text: string): string {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('base64');
}

function titleOf({ cause, program }: ReportResult): string {
  const [first = ''] = sanitizeLines(cause.headline);
  const name = (program.executable ?? program.command ?? program.core).split('/').pop() ?? '';
  return `${cut(first, 100)} · ${sanitize(name)}`;
}

function header(report: ReportResult, shorten: (path: string) => string): Html {
  const { cause, source } = report;
  const lines = sanitizeLines(cause.headline);
  const shown = lines.slice(0, MOST_LINES).map((line) => cut(line, LONGEST_LINE));
  const headline = [...shown, ...(lines.length > MOST_LINES ? ['…'] : [])].join('\n');
  const signal = signalWords(report);
  const earlier = earlierPanics(report.cause).map(
    (panic) => markup`<li>after <code>${cut(panic, LONGEST_LINE)}</code></li>`,
  );
  const findings = findingWords(report).map((text) => markup`<li>${cut(text, LONGEST_LINE)}</li>`);
  const hidden = markup`<p class="redacted">Redacted: the contents of strings, bytes, labels and arguments are hidden.</p>\n`;
  return markup`<header>
<h1>${headline}</h1>
${earlier.length === 0 ? undefined : markup`<ul>${earlier}</ul>\n`}${findings.length === 0 ? undefined : markup`<ul class="findings">${findings}</ul>\n`}<p class="lead">${whereHtml(report, shorten)}</p>
${signal === undefined ? undefined : markup`<p>Signal: <code>${signal}</code></p>\n`}${report.redacted === true ? hidden : undefined}<ul class="facts">${programFacts(report).map((fact) => markup`<li>${fact}</li>`)}</ul>
${sourceHtml(source)}</header>
`;
}

function whereHtml(report: ReportResult, shorten: (path: string) => string): Html {
  const { who, verb, frame, end } = whereabouts(report);
  const words = markup`<strong>${who ?? 'the process'}</strong> ${verb}`;
  if (frame === undefined) return markup`${words}${end}`;
  const place = placeOf(frame, shorten);
  const at = place === undefined ? undefined : markup` at <code>${place}</code>`;
  return markup`${words} <code>${functionName(frame)}</code>${at}${end}`;
}

function valuesSection({ arguments: args, locals, variablesProblem }: ReportResult): Html | undefined {
  const problem =
    variablesProblem === undefined
      ? undefined
      : markup`<p class="dim">(no variables: ${sanitize(variablesProblem)})</p>`;
  return section('Values', [variableTable('Arguments', args), variableTable('Locals', locals), problem]);
}

function list(lines: readonly string[]): Html | undefined {
  return lines.length === 0
    ? undefined
    : markup`<ul>${lines.map((line) => markup`<li>${sanitizeLines(line).join(' ')}</li>`)}</ul>`;
}

function footer({ program }: ReportResult): Html {
  const what = program.input === undefined ? 'Core' : 'Crash text';
  const executable =
    program.executable === undefined ? undefined : markup`, executable <code>${sanitize(program.executable)}</code>`;
  const command =
    program.command === undefined
      ? undefined
      : markup`, command <code>${cut(sanitize(program.command), LONGEST_LINE)}</code>`;
  return markup`<footer>${what} <code>${sanitize(program.core)}</code>${executable}${command}. Made by ${TOOL.name} ${TOOL.version}.</footer>`;
}
