import { BytesWriter } from './bytes-writer.ts';

/** A segment to write. `memsz` is the length of `data` unless given; where in the file it goes, the writer chooses. */
export interface SegmentSpec {
  readonly type: number;
  readonly flags?: number;
  readonly vaddr?: number;
  readonly data?: Uint8Array;
  readonly memsz?: number;
  /** Written to the header instead of the true length: for damaged files. */
  readonly filesz?: number;
}

/** A section to write. */
export interface SectionSpec {
  readonly name: string;
  readonly type?: number;
  readonly flags?: number;
  readonly addr?: number;
  readonly data: Uint8Array;
  readonly link?: number;
}

export interface ElfSpec {
  /** ET_EXEC 2, ET_DYN 3, ET_CORE 4. */
  readonly type: number;
  readonly machine?: number;
  readonly entry?: number;
  readonly segments?: readonly SegmentSpec[];
  readonly sections?: readonly SectionSpec[];
  /** Count program headers through section 0, as files with 65,535 and more do. */
  readonly xnum?: boolean;
}

const HEADER = 64;
const SEGMENT = 56;
const SECTION = 64;

/** Writes an ELF64 little-endian file: header, program headers, contents, section headers. */
export function writeElf(spec: ElfSpec): Uint8Array {
  const segments = spec.segments ?? [];
  const wantsSections = spec.sections !== undefined || spec.xnum === true;
  const sections = wantsSections ? [...(spec.sections ?? []), sectionNames(spec.sections ?? [])] : [];
  const contents = new BytesWriter().zeros(HEADER + segments.length * SEGMENT);
  const place = (data: Uint8Array): number => {
    contents.align(16);
    const at = contents.length;
    contents.bytes(data);
    return at;
  };
  const segmentAt = segments.map((segment) => place(segment.data ?? new Uint8Array(0)));
  const sectionAt = sections.map((section) => place(section.data));
  contents.align(8);
  const sectionTable = contents.length;
  if (wantsSections) writeSectionTable(contents, sections, sectionAt, segments.length, spec.xnum === true);
  const bytes = contents.finish();
  const head = new BytesWriter();
  head.u8(0x7f).text('ELF').u8(2, 1, 1).align(16);
  head
    .u16(spec.type)
    .u16(spec.machine ?? 62)
    .u32(1)
    .u64(spec.entry ?? 0);
  head
    .u64(segments.length === 0 ? 0 : HEADER)
    .u64(wantsSections ? sectionTable : 0)
    .u32(0)
    .u16(HEADER);
  head.u16(SEGMENT).u16(spec.xnum === true ? 0xffff : segments.length);
  head
    .u16(SECTION)
    .u16(wantsSections ? sections.length + 1 : 0)
    .u16(wantsSections ? sections.length : 0);
  segments.forEach((segment, i) => {
    const size = segment.filesz ?? segment.data?.length ?? 0;
    head
      .u32(segment.type)
      .u32(segment.flags ?? 4)
      .u64(segmentAt[i] ?? 0)
      .u64(segment.vaddr ?? 0)
      .u64(0);
    head
      .u64(size)
      .u64(segment.memsz ?? size)
      .u64(0x1000);
  });
  bytes.set(head.finish());
  return bytes;
}

/** The table of section names; names are found in it again by `nameOffset`. */
function sectionNames(sections: readonly SectionSpec[]): SectionSpec {
  const names = new BytesWriter().u8(0);
  for (const { name } of sections) names.cstring(name);
  names.cstring('.shstrtab');
  return { name: '.shstrtab', type: 3, data: names.finish() };
}

function writeSectionTable(
  out: BytesWriter,
  sections: readonly SectionSpec[],
  offsets: readonly number[],
  segmentCount: number,
  xnum: boolean,
): void {
  // Section 0 is empty; with PN_XNUM its sh_info holds the number of program headers.
  out
    .zeros(44)
    .u32(xnum ? segmentCount : 0)
    .zeros(16);
  let nameAt = 1;
  sections.forEach((section, i) => {
    out
      .u32(nameAt)
      .u32(section.type ?? 1)
      .u64(section.flags ?? 0)
      .u64(section.addr ?? 0);
    out
      .u64(offsets[i] ?? 0)
      .u64(section.data.length)
      .u32(section.link ?? 0)
      .u32(0)
      .u64(1)
      .u64(0);
    nameAt += section.name.length + 1;
  });
}
