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
