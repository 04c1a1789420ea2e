import type { Draft } from './draft.ts';
import type { FloatOperation } from './instruction.ts';
import { R11, RAX, RBX, RCX, RDX } from './instruction.ts';
import { decodeThreeByte } from './three-byte.ts';

type Rule = (draft: Draft, opcode: number) => boolean;

/** Opcodes behind 0F (Intel SDM volume 2, table A-3). */
export function decodeTwoByte(draft: Draft): boolean {
  const { reader } = draft;
  const opcode = reader.byte();
  if (opcode === 0x38 || opcode === 0x3a) return decodeThreeByte(draft, opcode);
  if ((opcode & 0xf0) === 0x80) return draft.jumpBy(4, 'branch');
  if ((opcode & 0xf0) === 0x40) return conditionalMove(draft);
  if ((opcode & 0xf0) === 0x90) return withModrm(draft, () => other(draft, draft.rmOperand(1), 1));
  if (opcode >= 0xc8 && opcode <= 0xcf) {
    draft.writes |= 1 << ((opcode & 7) | ((reader.rex & 1) << 3));
    return true;
  }
  const rule = RULES[opcode];
  if (rule !== undefined) return rule(draft, opcode);
  if (FLOATS[opcode] !== undefined && reader.repeat !== 0) return floatArithmetic(draft, opcode);
  if (opcode === 0x57 || opcode === 0xef) return exclusiveOr(draft);
  return isVectorArithmetic(opcode) && withModrm(draft, () => other(draft, draft.vectorOperand(), 16));
}

const FLOATS: Readonly<Record<number, FloatOperation>> = { 0x58: 'fadd', 0x59: 'fmul', 0x5c: 'fsub', 0x5e: 'fdiv' };

/** ADDSD, ADDSS and their like: the upper part of the register stays. */
function floatArithmetic(draft: Draft, opcode: number): boolean {
  return withModrm(draft, () => {
    const size = draft.reader.repeat === 0xf3 ? 4 : 8;
    draft.computeFloat(FLOATS[opcode] ?? 'fadd', draft.vectorOperand(), draft.rmVector(), size);
  });
}

/** XORPS and PXOR: with itself, a register becomes zero. */
function exclusiveOr(draft: Draft): boolean {
  return withModrm(draft, () => {
    const { memory, reg, rm } = draft.reader;
    if (memory === undefined && reg === rm) draft.move(draft.vectorOperand(), { kind: 'immediate', value: 0n }, 16);
    else other(draft, draft.vectorOperand(), 16);
  });
}

/** Opcodes that write the vector register of ModRM's reg field, from what they find in r/m. */
function isVectorArithmetic(opcode: number): boolean {
  return (
    opcode === 0x14 ||
    opcode === 0x15 ||
    opcode === 0x2a ||
    (opcode >= 0x51 && opcode <= 0x6d) ||
    (opcode >= 0x74 && opcode <= 0x76) ||
    opcode === 0x7c ||
    opcode === 0x7d ||
    (opcode >= 0xd0 && opcode <= 0xfe)
  );
}

function withModrm(draft: Draft, action: () => void): boolean {
  draft.reader.modrm();
  action();
  return true;
}

function other(draft: Draft, operand: Parameters<Draft['alsoWrites']>[0], size = draft.reader.size): void {
  if (operand !== undefined) draft.compute('other', operand, undefined, size);
}

/** CMOVcc: the register gets what r/m holds, or keeps what it has. */
function conditionalMove(draft: Draft): boolean {
  return withModrm(draft, () => {
    const { size } = draft.reader;
    draft.compute('select', draft.registerOperand(size), draft.rmOperand(size), size);
  });
}

function immediate(draft: Draft): void {
  draft.reader.signed(1);
}

/** MOVSS, MOVSD, MOVUPS, MOVUPD: loads and stores. */
const moveVector: Rule = (draft, opcode) =>
  withModrm(draft, () => {
    const { repeat, memory } = draft.reader;
    const size = repeat === 0xf3 ? 4 : repeat === 0xf2 ? 8 : 16;
    const [vector, rm] = [draft.vectorOperand(), draft.rmVector()];
    const toMemory = (opcode & 1) === 1 && opcode !== 0x6f;
    if (toMemory) draft.move(rm, vector, size);
    else draft.move(vector, rm, size);
    // Between registers, the scalar forms keep the rest.
    if (memory === undefined && size < 16) other(draft, toMemory ? rm : vector, 16);
  });

const vectorWithImmediate: Rule = (draft) =>
  withModrm(draft, () => {
    immediate(draft);
    other(draft, draft.vectorOperand(), 16);
  });

const toGeneral: Rule = (draft) => withModrm(draft, () => other(draft, draft.registerOperand(4), draft.reader.size));

const onlyReads: Rule = (draft) => withModrm(draft, () => undefined);

const storeVector =
  (size: number): Rule =>
  (draft) =>
    withModrm(draft, () => {
      const rm = draft.rmVector();
      if (rm.kind === 'memory') draft.compute('other', rm, undefined, size);
      else other(draft, rm, 16);
    });

/** SHLD, SHRD, XADD, BTS and such: the r/m operand is changed in a way that is not followed. */
const changes =
  (withImmediate: boolean): Rule =>
  (draft, opcode) =>
    withModrm(draft, () => {
      if (withImmediate) immediate(draft);
      const size = opcode === 0xc0 || opcode === 0xb0 ? 1 : draft.reader.size;
      other(draft, draft.rmOperand(size), size);
      // A bit string in memory may be changed far from its address.
      if (draft.reader.memory !== undefined && (opcode === 0xab || opcode === 0xb3 || opcode === 0xbb))
        draft.stores = -1;
    });

const extend: Rule = (draft, opcode) =>
  withModrm(draft, () => {
    const size = (opcode & 1) === 0 ? 1 : 2;
    draft.extend(draft.registerOperand(4), draft.rmOperand(size), draft.reader.size, size, opcode >= 0xbe);
  });

const fixed =
  (mask: number): Rule =>
  (draft) => {
    draft.writes |= mask;
    return true;
  };

/** MOVD and MOVQ between a general and a vector register, and MOVQ loads. */
const moveAcross: Rule = (draft, opcode) =>
  withModrm(draft, () => {
    const { repeat, operandSize16, wide } = draft.reader;
    const size = wide ? 8 : 4;
    if (opcode === 0x6e) {
      if (operandSize16) draft.extend(draft.vectorOperand(), draft.rmOperand(size), 16, size, false);
    } else if (repeat === 0xf3) draft.extend(draft.vectorOperand(), draft.rmVector(), 16, 8, false);
    else if (operandSize16) draft.move(draft.rmOperand(size), draft.vectorOperand(), size);
    else other(draft, draft.rmOperand(size), size);
  });

const vectorShift: Rule = (draft) =>
  withModrm(draft, () => {
    immediate(draft);
    other(draft, draft.rmVector(), 16);
  });

/** Fences, save and restore of state, FS and GS base. */
const group15: Rule = (draft) =>
  withModrm(draft, () => {
    const { memory, repeat, reg } = draft.reader;
    const operation = reg & 7;
    if (memory === undefined) {
      if (repeat === 0xf3 && operation < 2) other(draft, draft.rmOperand(draft.reader.size));
    } else if (operation === 0 || operation === 3 || operation === 4 || operation === 6) draft.stores = -1;
    else if (operation === 1 || operation === 5) draft.writesVector = 0xffff;
  });

const group9: Rule = (draft) =>
  withModrm(draft, () => {
    const { memory, reg } = draft.reader;
    if (memory === undefined) other(draft, draft.rmOperand(draft.reader.size));
    else if ((reg & 7) === 1) {
      draft.stores = 16;
      draft.writes |= (1 << RAX) | (1 << RDX);
    } else draft.stores = -1;
  });

const group8: Rule = (draft) =>
  withModrm(draft, () => {
    immediate(draft);
    if ((draft.reader.reg & 7) !== 4) other(draft, draft.rmOperand(draft.reader.size));
  });

const system: Rule = (draft) =>
  withModrm(draft, () => {
    const { memory, mode, reg, rm } = draft.reader;
    if (memory !== undefined || mode !== 3) draft.stores = -1;
    else if (reg === 2 && rm === 0) draft.writes |= (1 << RAX) | (1 << RDX);
    else if (reg === 7 && rm === 1) draft.writes |= (1 << RAX) | (1 << RDX) | (1 << RCX);
    else draft.writesAnything();
  });

const compareExchange: Rule = (draft, opcode) => {
  changes(false)(draft, opcode);
  draft.writes |= 1 << RAX;
  return true;
};

const exchangeAdd: Rule = (draft, opcode) => {
  changes(false)(draft, opcode);
  draft.alsoWrites(draft.registerOperand(opcode === 0xc0 ? 1 : 8));
  return true;
};

const scan: Rule = (draft) => withModrm(draft, () => other(draft, draft.registerOperand(draft.reader.size)));

const RULES: Readonly<Record<number, Rule>> = {
  0x01: system,
  0x05: fixed((1 << RCX) | (1 << R11) | (1 << RAX)),
  0x0b: (draft) => draft.goOn('end'),
  0x0d: onlyReads,
  0x10: moveVector,
  0x11: moveVector,
  0x12: (draft) => withModrm(draft, () => other(draft, draft.vectorOperand(), 16)),
  0x13: storeVector(8),
  0x16: (draft) => withModrm(draft, () => other(draft, draft.vectorOperand(), 16)),
  0x17: storeVector(8),
  0x18: onlyReads,
  0x19: onlyReads,
  0x1a: onlyReads,
  0x1b: onlyReads,
  0x1c: onlyReads,
  0x1d: onlyReads,
  0x1e: onlyReads,
  0x1f: (draft) => withModrm(draft, () => draft.doNothing()),
  0x28: moveVector,
  0x29: moveVector,
  0x2b: storeVector(16),
  0x2c: toGeneral,
  0x2d: toGeneral,
  0x2e: onlyReads,
  0x2f: onlyReads,
  0x31: fixed((1 << RAX) | (1 << RDX)),
  0x50: toGeneral,
  0x6e: moveAcross,
  0x6f: (draft, opcode) => {
    const { operandSize16, repeat } = draft.reader;
    return operandSize16 || repeat === 0xf3 ? moveWhole(draft, opcode) : withModrm(draft, () => undefined);
  },
  0x70: vectorWithImmediate,
  0x71: vectorShift,
  0x72: vectorShift,
  0x73: vectorShift,
  0x77: () => true,
  0x7e: moveAcross,
  0x7f: (draft, opcode) => moveWhole(draft, opcode),
  0xa2: fixed((1 << RAX) | (1 << RBX) | (1 << RCX) | (1 << RDX)),
  0xa3: onlyReads,
  0xa4: changes(true),
  0xa5: changes(false),
  0xab: changes(false),
  0xac: changes(true),
  0xad: changes(false),
  0xae: group15,
  0xaf: (draft) =>
    withModrm(draft, () => {
      const { size } = draft.reader;
      draft.compute('imul', draft.registerOperand(size), draft.rmOperand(size), size);
    }),
  0xb0: compareExchange,
  0xb1: compareExchange,
  0xb3: changes(false),
  0xb6: extend,
  0xb7: extend,
  0xb8: scan,
  0xba: group8,
  0xbb: changes(false),
  0xbc: scan,
  0xbd: scan,
  0xbe: extend,
  0xbf: extend,
  0xc0: exchangeAdd,
  0xc1: exchangeAdd,
  0xc2: vectorWithImmediate,
  0xc3: (draft) => withModrm(draft, () => draft.move(draft.rmOperand(8), draft.registerOperand(8), draft.reader.size)),
  0xc4: vectorWithImmediate,
  0xc5: (draft) =>
    withModrm(draft, () => {
      immediate(draft);
      other(draft, draft.registerOperand(4));
    }),
  0xc6: vectorWithImmediate,
  0xc7: group9,
  0xd6: storeVector(8),
  0xd7: toGeneral,
  0xe7: storeVector(16),
  0xf7: (draft) =>
    withModrm(draft, () => {
      draft.stores = -1;
    }),
};

function moveWhole(draft: Draft, opcode: number): boolean {
  return withModrm(draft, () => {
    const [vector, rm] = [draft.vectorOperand(), draft.rmVector()];
    if (opcode === 0x6f) draft.move(vector, rm, 16);
    else draft.move(rm, vector, 16);
  });
}
