import type { HealthResult, LossResult } from '@inquest/engine';
import { sanitize } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';

/** `health`: how much is at hand, what proves the executable, and what would have kept the rest. */
export function renderHealth(health: HealthResult, style: Style): string[] {
  const { core, memory, executable, missing, doubts } = health;
  const cut = core.wholeSize > core.size ? ` of ${byteText(core.wholeSize)}` : '';
  const told = new Set(missing.map(({ what }) => what));
  return [
    `core        ${sanitize(core.path)}, ${byteText(core.size)}${cut}`,
    `memory      ${memoryText(memory)}`,
    `executable  ${sanitize(executable.path ?? 'not known')}: ${sanitize(executable.how)}`,
    ...missing.flatMap((loss) => lossLines(loss, style)),
    ...doubts.filter((doubt) => !told.has(doubt)).map((doubt) => style.paint.yellow(`note: ${sanitize(doubt)}`)),
  ];
}

/** How much memory is there, and where. */
export function memoryText({ total, inCore, inFiles, missing, presentPercent }: HealthResult['memory']): string {
  if (total === 0) return 'none is described by the core';
  const where = `${byteText(inCore)} in the core, ${byteText(inFiles)} in files`;
  const rest = missing === 0 ? '' : `, ${byteText(missing)} missing`;
  return `${presentPercent}% of ${byteText(total)} is there: ${where}${rest}`;
}

function lossLines({ what, bytes, fixes }: LossResult, { paint }: Style): string[] {
  const size = bytes === undefined || bytes === 0 ? '' : ` (${byteText(bytes)})`;
  return [
    paint.yellow(`missing: ${sanitize(what)}${size}`),
    ...fixes.map((fix, i) => `    ${i === 0 ? 'to have it: ' : '        or: '}${sanitize(fix)}`),
  ];
}

/** A size for people, in binary units. */
function byteText(bytes: number): string {
  if (bytes >= 2 ** 30) return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  if (bytes >= 2 ** 20) return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  if (bytes >= 2 ** 10) return `${Math.round(bytes / 2 ** 10)} KiB`;
  return `${bytes} bytes`;
}
