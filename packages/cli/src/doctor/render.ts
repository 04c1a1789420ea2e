import { sanitize } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';
import type { Check } from './check.ts';
import type { DoctorResult } from './examine.ts';

const LABELS: Readonly<Record<Check['verdict'], string>> = { good: 'ok', warning: 'note', bad: 'NO', unknown: '?' };
const INDENT = 6;

/** The findings as text: the answer first, then what it rests on, with the commands that mend it. */
export function renderDoctor(result: DoctorResult, style: Style): string[] {
  const lines = [style.paint.bold(headline(result)), ''];
  for (const each of result.checks) {
    const label = paintLabel(each.verdict, style);
    const [first = '', ...more] = wrap(sanitize(each.text), style.width - INDENT);
    lines.push(`${label}${first}`, ...more.map((line) => ' '.repeat(INDENT) + line));
    // Commands are not wrapped: they are to be copied.
    if (each.verdict !== 'good')
      for (const fix of each.fixes) lines.push(`${' '.repeat(INDENT + 2)}${style.paint.cyan(sanitize(fix))}`);
  }
  if (result.verdict !== 'kept' && result.process === undefined) {
    lines.push('', 'inquest run PROGRAM ARGUMENTS sets limit and GOTRACEBACK for one run, and opens the core.');
  }
  return lines;
}

function headline({ verdict, process, path }: DoctorResult): string {
  const name = process?.name === undefined ? '' : ` (${sanitize(process.name)})`;
  const what =
    process === undefined
      ? 'a Go program that crashes here'
      : `process ${process.pid}${name}, if it is a Go program and crashes,`;
  const sentence = {
    kept: `${what} leaves a core${path === undefined ? '' : `: ${sanitize(path)}`}`,
    lost: `${what} leaves no core`,
    unknown: `whether ${what} leaves a core cannot be told`,
  }[verdict];
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function paintLabel(verdict: Check['verdict'], { paint }: Style): string {
  const label = LABELS[verdict].padEnd(INDENT);
  if (verdict === 'bad') return paint.red(label);
  return verdict === 'good' ? paint.green(label) : paint.yellow(label);
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > Math.max(width, 20)) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
