// Module resolution hook: the name `typescript` means TypeScript 6 (see check-layers.mjs).
export function resolve(specifier, context, next) {
  return next(specifier === 'typescript' ? 'typescript6' : specifier, context);
}
