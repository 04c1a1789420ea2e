import { transform } from 'sucrase';

/**
 * JavaScript or TypeScript with `import` and `export` as a function body of CommonJS, each statement on the line where it was.
 * Throws a SyntaxError with `loc` where it is not understood.
 */
export function compileScript(source: string, typescript: boolean): string {
  return transform(source, {
    transforms: typescript ? ['imports', 'typescript'] : ['imports'],
    disableESTransforms: true,
    preserveDynamicImport: true,
    production: true,
  }).code;
}
