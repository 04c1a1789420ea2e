import type { TextGoroutine } from '../traceback/reading/crash-text.ts';
import type { ReportResult } from './results.ts';
import type { TracebackLevel } from '../traceback/printer.ts';

/** The text that the Go runtime would have printed. */
export interface TracebackResult {
  readonly level: TracebackLevel;
  /** Release whose rules were followed. */
  readonly goVersion: string | undefined;
  /** The text; bytes that are not UTF-8 are U+FFFD in it. */
  readonly text: string;
  /** The exact bytes in base64, where the text is not all UTF-8. */
  readonly base64: string | undefined;
  /** What stands in the text that a core cannot tell, a sentence each. */
  readonly unknown: readonly string[];
}

/** What a crash text says: the report about it, and its stacks as they are printed. */
export interface CrashTextResult extends ReportResult {
  readonly goroutines: readonly TextGoroutine[];
  readonly registers: Readonly<Record<string, string>> | undefined;
}
