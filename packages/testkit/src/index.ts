export { BytesWriter } from './bytes-writer.ts';
export {
  auxv,
  fileNote,
  note,
  prpsinfo,
  prstatus,
  siginfo,
  writeCore,
  type CoreSpec,
  type MappingSpec,
  type MemorySpec,
} from './core-writer.ts';
export { writeElf, type ElfSpec, type SectionSpec, type SegmentSpec } from './elf-writer.ts';
export {
  DELVE_LOAD,
  DelveClient,
  findDelve,
  type DelveFrame,
  type DelveLoad,
  type DelveVariable,
} from './delve-client.ts';
export { askDelveTerminal, connectDelveTerminal } from './delve-terminal.ts';
export { EXPRESSION_AREAS, EXPRESSION_CASES, type ExpressionCase } from './expressions/index.ts';
