/**
 * A bundle of `vendor/`, loaded when first needed. Undefined where there are no bundles (the sources run in tests) or
 * the file is missing.
 */
export function loadHighlighter(): typeof import('./vendor/highlight.ts') | undefined {
  if (typeof require !== 'function') return undefined;
  try {
    return require('./vendor/highlight.cjs') as typeof import('./vendor/highlight.ts');
  } catch {
    return undefined;
  }
}
