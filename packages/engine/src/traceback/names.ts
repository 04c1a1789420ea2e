/** A function's name as it is printed: since Go 1.21 without type arguments (before, the table does not have them). */
export function printedName(name: string, minor: number): string {
  if (name === 'runtime.gopanic') return 'panic';
  return minor >= 21 ? withoutTypeArguments(name, minor) : name;
}

/** `main.F[...]` for `main.F[go.shape.int]`; for the creator of a goroutine, which may not be `panic`. */
export function withoutTypeArguments(name: string, minor: number): string {
  const open = name.indexOf('[');
  const close = name.lastIndexOf(']');
  if (open < 0 || close <= open) return name;
  const before = name.slice(0, open);
  const after = name.slice(close + 1);
  const middle = minor >= 27 ? betweenArguments(name.slice(open + 1, close)) : '';
  if (middle === undefined) return name;
  return middle === '' ? `${before}[...]${after}` : `${before}[...]${middle}[...]${after}`;
}

/**
 * Since Go 1.27 methods may have type arguments of their own: what stands between the two lists, '' if there is one list;
 * undefined where brackets do not match. `inside` is the text from the first `[` to the last `]`.
 */
function betweenArguments(inside: string): string | undefined {
  let depth = 1;
  let end = -1;
  let start = -1;
  for (let i = 0; i < inside.length && start < 0; i++) {
    if (inside[i] === '[' && ++depth === 1) start = i;
    if (inside[i] === ']' && --depth === 0) end = i;
    if (depth < 0) return undefined;
  }
  if (start < 0) return depth === 1 ? '' : undefined;
  return end < 0 ? undefined : inside.slice(end + 1, start);
}

/** Functions behind which a wrapper is shown after all: it panicked itself instead of calling what it wraps. */
const PANICS: ReadonlySet<string> = new Set(['runtime.gopanic', 'runtime.sigpanic', 'runtime.panicwrap']);

/** A logical frame, as the question is asked whether it is shown. */
export interface ShownFrame {
  readonly name: string;
  readonly wrapper: boolean;
  /** No frame was printed so far. */
  readonly first: boolean;
  /** The frame that it called; '' for none. */
  readonly callee: string;
}

/** True if a frame is shown at the levels that hide the runtime's own (runtime/traceback.go showfuncinfo). */
export function isShown({ name, wrapper, first, callee }: ShownFrame, minor: number): boolean {
  if (wrapper && !PANICS.has(callee)) return false;
  // Go 1.25 shows that a goroutine runs finalizers or cleanups.
  if (minor >= 25 && (name === 'runtime.runFinalizers' || name === 'runtime.runCleanups')) return true;
  // Inside a stack, panic parts ordinary code from what was deferred.
  if (name === 'runtime.gopanic' && !first) return true;
  return name.includes('.') && (!name.startsWith('runtime.') || isExported(name.slice('runtime.'.length), minor));
}

/** Functions with a capital letter; since Go 1.23 methods only if their type has one as well. */
function isExported(name: string, minor: number): boolean {
  const capital = /^[A-Z]/;
  if (minor < 23) return capital.test(name);
  const dot = name.lastIndexOf('.');
  if (dot < 0) return capital.test(name);
  const receiver = name.slice(0, dot).replace(/^\(\*(.*)\)$/, '$1');
  return capital.test(name.slice(dot + 1)) && (receiver === '' || capital.test(receiver));
}
