const KEY = Symbol.for('inquest.interruptible');

/** Result of `runInterruptible` where the user pressed Ctrl-C. */
export const INTERRUPTED: unique symbol = Symbol('interrupted');

/**
 * Runs synchronous code so that SIGINT ends it and not the process. V8 stops it wherever it is, and runs no `finally`:
 * the caller must put right what the code may have left half done.
 */
export function runInterruptible<T>(action: () => T): T | typeof INTERRUPTED {
  const vm = process.getBuiltinModule('node:vm');
  const global = globalThis as unknown as Record<symbol, unknown>;
  global[KEY] = action;
  try {
    return vm.runInThisContext("globalThis[Symbol.for('inquest.interruptible')]()", { breakOnSigint: true }) as T;
  } catch (error) {
    if ((error as { code?: unknown } | undefined)?.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') return INTERRUPTED;
    throw error;
  } finally {
    delete global[KEY];
  }
}
