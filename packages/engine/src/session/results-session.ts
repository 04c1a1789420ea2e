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
