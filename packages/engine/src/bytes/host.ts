import type { Decompressors } from './byte-source.ts';
import type { FileFinder } from './file-finder.ts';
import type { Keeper } from './keeper.ts';

/** What a host lends to those who read files of a program. */
export interface Host {
  readonly decompress: Decompressors;
  /** Undefined where no other files can be looked for. */
  readonly finder?: FileFinder | undefined;
  /** Undefined where nothing is kept from run to run. */
  readonly keeper?: Keeper | undefined;
}
