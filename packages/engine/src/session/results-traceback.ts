import type { TextGoroutine } from '../traceback/reading/crash-text.ts';
import type { LocationResult, PanicResult } from './results.ts';
import type { ReportResult } from './results-report.ts';
import type { TracebackLevel } from '../traceback/levels.ts';

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

/** One of the crashes in a text. */
export interface TextCrashResult {
  /** From 1, in the order of the text. */
  readonly number: number;
  /** Line of the text that it begins on, from 1. */
  readonly textLine: number;
  readonly headline: string;
  readonly panics: readonly PanicResult[];
  readonly goroutine: number | undefined;
  /** Where the user's code failed. */
  readonly location: LocationResult | undefined;
  readonly goroutineCount: number;
}

/** What a crash text says: the report about it, and its stacks as they are printed. */
export interface CrashTextResult extends ReportResult {
  /** Which of `crashes` the report is about, from 1. */
  readonly crash: number;
  readonly crashes: readonly TextCrashResult[];
  readonly goroutines: readonly TextGoroutine[];
  readonly registers: Readonly<Record<string, string>> | undefined;
}
