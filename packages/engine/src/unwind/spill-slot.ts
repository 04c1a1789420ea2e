import { readU32 } from '../base/cursor.ts';

/**
 * Tells from the machine code of a function (amd64) whether a stack slot certainly holds what was stored there last for
 * its variable. The compiler's location lists name a variable's spill slot from the variable's birth on, though the store
 * may come later, on another path, or hold the value of an earlier round of a loop. The slot is certain if the function
 * stores to it exactly once, on the only way to the pc, and never again. Code is not decoded: byte patterns that might
 * be a store or a jump count as one, so that errors can only make a slot uncertain.
 */
export function slotIsCertain(code: Uint8Array, pc: number, displacement: number): boolean {
  const store = onlyStore(code, displacement);
  if (store === undefined || store >= pc) return false;
  let beyond: number | undefined;
  for (const [from, to] of possibleJumps(code)) {
    // Back to the start: behind the call that grows the stack.
    if (to === 0) continue;
    const over = from < store && to > store;
    if (over && to <= pc) return false;
    if (from >= store && to <= store) return false;
    if (over) {
      if (beyond !== undefined && beyond !== to) return false;
      beyond = to;
    }
  }
  return true;
}

/** What an instruction with a memory operand does to it, by its opcode byte. */
const LOADS: ReadonlySet<number> = new Set([
  0x8b, 0x8a, 0x63, 0x3b, 0x3a, 0x39, 0x38, 0x03, 0x2b, 0x23, 0x0b, 0x33, 0x85, 0x84, 0x69, 0x6b,
]);
/** The same for opcodes behind 0F. */
const LOADS_0F: ReadonlySet<number> = new Set([
  0xb6, 0xb7, 0xbe, 0xbf, 0x10, 0x28, 0x6f, 0x2a, 0x2e, 0x2f, 0x58, 0x59, 0x5c, 0x5e, 0x51, 0xaf, 0x5a, 0x6e, 0x5d,
  0x5f, 0xef, 0xeb,
]);
const VECTOR_STORES_0F: ReadonlySet<number> = new Set([0x11, 0x29, 0x7f]);

/** Offset of the only instruction that writes to displacement(%rsp); undefined if there is none or may be another. */
function onlyStore(code: Uint8Array, displacement: number): number | undefined {
  let found: number | undefined;
  for (let at = 1; at + 2 < code.length; at++) {
    // ModRM with a SIB byte of 0x24: base rsp, no index.
    const modrm = code[at] as number;
    if (code[at + 1] !== 0x24 || (modrm & 7) !== 4) continue;
    const mode = modrm >> 6;
    const operand =
      mode === 0
        ? 0
        : mode === 1
          ? ((code[at + 2] as number) << 24) >> 24
          : mode === 2 && at + 6 <= code.length
            ? readU32(code, at + 2) | 0
            : undefined;
    if (operand === undefined) continue;
    const escaped = at >= 2 && code[at - 2] === 0x0f;
    const opcode = code[at - 1] as number;
    const overlap =
      operand === displacement ||
      (escaped && VECTOR_STORES_0F.has(opcode) && operand < displacement && operand + 16 > displacement);
    if (!overlap) continue;
    if (escaped ? LOADS_0F.has(opcode) : LOADS.has(opcode)) continue;
    // cmp with an immediate (/7) reads as well.
    if (!escaped && (opcode === 0x81 || opcode === 0x83 || opcode === 0x80) && ((modrm >> 3) & 7) === 7) continue;
    const isStore = escaped
      ? VECTOR_STORES_0F.has(opcode)
      : opcode === 0x89 || opcode === 0x88 || opcode === 0xc7 || opcode === 0xc6;
    if (!isStore || found !== undefined) return undefined;
    found = at;
  }
  return found;
}

/** Everything that looks like a direct jump, as offsets in the function; a jump out of it is none. */
function* possibleJumps(code: Uint8Array): Generator<readonly [from: number, to: number]> {
  for (let at = 0; at + 1 < code.length; at++) {
    const opcode = code[at] as number;
    let to: number | undefined;
    if ((opcode >= 0x70 && opcode <= 0x7f) || opcode === 0xeb) {
      to = at + 2 + (((code[at + 1] as number) << 24) >> 24);
    } else if (opcode === 0xe9 && at + 5 <= code.length) {
      to = at + 5 + (readU32(code, at + 1) | 0);
    } else if (opcode === 0x0f && ((code[at + 1] as number) & 0xf0) === 0x80 && at + 6 <= code.length) {
      to = at + 6 + (readU32(code, at + 2) | 0);
    }
    if (to !== undefined && to >= 0 && to < code.length) yield [at, to];
  }
}
