// What the comparison with Delve finds, and how it is sorted by cause.

/** One thing that Inquest and Delve do not show alike. */
export interface Difference {
  /** What was compared: `stack`, `variable`, `global`, `goroutine`, `register`, `functions`, … */
  readonly kind: string;
  readonly fixture: string;
  /** Where: `goroutine 3 frame 2 main.f`, a thread, or ''. */
  readonly place: string;
  /** Function of the place, '' where there is none. */
  readonly function: string;
  readonly name: string;
  readonly inquest: string;
  readonly delve: string;
}

/** A class of differences: which they are, and why ours is right. All patterns that are given must match. */
export interface Reason {
  readonly kind: string;
  readonly fixture?: RegExp;
  readonly function?: RegExp;
  readonly name?: RegExp;
  readonly inquest?: RegExp;
  readonly delve?: RegExp;
  /** A further condition. */
  readonly when?: (difference: Difference) => boolean;
  readonly reason: string;
}

/** The first reason that covers a difference. */
export function reasonFor(difference: Difference, reasons: readonly Reason[]): Reason | undefined {
  return reasons.find(
    (each) =>
      each.kind === difference.kind &&
      (['fixture', 'function', 'name', 'inquest', 'delve'] as const).every(
        (part) => each[part]?.test(difference[part]) ?? true,
      ) &&
      (each.when?.(difference) ?? true),
  );
}

/** Characters shown before and behind the first that differs. */
const BEFORE = 60;
const BEHIND = 200;

/** Lines that tell of differences, for people: of long texts the part where they part. */
export function describeDifference({ kind, fixture, place, name, inquest, delve, ...rest }: Difference): string {
  let start = 0;
  while (start < inquest.length && inquest[start] === delve[start]) start++;
  const from = start > BEFORE + 20 ? start - BEFORE : 0;
  const cut = (text: string): string =>
    `${from > 0 ? '…' : ''}${text.slice(from, start + BEHIND)}${text.length > start + BEHIND ? '…' : ''}`;
  return `${kind} ${fixture} ${place} ${rest.function} ${name}\n    inquest: ${cut(inquest)}\n    delve:   ${cut(delve)}`;
}
