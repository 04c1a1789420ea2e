import type { Parameters, ReportResult } from '@inquest/engine';
import type { Style } from '../output/style.ts';
import { renderHtml } from '../report-formats/html.ts';
import { renderMarkdown } from '../report-formats/markdown.ts';
import { renderReport } from './report.ts';

/** The report in the form that was asked for; `-html` goes before `-md`. */
export function renderReportForm(report: ReportResult, style: Style, { md, html, v }: Parameters): string[] {
  if (html === true) return renderHtml(report, style);
  return md === true ? renderMarkdown(report, style) : renderReport(report, style, v === true);
}
