import { CODE_METHODS } from './code.ts';
import { GOROUTINE_METHODS } from './goroutines.ts';
import { LIVE_METHODS } from './live.ts';
import type { Methods } from './method.ts';
import { PACKAGE_METHODS } from './packages.ts';
import { PROCESS_METHODS } from './process.ts';
import { VALUE_METHODS } from './values.ts';

/** Everything that a client can ask. */
export const METHODS: Methods = {
  ...CODE_METHODS,
  ...GOROUTINE_METHODS,
  ...LIVE_METHODS,
  ...PACKAGE_METHODS,
  ...PROCESS_METHODS,
  ...VALUE_METHODS,
};
