import { listenToWork, type LongWork } from '@inquest/engine';
import { plural } from '../render/place.ts';
import { isTerminal, showStatus } from './terminal.ts';

/** How long work may take before it is worth a word, in milliseconds. */
const PATIENCE = 1000;
/** Between two texts. */
const INTERVAL = 200;

/** Tells on standard error how far work is that takes long, if a terminal is there. What is written next takes its place. */
export function showLongWork(): void {
  if (!isTerminal(2)) return;
  let shown = 0;
  listenToWork((work, done) => {
    const now = Date.now();
    if (now - work.started < PATIENCE || now - shown < INTERVAL) return;
    shown = now;
    showStatus(`inquest: ${workText(work, done, now - work.started)} (Ctrl-C cancels)`);
  });
}

/** `going through goroutines: 300,000 of 1,000,000, 150,000 a second, 5 seconds left`. */
export function workText(
  { what, unit, total }: Pick<LongWork, 'what' | 'unit' | 'total'>,
  done: number,
  milliseconds: number,
): string {
  const count = (value: number): string => Math.round(value).toLocaleString('en');
  const rate = (done / milliseconds) * 1000;
  const amount = total === undefined ? `${count(done)} ${unit}` : `${count(done)} of ${count(total)} ${unit}`;
  const left = total === undefined ? undefined : Math.ceil(Math.max(0, total - done) / rate);
  return `${what}: ${amount}, ${count(rate)} a second${left === undefined ? '' : `, ${plural(left, 'second')} left`}`;
}
