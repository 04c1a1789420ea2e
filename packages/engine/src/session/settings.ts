import type { PathRule } from './configuration/path-rules.ts';

/** More names for commands, by command. */
export type Aliases = Readonly<Record<string, readonly string[]>>;

/** Parts of a page whose colour can be set, by the name of the setting without `-color`. */
export type ColorName =
  | 'prompt'
  | 'source-list-line'
  | 'source-list-arrow'
  | 'source-list-keyword'
  | 'source-list-string'
  | 'source-list-number'
  | 'source-list-comment'
  | 'source-list-tab'
  | 'stacktrace-function'
  | 'stacktrace-basename';

/** What a user may set, with Delve's names. Lengths are counts of bytes and elements. */
export interface Settings {
  readonly maxStringLen: number;
  readonly maxArrayValues: number;
  readonly maxVariableRecurse: number;
  /** Lines that `list` shows before and after the current one. */
  readonly sourceListLineCount: number;
  readonly disassembleFlavor: 'intel' | 'gnu' | 'go';
  /** Strings as they are, without quotes and escapes. */
  readonly showRawStrings: boolean;
  /** `whatis` also tells where debug information locates a variable. */
  readonly showLocationExpr: boolean;
  /** What is shown of the place after `frame`, `up` and `down`. */
  readonly position: 'default' | 'source' | 'disassembly';
  /** Shown for a tab in source; '' for the usual tab stops. */
  readonly tab: string;
  /** The prompt, with `$d $d{format} $f $g $t $p` in it. */
  readonly prompt: string;
  /** Parameters of the SGR sequence (`35`, `1;34`), '' for the usual colour. */
  readonly colors: Readonly<Record<ColorName, string>>;
  /** More names for commands, by command. */
  readonly aliases: Aliases;
  /** Where sources lie that are not at their compiled-in paths; the first that matches is applied. */
  readonly substitutePath: readonly PathRule[];
  readonly debugInfoDirectories: readonly string[];
}
