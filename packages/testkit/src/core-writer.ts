import { BytesWriter } from './bytes-writer.ts';
import { writeElf, type SegmentSpec } from './elf-writer.ts';

/** One ELF note, padded as the kernel pads it. */
export function note(name: string, type: number, data: Uint8Array): Uint8Array {
  const out = new BytesWriter()
    .u32(name.length + 1)
    .u32(data.length)
    .u32(type)
    .cstring(name)
    .align(4);
  return out.bytes(data).align(4).finish();
}

/** NT_PRSTATUS of an amd64 thread; registers by their byte offset in user_regs_struct. */
export function prstatus(tid: number, registers: Readonly<Record<number, number>> = {}, signal = 0): Uint8Array {
  const out = new Uint8Array(336);
  const view = new DataView(out.buffer);
  view.setUint16(12, signal, true);
  view.setUint32(32, tid, true);
  for (const [offset, value] of Object.entries(registers)) view.setBigUint64(112 + Number(offset), BigInt(value), true);
  return note('CORE', 1, out);
}

/** NT_PRPSINFO: the command's name (15 characters at most) and arguments (79 at most), its parent and process group. */
export function prpsinfo(
  pid: number,
  command: string,
  argumentsText: string,
  { parent = 0, group = 0 }: { readonly parent?: number; readonly group?: number } = {},
): Uint8Array {
  const data = new BytesWriter().zeros(24).u32(pid).u32(parent).u32(group).zeros(4);
  data.text(command.slice(0, 15)).zeros(16 - Math.min(command.length, 15));
  data.text(argumentsText.slice(0, 79)).zeros(80 - Math.min(argumentsText.length, 79));
  return note('CORE', 3, data.finish());
}

/** NT_SIGINFO. */
export function siginfo(signo: number, code: number, address: number): Uint8Array {
  const data = new BytesWriter().u32(signo).u32(0).u32(code).u32(0).u64(address).zeros(104);
  return note('CORE', 0x53494749, data.finish());
}

/** NT_AUXV from pairs of type and value. */
export function auxv(...pairs: readonly (readonly [number, number])[]): Uint8Array {
  const data = new BytesWriter();
  for (const [type, value] of pairs) data.u64(type).u64(value);
  return note('CORE', 6, data.u64(0).u64(0).finish());
}

/** One row of NT_FILE; `offset` in bytes. */
export interface MappingSpec {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
  readonly path: string;
}

/** NT_FILE, with offsets counted in pages of 4096 bytes. */
export function fileNote(mappings: readonly MappingSpec[]): Uint8Array {
  const data = new BytesWriter().u64(mappings.length).u64(4096);
  for (const { start, end, offset } of mappings)
    data
      .u64(start)
      .u64(end)
      .u64(offset / 4096);
  for (const { path } of mappings) data.cstring(path);
  return note('CORE', 0x46494c45, data.finish());
}

const PT_LOAD = 1;
const PT_NOTE = 4;

/** Memory at an address; less `data` than `memsz` is memory that the kernel left out. */
export interface MemorySpec {
  readonly vaddr: number;
  readonly data: Uint8Array;
  readonly memsz?: number;
  /** PF_*; readable and writable unless given. */
  readonly flags?: number;
}

export interface CoreSpec {
  /** Each list becomes a PT_NOTE segment of its own. */
  readonly notes: readonly (readonly Uint8Array[])[];
  readonly memory: readonly MemorySpec[];
  readonly machine?: number;
  readonly xnum?: boolean;
}

/** Writes an ELF core. */
export function writeCore(spec: CoreSpec): Uint8Array {
  const notes = spec.notes.map((list): SegmentSpec => {
    return { type: PT_NOTE, data: Uint8Array.from(list.flatMap((one) => [...one])) };
  });
  const memory = spec.memory.map((one): SegmentSpec => ({ type: PT_LOAD, flags: 6, ...one }));
  return writeElf({
    type: 4,
    segments: [...notes, ...memory],
    ...(spec.machine === undefined ? {} : { machine: spec.machine }),
    ...(spec.xnum === undefined ? {} : { xnum: spec.xnum }),
  });
}
