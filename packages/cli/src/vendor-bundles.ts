/*
 * Bundles of `vendor/`, loaded when first needed. Undefined where there are no bundles (the sources run in tests) or
 * the file is missing.
 */

/** Colours Go source. */
export function loadHighlighter(): typeof import('./vendor/highlight.ts') | undefined {
  if (typeof require !== 'function') return undefined;
  try {
    return require('./vendor/highlight.cjs') as typeof import('./vendor/highlight.ts');
  } catch {
    return undefined;
  }
}

/** The script of a thread: `relay` carries the messages of servers, `inflate` inflates sections. */
export function threadScript(name: 'inflate' | 'relay'): string | undefined {
  if (typeof require !== 'function') return undefined;
  try {
    return name === 'relay' ? require.resolve('./vendor/relay.cjs') : require.resolve('./vendor/inflate.cjs');
  } catch {
    return undefined;
  }
}

/** Turns scripts into what Node runs as they stand. */
export function loadScriptCompiler(): typeof import('./vendor/script-compiler.ts') | undefined {
  if (typeof require !== 'function') return undefined;
  try {
    return require('./vendor/script-compiler.cjs') as typeof import('./vendor/script-compiler.ts');
  } catch {
    return undefined;
  }
}
