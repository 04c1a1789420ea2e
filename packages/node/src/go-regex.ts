import { createRequire } from 'node:module';
import { DebugError, type RegexCompiler } from '@inquest/engine';

const load = createRequire(typeof __filename === 'string' ? __filename : import.meta.url);

/** Regular expressions as Go's package regexp has them, by re2js, loaded on first use. */
export const compileGoRegex: RegexCompiler = (expression) => {
  const { RE2JS, RE2JSException } = load('re2js') as typeof import('re2js');
  try {
    const compiled = RE2JS.compile(expression);
    return { test: (text) => compiled.test(text) };
  } catch (error) {
    // Its messages are Go's.
    if (error instanceof RE2JSException) throw new DebugError(error.message, { code: 'syntax' });
    throw error;
  }
};
