import { DebugError } from '../base/errors.ts';

/** Compiles a user's regular expression, with the complaint in our words. Undefined for none. */
export function userRegex(text: unknown): RegExp | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  try {
    return new RegExp(text);
  } catch {
    throw new DebugError(`bad regular expression: ${text}`, { code: 'syntax' });
  }
}
