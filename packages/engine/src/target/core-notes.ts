import type { Arch } from '../arch/arch.ts';
import { RegisterSet } from '../arch/registers.ts';
import { readCString, readU16, readU32, readU64, readU64Big } from '../base/cursor.ts';
import {
  AT_ENTRY,
  NT_AUXV,
  NT_FILE,
  NT_FPREGSET,
  NT_PRPSINFO,
  NT_PRSTATUS,
  NT_SIGINFO,
  NT_X86_XSTATE,
} from '../elf/constants.ts';
import type { Note } from '../elf/notes.ts';
import { DELVE_HEADER, DELVE_THREAD, readDelveHeader, readDelveThread } from './delve-notes.ts';
import { hasFaultAddress } from './signals.ts';
import type { MappedFile, SignalInfo, Thread } from './target.ts';
import { readX86State } from './x86-state.ts';

/** What the notes of a core say. */
export interface CoreNotes {
  readonly threads: readonly Thread[];
  readonly signal: SignalInfo | undefined;
  readonly mappedFiles: readonly MappedFile[];
  readonly pid: number | undefined;
  /** The process that started it. */
  readonly parent: number | undefined;
  /** Its process group. */
  readonly group: number | undefined;
  readonly command: string | undefined;
  readonly argumentsText: string | undefined;
  readonly auxv: ReadonlyMap<number, number>;
}

/** Offsets in struct elf_prstatus (linux/elfcore.h), the same on amd64 and arm64. */
const PRSTATUS_CURSIG = 12;
const PRSTATUS_PID = 32;
const PRSTATUS_REGS = 112;
/** Offsets in struct elf_prpsinfo. */
const PRPSINFO_PID = 24;
const PRPSINFO_PARENT = 28;
const PRPSINFO_GROUP = 32;
const PRPSINFO_FNAME = 40;
const PRPSINFO_ARGS = 56;

/** Reads all notes of a core; a note that is too short is told to `complain` and passed over. */
export function readCoreNotes(notes: readonly Note[], arch: Arch, complain: (what: string) => void): CoreNotes {
  const threads: Thread[] = [];
  let signal: SignalInfo | undefined;
  let mappedFiles: readonly MappedFile[] = [];
  let pid: number | undefined;
  let parent: number | undefined;
  let group: number | undefined;
  let command: string | undefined;
  let argumentsText: string | undefined;
  const auxv = new Map<number, number>();
  for (const { name, type, data } of notes) {
    if (name === 'Delve Header' && type === DELVE_HEADER) {
      const header = readDelveHeader(data);
      pid ??= header.pid;
      if (header.entry !== undefined && !auxv.has(AT_ENTRY)) auxv.set(AT_ENTRY, header.entry);
      continue;
    }
    // Delve's dumps leave the name of the kernel's notes empty.
    if (name !== 'CORE' && name !== 'LINUX' && name !== '') continue;
    if (type === DELVE_THREAD) {
      const thread = readDelveThread(data, arch);
      if (thread === undefined) complain(`a thread of Delve's dump (${data.length} bytes) cannot be read`);
      else threads.push(thread);
    } else if (type === NT_PRSTATUS) {
      const thread = readThread(data, arch);
      if (thread === undefined) complain(`a thread's registers (NT_PRSTATUS of ${data.length} bytes) cannot be read`);
      else threads.push(thread);
    } else if ((type === NT_FPREGSET || type === NT_X86_XSTATE) && arch.name === 'amd64') {
      const last = threads[threads.length - 1];
      if (last !== undefined) readX86State(data, last.registers);
    } else if (type === NT_FPREGSET && arch.name === 'arm64') {
      readVectors(data, threads[threads.length - 1]);
    } else if (type === NT_SIGINFO) {
      signal ??= readSignal(data);
    } else if (type === NT_PRPSINFO && data.length >= PRPSINFO_ARGS) {
      pid ??= readU32(data, PRPSINFO_PID);
      parent ??= readU32(data, PRPSINFO_PARENT);
      group ??= readU32(data, PRPSINFO_GROUP);
      command ??= readCString(data.subarray(PRPSINFO_FNAME, PRPSINFO_FNAME + 16), 0);
      argumentsText ??= readCString(data.subarray(PRPSINFO_ARGS, PRPSINFO_ARGS + 80), 0).trimEnd();
    } else if (type === NT_AUXV) {
      for (let at = 0; at + 16 <= data.length; at += 16) auxv.set(readU64(data, at), readU64(data, at + 8));
    } else if (type === NT_FILE) {
      mappedFiles = readMappedFiles(data, complain);
    }
  }
  return { threads, signal, mappedFiles, pid: pid ?? threads[0]?.tid, parent, group, command, argumentsText, auxv };
}

function readThread(data: Uint8Array, arch: Arch): Thread | undefined {
  const registers = new RegisterSet();
  for (const { dwarf, prstatus } of arch.registers) {
    if (prstatus === undefined) continue;
    if (PRSTATUS_REGS + prstatus + 8 > data.length) return undefined;
    registers.set(dwarf, readU64Big(data, PRSTATUS_REGS + prstatus));
  }
  return { tid: readU32(data, PRSTATUS_PID), signal: readU16(data, PRSTATUS_CURSIG), registers };
}

function readVectors(data: Uint8Array, thread: Thread | undefined): void {
  if (thread === undefined || data.length < 512) return;
  for (let i = 0; i < 32; i++) thread.registers.setWide(64 + i, data.slice(i * 16, i * 16 + 16));
}

const SIGSYS = 31;

/** siginfo_t: si_signo, si_errno, si_code, then a union at offset 16. */
function readSignal(data: Uint8Array): SignalInfo | undefined {
  if (data.length < 24) return undefined;
  const signo = readU32(data, 0);
  const code = readU32(data, 8) | 0;
  return {
    signo,
    code,
    address: hasFaultAddress(signo, code) ? readU64(data, 16) : undefined,
    senderPid: code <= 0 ? readU32(data, 16) : undefined,
    systemCall: signo === SIGSYS && code > 0 && data.length >= 28 ? readU32(data, 24) : undefined,
  };
}

/** NT_FILE: count, page size, count x {start, end, page offset}, then the names (linux fs/binfmt_elf.c fill_files_note). */
function readMappedFiles(data: Uint8Array, complain: (what: string) => void): MappedFile[] {
  if (data.length < 16) return [];
  const pageSize = readU64(data, 8);
  const count = Math.min(readU64(data, 0), Math.floor((data.length - 16) / 24));
  const files: MappedFile[] = [];
  let nameAt = 16 + count * 24;
  for (let i = 0; i < count; i++) {
    const at = 16 + i * 24;
    if (nameAt >= data.length) {
      complain('the list of mapped files (NT_FILE) is cut off');
      break;
    }
    const zero = data.indexOf(0, nameAt);
    const path = readCString(data, nameAt);
    nameAt = zero < 0 ? data.length : zero + 1;
    files.push({
      start: readU64(data, at),
      end: readU64(data, at + 8),
      fileOffset: readU64(data, at + 16) * pageSize,
      path,
    });
  }
  return files;
}
