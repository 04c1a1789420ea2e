import { counters } from '../../base/counters.ts';
import type { Flow, Instruction, OperationName, Operand } from './instruction.ts';
import { RAX, RCX, RDI, RDX, RSI, RSP, RBP } from './instruction.ts';
import { InstructionReader } from './reader.ts';
import { decodeTwoByte } from './two-byte.ts';
import { Draft } from './draft.ts';
import { decodeVex, isVexPrefix } from './vex.ts';

const ALU: readonly OperationName[] = ['add', 'or', 'other', 'other', 'and', 'sub', 'xor', 'other'];
/** Number of the comparison among the arithmetic operations: it writes no result. */
const COMPARE = 7;
const SHIFTS: readonly OperationName[] = ['other', 'other', 'other', 'other', 'shl', 'shr', 'shl', 'sar'];

/**
 * Decodes one instruction (Intel SDM volume 2, appendix A; 64-bit mode) as far as following values needs it: its length, what it
 * writes, where execution goes on, and what the common operations compute. Undefined for what it does not know.
 */
export function decodeInstruction(code: Uint8Array, at: number): Instruction | undefined {
  counters.instructionsDecoded++;
  const reader = new InstructionReader(code, at);
  const opcode = reader.opcode();
  const draft = new Draft(reader, at);
  const known = isVexPrefix(opcode)
    ? decodeVex(draft, opcode)
    : opcode === 0x0f
      ? decodeTwoByte(draft)
      : decodeOneByte(draft, opcode);
  return known && !reader.failed ? draft.finish() : undefined;
}

function decodeOneByte(draft: Draft, opcode: number): boolean {
  if (opcode < 0x40) return arithmetic(draft, opcode);
  if (opcode < 0x60) return pushPop(draft, opcode);
  if (opcode >= 0x70 && opcode < 0x80) return draft.jumpBy(1, 'branch');
  if (opcode >= 0xb0 && opcode < 0xc0) return moveImmediate(draft, opcode);
  if (opcode >= 0x91 && opcode <= 0x97) return exchangeAccumulator(draft, opcode);
  if (opcode >= 0xd8 && opcode <= 0xdf) return floatingPoint(draft, opcode);
  if (opcode >= 0xa4 && opcode <= 0xaf && opcode !== 0xa8 && opcode !== 0xa9) return stringOperation(draft, opcode);
  return FIXED[opcode]?.(draft, opcode) ?? false;
}

/** ADD, OR, ADC, SBB, AND, SUB, XOR, CMP in their six forms. */
function arithmetic(draft: Draft, opcode: number): boolean {
  const form = opcode & 7;
  const operation = (opcode >> 3) & 7;
  if (form > 5) return false;
  const { reader } = draft;
  const size = (form & 1) === 0 ? 1 : reader.size;
  if (form >= 4) {
    const value = reader.immediate(Math.min(4, size));
    if (operation !== COMPARE) draft.compute(nameOf(operation), accumulator, { kind: 'immediate', value }, size);
    return true;
  }
  reader.modrm();
  const toRegister = form >= 2;
  if (operation === COMPARE) return true;
  const [destination, source] = toRegister
    ? [draft.registerOperand(size), draft.rmOperand(size)]
    : [draft.rmOperand(size), draft.registerOperand(size)];
  draft.compute(nameOf(operation), destination, source, size);
  return true;
}

const accumulator: Operand = { kind: 'register', number: RAX };

function nameOf(operation: number): OperationName {
  return ALU[operation] ?? 'other';
}

function pushPop(draft: Draft, opcode: number): boolean {
  const register = (opcode & 7) | ((draft.reader.rex & 1) << 3);
  draft.writes |= 1 << RSP;
  if (opcode < 0x58) draft.pushed({ kind: 'register', number: register });
  else draft.popped({ kind: 'register', number: register });
  return true;
}

function moveImmediate(draft: Draft, opcode: number): boolean {
  const { reader } = draft;
  const size = opcode < 0xb8 ? 1 : reader.size;
  const number = (opcode & 7) | ((reader.rex & 1) << 3);
  const value = reader.immediate(size);
  draft.move(draft.byteRegister(number, size), { kind: 'immediate', value }, size);
  return true;
}

function exchangeAccumulator(draft: Draft, opcode: number): boolean {
  draft.writes |= 1 | (1 << ((opcode & 7) | ((draft.reader.rex & 1) << 3)));
  return true;
}

/** x87: only what is stored matters. */
function floatingPoint(draft: Draft, opcode: number): boolean {
  const { reader } = draft;
  reader.modrm();
  const operation = reader.reg & 7;
  if (reader.memory === undefined) {
    if (opcode === 0xdf && operation === 4) draft.writes |= 1 << RAX;
    return true;
  }
  const stores =
    (opcode === 0xd9 && (operation === 2 || operation === 3 || operation >= 6)) ||
    (opcode === 0xdb && [1, 2, 3, 7].includes(operation)) ||
    (opcode === 0xdd && [1, 2, 3, 6, 7].includes(operation)) ||
    (opcode === 0xdf && [1, 2, 3, 6, 7].includes(operation));
  if (stores) draft.stores = -1;
  return true;
}

function stringOperation(draft: Draft, opcode: number): boolean {
  const kind = opcode & 0xfe;
  const [source, target] = [1 << RSI, 1 << RDI];
  if (draft.reader.repeat !== 0) draft.writes |= 1 << RCX;
  if (kind === 0xa4 || kind === 0xa6) draft.writes |= source | target;
  else if (kind === 0xaa || kind === 0xae) draft.writes |= target;
  else if (kind === 0xac) draft.writes |= source | (1 << RAX);
  else return false;
  if (kind === 0xa4 || kind === 0xaa) draft.stores = -1;
  return true;
}

type Rule = (draft: Draft, opcode: number) => boolean;

const withModrm =
  (action: (draft: Draft, size: number) => void): Rule =>
  (draft, opcode) => {
    draft.reader.modrm();
    action(draft, (opcode & 1) === 0 ? 1 : draft.reader.size);
    return true;
  };

const plain: Rule = () => true;

function skipImmediate(size: (draft: Draft) => number): Rule {
  return (draft) => {
    draft.reader.signed(size(draft));
    return true;
  };
}

const immediateSize = (draft: Draft): number => Math.min(4, draft.reader.size);

const group1: Rule = (draft, opcode) => {
  const { reader } = draft;
  reader.modrm();
  const size = opcode === 0x80 ? 1 : reader.size;
  const value = reader.immediate(opcode === 0x81 ? immediateSize(draft) : 1);
  const operation = reader.reg & 7;
  if (operation !== COMPARE)
    draft.compute(nameOf(operation), draft.rmOperand(size), { kind: 'immediate', value }, size);
  return true;
};

const shift: Rule = (draft, opcode) => {
  const { reader } = draft;
  reader.modrm();
  const size = (opcode & 1) === 0 ? 1 : reader.size;
  const name = SHIFTS[reader.reg & 7] ?? 'other';
  const count: Operand | undefined =
    opcode < 0xd0
      ? { kind: 'immediate', value: reader.immediate(1) & 0xffn }
      : opcode < 0xd2
        ? { kind: 'immediate', value: 1n }
        : undefined;
  draft.compute(count === undefined ? 'other' : name, draft.rmOperand(size), count, size);
  return true;
};

/** TEST, NOT, NEG, MUL, IMUL, DIV, IDIV. */
const group3: Rule = (draft, opcode) => {
  const { reader } = draft;
  reader.modrm();
  const size = opcode === 0xf6 ? 1 : reader.size;
  const operation = reader.reg & 7;
  if (operation < 2) reader.signed(Math.min(4, size));
  else if (operation === 2) draft.compute('not', draft.rmOperand(size), undefined, size);
  else if (operation === 3) draft.compute('neg', draft.rmOperand(size), undefined, size);
  else draft.writes |= size === 1 ? 1 << RAX : (1 << RAX) | (1 << RDX);
  return true;
};

/** INC, DEC, CALL, JMP, PUSH. */
const group5: Rule = (draft, opcode) => {
  const { reader } = draft;
  reader.modrm();
  const size = opcode === 0xfe ? 1 : reader.size;
  const one: Operand = { kind: 'immediate', value: 1n };
  const operation = reader.reg & 7;
  if (operation === 0) draft.compute('add', draft.rmOperand(size), one, size);
  else if (operation === 1) draft.compute('sub', draft.rmOperand(size), one, size);
  else if (opcode === 0xfe) return false;
  else if (operation === 2) return draft.goOn('indirect-call');
  else if (operation === 4) return draft.goOn('indirect-jump');
  else if (operation === 6) {
    draft.writes |= 1 << RSP;
    draft.pushed(undefined);
  } else return false;
  return true;
};

const multiply: Rule = (draft, opcode) => {
  const { reader } = draft;
  reader.modrm();
  const value = reader.immediate(opcode === 0x6b ? 1 : immediateSize(draft));
  const source = draft.rmOperand(reader.size);
  draft.compute('imul', draft.registerOperand(reader.size), source, reader.size);
  draft.second = { kind: 'immediate', value };
  return true;
};

const storeImmediate: Rule = (draft, opcode) => {
  const { reader } = draft;
  reader.modrm();
  if ((reader.reg & 7) !== 0) return false;
  const size = opcode === 0xc6 ? 1 : reader.size;
  const value = reader.immediate(Math.min(4, size));
  draft.move(draft.rmOperand(size), { kind: 'immediate', value }, size);
  return true;
};

const exchange = withModrm((draft, size) => {
  draft.compute('other', draft.rmOperand(size), undefined, size);
  draft.alsoWrites(draft.registerOperand(size));
});

function ending(flow: Flow): Rule {
  return (draft) => draft.goOn(flow);
}

function writing(mask: number): Rule {
  return (draft) => {
    draft.writes |= mask;
    return true;
  };
}

const FIXED: Readonly<Record<number, Rule>> = {
  0x63: (draft) => {
    draft.reader.modrm();
    draft.extend(draft.registerOperand(8), draft.rmOperand(4), draft.reader.size, 4, true);
    return true;
  },
  0x68: (draft) => {
    draft.writes |= 1 << RSP;
    const value = draft.reader.immediate(immediateSize(draft));
    draft.pushed({ kind: 'immediate', value });
    return true;
  },
  0x69: multiply,
  0x6a: (draft) => {
    draft.writes |= 1 << RSP;
    draft.pushed({ kind: 'immediate', value: draft.reader.immediate(1) });
    return true;
  },
  0x6b: multiply,
  0x80: group1,
  0x81: group1,
  0x83: group1,
  0x84: withModrm(() => undefined),
  0x85: withModrm(() => undefined),
  0x86: exchange,
  0x87: exchange,
  0x88: withModrm((draft) => draft.move(draft.rmOperand(1), draft.registerOperand(1), 1)),
  0x89: withModrm((draft, size) => draft.move(draft.rmOperand(size), draft.registerOperand(size), size)),
  0x8a: withModrm((draft) => draft.move(draft.registerOperand(1), draft.rmOperand(1), 1)),
  0x8b: withModrm((draft, size) => draft.move(draft.registerOperand(size), draft.rmOperand(size), size)),
  0x8d: withModrm((draft, size) => draft.loadAddress(size)),
  0x8f: (draft) => {
    draft.reader.modrm();
    draft.writes |= 1 << RSP;
    draft.popped(draft.rmOperand(8));
    return true;
  },
  0x90: (draft) => {
    if ((draft.reader.rex & 1) === 0) return draft.doNothing();
    draft.writes |= 0x101;
    return true;
  },
  0x98: writing(1 << RAX),
  0x99: writing(1 << RDX),
  0x9b: plain,
  0x9c: (draft) => {
    draft.writes |= 1 << RSP;
    draft.pushed(undefined);
    return true;
  },
  0x9d: (draft) => {
    draft.writes |= 1 << RSP;
    draft.popped(undefined);
    return true;
  },
  0x9e: plain,
  0x9f: writing(1 << RAX),
  0xa8: skipImmediate(() => 1),
  0xa9: skipImmediate(immediateSize),
  0xc0: shift,
  0xc1: shift,
  0xc2: (draft) => {
    draft.writes |= 1 << RSP;
    draft.reader.signed(2);
    return draft.goOn('end');
  },
  0xc3: (draft) => {
    draft.writes |= 1 << RSP;
    return draft.goOn('end');
  },
  0xc6: storeImmediate,
  0xc7: storeImmediate,
  0xc9: writing((1 << RSP) | (1 << RBP)),
  0xcc: ending('end'),
  0xcd: (draft) => {
    draft.reader.signed(1);
    return draft.goOn('end');
  },
  0xd0: shift,
  0xd1: shift,
  0xd2: shift,
  0xd3: shift,
  0xd7: writing(1 << RAX),
  0xe0: (draft) => draft.loopBy(),
  0xe1: (draft) => draft.loopBy(),
  0xe2: (draft) => draft.loopBy(),
  0xe3: (draft) => draft.jumpBy(1, 'branch'),
  0xe8: (draft) => {
    return draft.jumpBy(4, 'call');
  },
  0xe9: (draft) => draft.jumpBy(4, 'jump'),
  0xeb: (draft) => draft.jumpBy(1, 'jump'),
  0xf4: ending('end'),
  0xf5: plain,
  0xf6: group3,
  0xf7: group3,
  0xf8: plain,
  0xf9: plain,
  0xfc: plain,
  0xfd: plain,
  0xfe: group5,
  0xff: group5,
};
