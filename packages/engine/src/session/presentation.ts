import type { ValueContext } from '../values/context.ts';
import type { Value } from '../values/handle.ts';
import { loadValue } from '../values/load.ts';
import { DEFAULT_LIMITS, type LoadLimits, type ValueTree } from '../values/tree.ts';
import { showRaw } from '../values/verbs.ts';
import type { Settings } from './settings.ts';

/** How much of a value is loaded, as the user has set it. */
export function limitsOf(settings: Settings): LoadLimits {
  const { maxArrayValues, maxStringLen, maxVariableRecurse } = settings;
  return { ...DEFAULT_LIMITS, maxArrayValues, maxStringLen, maxVariableRecurse };
}

/** A value, loaded and shown as the user has set it. */
export function presented(context: ValueContext, value: Value, settings: Settings): ValueTree {
  return withRawStrings(loadValue(context, value, limitsOf(settings)), settings);
}

/** The same tree, with strings as they are where the user wants them so. */
export function withRawStrings(tree: ValueTree, settings: Settings): ValueTree {
  return settings.showRawStrings ? showRaw(tree) : tree;
}
