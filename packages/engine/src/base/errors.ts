/** What kind of trouble a `DebugError` reports; the one thing that code may branch on. */
export type ErrorCode =
  | 'bad-data'
  | 'fault'
  | 'not-found'
  | 'syntax'
  | 'type'
  | 'unsupported'
  | 'mismatch'
  | 'limit'
  | 'io'
  | 'cancelled'
  | 'usage'
  /** A user's script failed. */
  | 'script';

/** Machine-readable part of a `DebugError`. Addresses and offsets are in bytes. */
export interface ErrorDetail {
  readonly code: ErrorCode;
  /** The memory address of a `fault`. */
  readonly address?: number;
  /** The offset in the expression text of a `syntax` or `type` error. */
  readonly position?: number;
  /** A second sentence: what the user can do about it. */
  readonly hint?: string;
}

/** Every failure that input can cause. The message is lower case, names the thing, and has no full stop. */
export class DebugError extends Error {
  readonly detail: ErrorDetail;

  constructor(message: string, detail: ErrorDetail) {
    super(message);
    this.name = 'DebugError';
    this.detail = detail;
  }
}

/** The input breaks its format: `what` names the place, for example `unknown attribute form 0x99 at .debug_info+0x1f3c`. */
export function badData(what: string): DebugError {
  return new DebugError(what, { code: 'bad-data' });
}

/** Memory at `address` cannot be read; `why` says who should have had it. */
export function fault(address: number, why = 'not in the core'): DebugError {
  return new DebugError(`cannot read memory at ${hex(address)}: ${why}`, { code: 'fault', address });
}

/** A name, goroutine, frame or the like does not exist. */
export function notFound(what: string): DebugError {
  return new DebugError(what, { code: 'not-found' });
}

/** The input is sound, but this program does not know how to read it. */
export function unsupported(what: string): DebugError {
  return new DebugError(what, { code: 'unsupported' });
}

/** True for errors that input can cause, as opposed to our own bugs. */
export function isDebugError(error: unknown): error is DebugError {
  return error instanceof DebugError;
}

/** Runs `read`, and turns a `DebugError` into `undefined`; other errors pass through. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DebugError) return undefined;
    throw error;
  }
}

/** Fails loudly where our own code is wrong; never for bad input. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`internal error: ${message}`);
}

/** Halves of an address whose text V8 makes quickly: numbers beyond 2^31 take it ten times as long, and there are many. */
const HALF = 0x100_0000;

/** `0x…` in lower case; for addresses and offsets held as numbers. */
export function hex(value: number | bigint): string {
  if (typeof value === 'number' && value >= HALF && value < 2 ** 54 && Number.isInteger(value)) {
    const low = value % HALF;
    return `0x${((value - low) / HALF).toString(16)}${low.toString(16).padStart(6, '0')}`;
  }
  return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}
