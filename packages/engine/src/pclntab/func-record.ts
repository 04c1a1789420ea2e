import type { PclnFormat } from './header.ts';

/** Byte offsets of the fields of a runtime._func; -1 where the release has none. */
export interface FuncLayout {
  readonly args: number;
  readonly deferReturn: number;
  readonly pcsp: number;
  readonly pcfile: number;
  readonly pcln: number;
  readonly npcdata: number;
  readonly cuOffset: number;
  readonly startLine: number;
  readonly funcId: number;
  readonly flags: number;
  readonly nfuncdata: number;
  readonly size: number;
}

/** Field offsets of runtime._func (runtime/runtime2.go) by table format; the flag byte came with Go 1.17. */
export function recordLayout(format: PclnFormat, minor: number): FuncLayout {
  const shift = format === 'go1.2' || format === 'go1.16' ? 4 : 0;
  const fields = { args: 8 + shift, deferReturn: 12 + shift, pcsp: 16 + shift, pcfile: 20 + shift, pcln: 24 + shift };
  const base = { ...fields, npcdata: 28 + shift };
  switch (format) {
    case 'go1.2':
      return { ...base, cuOffset: -1, startLine: -1, funcId: 36, flags: -1, nfuncdata: 39, size: 40 };
    case 'go1.16':
      return {
        ...base,
        cuOffset: 36,
        startLine: -1,
        funcId: 40,
        flags: minor >= 17 ? 41 : -1,
        nfuncdata: 43,
        size: 44,
      };
    case 'go1.18':
      return { ...base, cuOffset: 32, startLine: -1, funcId: 36, flags: 37, nfuncdata: 39, size: 40 };
    default:
      return { ...base, cuOffset: 32, startLine: 36, funcId: 40, flags: 41, nfuncdata: 43, size: 44 };
  }
}
