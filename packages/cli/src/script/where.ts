import { DebugError, type Scope } from '@inquest/engine';

/** Where a script asks: the number of a goroutine, a goroutine, a frame, or both numbers. */
export type Where =
  | number
  | { readonly id: number }
  | {
      readonly goroutine?: number | undefined;
      readonly frame?: number | undefined;
      readonly index?: number | undefined;
    };

/** The goroutine and frame that are meant; none for the selected ones. */
export function resolveWhere(where: Where | undefined): Scope {
  if (where === undefined) return {};
  if (typeof where === 'number') return { goroutine: where };
  if (typeof where !== 'object') throw wrong();
  if ('id' in where) return scopeOf({ goroutine: where.id });
  return scopeOf({ goroutine: where.goroutine, frame: where.frame ?? where.index });
}

/** A scope of numbers that may be missing. Throws `usage` for what is no number. */
export function scopeOf({ goroutine, frame }: { readonly goroutine: unknown; readonly frame?: unknown }): Scope {
  for (const number of [goroutine, frame]) if (number !== undefined && typeof number !== 'number') throw wrong();
  return {
    ...(goroutine === undefined ? {} : { goroutine: goroutine as number }),
    ...(frame === undefined ? {} : { frame: frame as number }),
  };
}

function wrong(): DebugError {
  return new DebugError('where must be the number of a goroutine, or { goroutine, frame } with numbers', {
    code: 'usage',
  });
}
