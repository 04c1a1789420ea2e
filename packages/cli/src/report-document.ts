import type { CrashTextResult, ReportResult } from '@inquest/engine';
import type { CoreIdentity } from './output/envelope.ts';

/**
 * What `inquest CORE --json` prints: one line, about one report. docs/schema/report.schema.json is made from this by `npm run docs`.
 * Fields that have nothing to say are left out. Addresses are texts with 0x; numbers of 64 bits are decimal texts.
 */
export interface ReportDocument {
  /** Raised when a field changes its meaning or goes; new fields leave it. */
  readonly schemaVersion: 1;
  /** Who made the document. */
  readonly tool: { readonly name: string; readonly version: string };
  /** The program that it is about. */
  readonly core?: CoreIdentity;
  /** The command as it was given. */
  readonly command: string;
  readonly operation: 'report';
  /** Of a core; or of the text that a program printed (`inquest traceback FILE --json`), which has its stacks besides. */
  readonly data: ReportResult | CrashTextResult;
  /** What is to be known about the input, a sentence each. */
  readonly warnings: readonly string[];
}
