import { createRequire } from 'node:module';

/** `require` for what is not needed at every start: Node's heavier modules and the bundles in `vendor/`. */
export const load: (name: string) => unknown = createRequire(typeof __filename === 'string' ? __filename : import.meta.url);
