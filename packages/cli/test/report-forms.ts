import { readFileSync } from 'node:fs';
import {
  crashTextReport,
  operations,
  readCrashTexts,
  Session,
  type Parameters,
  type ReportResult,
} from '@inquest/engine';
import { DiskSources, openCore } from '@inquest/node';
import { openFixture } from '../../../fixtures/fixtures.mjs';
import { createStyle } from '../src/output/style.ts';
import { renderReportForm } from '../src/render/report-form.ts';
import { FIXTURE_SOURCES } from './fixture-sources.ts';

/** Reports of fixtures and their forms, for tests. */

const STYLE = createStyle(false, Number.POSITIVE_INFINITY);

/** The report about a fixture's core. */
export function reportOf(id: string, parameters: Parameters): ReportResult {
  const { exe, core, libs } = openFixture(id);
  const { session: opened } = openCore({ paths: [exe, core], places: { sysroot: undefined, libs } });
  const session = new Session(opened.program, { corePath: core, sources: FIXTURE_SOURCES });
  return operations.find(({ name }) => name === 'report')?.run(session, parameters) as ReportResult;
}

/** The report about what a fixture printed. */
export function textReportOf(id: string): ReportResult {
  const text = readCrashTexts(readFileSync(openFixture(id).stderr, 'utf8'));
  if (text === undefined) throw new Error(`${id} printed no crash`);
  return crashTextReport(text, 'stderr.txt', noSources(), { full: true });
}

function noSources(): DiskSources {
  return new DiskSources({ besides: [], executable: undefined, goVersion: () => undefined, rules: () => [], env: {} });
}

/** The report in a form, as one text. */
export function formOf(report: ReportResult, form: 'md' | 'html' | 'text'): string {
  return renderReportForm(report, STYLE, form === 'text' ? {} : { [form]: true }).join('\n');
}

/** All nodes of a result that `test` holds of. */
export function nodesOf<T extends object>(result: unknown, test: (node: object) => node is T): T[] {
  const found: T[] = [];
  const work: unknown[] = [result];
  for (let node = work.pop(); work.length > 0 || node !== undefined; node = work.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    if (test(node)) found.push(node);
    work.push(...Object.values(node as object).filter((each) => each !== undefined));
  }
  return found;
}
