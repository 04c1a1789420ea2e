import type { CauseFinding } from '../results.ts';
import type { CauseContext } from './context.ts';
import { nilByCode } from './nil-pointer.ts';

/** What is known of the nil pointer that began it all, where the program then panicked in words of its own. */
export function earlierNilFindings(context: CauseContext): CauseFinding[] {
  const earlier = context.panics.slice(0, -1).filter(({ goexit }) => !goexit);
  const isNil = earlier.some(({ text }) => text?.endsWith('nil pointer dereference') === true);
  const found = isNil ? nilByCode(context) : undefined;
  return found === undefined ? [] : [{ ...found, text: `the panic before: ${found.text}` }];
}

/** Where the runtime gave up without an error: where it could not even report one. */
export function gaveUpFindings({ calls }: CauseContext): CauseFinding[] {
  const caller = calls.find(({ index }) => calls[index - 1]?.name === 'runtime.abort');
  if (caller === undefined) return [];
  const isStack = caller.name.startsWith('runtime.morestack');
  const why = isStack ? ': a stack of its own was full, or was used by what needs one that grows' : '';
  return [{ text: `${caller.name} gave up${why}`, confidence: 'proven', evidence: 'it called runtime.abort' }];
}

/** Which method panicked while the runtime wanted the text of an error or Stringer. */
export function printingFindings({ calls }: CauseContext): CauseFinding[] {
  const asking = calls.findIndex(({ name }) => name === 'runtime.preprintpanics');
  const asked = calls.slice(0, Math.max(0, asking)).findLast(({ wrapper }) => !wrapper);
  if (asked === undefined) return [];
  const text = `${asked.name} panicked when the runtime asked it for the text of the panic`;
  return [{ text, confidence: 'proven', evidence: 'runtime.preprintpanics called it' }];
}
