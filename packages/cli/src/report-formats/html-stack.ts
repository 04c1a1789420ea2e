import type { FrameDetail, FrameResult, ReportResult } from '@inquest/engine';
import { sanitize } from '../output/sanitize.ts';
import { plural } from '../render/place.ts';
import { whereabouts } from '../render/whereabouts.ts';
import { section, sourceHtml, variableTable } from './html-parts.ts';
import { markup, type Html } from './html-text.ts';
import { functionName, placeOf, recursionWords, stackText } from './words.ts';

type Shorten = (path: string) => string;

/** The stack that died: the user's frames with source and values, the runtime's folded between them. */
export function stackSection(report: ReportResult, shorten: Shorten): Html | undefined {
  const { stack, userFrame, detail } = report;
  if (stack === undefined || stack.frames.length === 0) return undefined;
  const owner = stack.goroutine === undefined ? `thread ${stack.thread ?? '?'}` : `goroutine ${stack.goroutine}`;
  const { mark } = whereabouts(report);
  const parts: Html[] = [];
  let folded: FrameResult[] = [];
  const flush = (): void => {
    if (folded.length > 0) parts.push(foldedFrames(folded, shorten));
    folded = [];
  };
  for (const frame of stack.frames) {
    if (frame.plumbing && frame.index !== userFrame) {
      folded.push(frame);
      continue;
    }
    flush();
    const described = detail?.frames.find(({ index }) => index === frame.index);
    parts.push(frameHtml(frame, described, frame.index === userFrame ? mark : undefined, shorten));
  }
  flush();
  const cycle = recursionWords(report);
  const recursion = cycle === undefined ? undefined : markup`<p class="note">${cycle}</p>`;
  const end = stack.truncated ? markup`<p class="dim">(more frames follow)</p>` : undefined;
  const gap = stack.gap === undefined ? undefined : markup`<p class="note">(${sanitize(stack.gap)})</p>`;
  const problem =
    stack.problem === undefined
      ? undefined
      : markup`<p class="note">(the stack ends here: ${sanitize(stack.problem)})</p>`;
  return section(`Stack of ${owner}`, [recursion, ...parts, end, gap, problem]);
}

function foldedFrames(frames: readonly FrameResult[], shorten: Shorten): Html {
  const lines = stackText(frames, shorten).join('\n');
  return markup`<details><summary class="dim">${plural(frames.length, 'frame')} of the runtime</summary><pre>${lines}</pre></details>\n`;
}

function frameHtml(
  frame: FrameResult,
  described: FrameDetail | undefined,
  mark: string | undefined,
  shorten: Shorten,
): Html {
  const place = placeOf(frame, shorten) ?? (frame.module === undefined ? '' : sanitize(frame.module));
  const marks = `${frame.inlined ? ' (inlined)' : ''}${mark === undefined ? '' : ` (${mark})`}`;
  const title = markup`<code>${frame.index}&nbsp; <strong>${functionName(frame)}</strong></code> <span class="place">${place}${marks}</span>`;
  const problem =
    described?.problem === undefined
      ? undefined
      : markup`<p class="dim">(no variables: ${sanitize(described.problem)})</p>`;
  const pc = markup`<p class="dim">pc ${frame.pc === '' ? 'not known' : frame.pc}</p>`;
  const content =
    described === undefined
      ? pc
      : markup`${sourceHtml(described.source)}${variableTable('Arguments', described.arguments)}${variableTable('Locals', described.locals)}${problem}${pc}`;
  return markup`<details class="${mark === undefined ? 'frame' : 'died'}"><summary>${title}</summary>${content}</details>\n`;
}
