import type { TracebackResult } from '@inquest/engine';
import { sanitize } from '../output/sanitize.ts';

/** The runtime's text, line by line, with what would control the terminal escaped; tabs stay, for they are its form. */
export function renderTraceback({ text }: TracebackResult): string[] {
  return text.replace(/\n$/, '').split('\n').map(escapeLine);
}

function escapeLine(line: string): string {
  return line.split('\t').map(sanitize).join('\t');
}
