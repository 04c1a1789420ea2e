import type { SectionData } from './sections.ts';
/** Rows. */
export class LineTable {
  constructor(sections: SectionData, offset: number, compDir: string, addressSize: number) { void [sections, offset, compDir, addressSize]; }
  /** x */
  fileName(_file: number): string | undefined { return undefined; }
}
