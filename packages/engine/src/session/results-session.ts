import type { Origin } from './configuration/configuration.ts';
import type { SettingValue } from './configuration/keys.ts';
import type { PathRule } from './configuration/path-rules.ts';

/** One setting: its value, and where that is from. */
export interface SettingResult {
  readonly key: string;
  readonly value: SettingValue;
  readonly summary: string;
  /** More than one for settings that are put together from several places; the strongest first. */
  readonly from: readonly { readonly origin: Origin; readonly place: string | undefined }[];
}

/** What `config` answers. */
export interface ConfigResult {
  readonly settings: readonly SettingResult[];
  /** True if all were asked for, or one; false where it is only told what was changed. */
  readonly listed: boolean;
  /** The file that was written. */
  readonly saved: string | undefined;
  /** Rules found by `config substitute-path -guess`. */
  readonly guessed: readonly PathRule[] | undefined;
}

/** What `symbol` answers: what lies at an address. All undefined where nothing is known. */
export interface SymbolResult {
  readonly address: string;
  readonly function:
    | {
        readonly name: string;
        /** Bytes behind its entry. */
        readonly offset: number;
        /** '' where not known. */
        readonly file: string;
        readonly line: number;
      }
    | undefined;
  /** A package variable; `offset` in bytes within it. */
  readonly variable: { readonly name: string; readonly type: string; readonly offset: number } | undefined;
  /** The goroutine whose stack it is in. */
  readonly goroutine: number | undefined;
  /** The file that is mapped there. */
  readonly file: string | undefined;
  /** True if the core has memory there. */
  readonly readable: boolean;
}
