import { Cursor } from '../base/cursor.ts';
import { hex, isDebugError } from '../base/errors.ts';
import { DW_OP, formatOperation, operandsOf, type Operand } from './operations.ts';

/**
 * A location expression as text, as Delve writes it: each operation with its operands in hex and a space behind it. What
 * cannot be read is named, and ends the text. `registerName` is for operations that name a register.
 */
export function formatExpression(
  expression: Uint8Array,
  registerName: (dwarfNumber: number) => string | undefined,
): string {
  const cursor = new Cursor(expression, 'location expression');
  let text = '';
  try {
    while (!cursor.done) {
      const op = cursor.u8();
      const operands = operandsOf(op);
      text += formatOperation(op);
      if (op >= DW_OP.DW_OP_reg0 && op <= DW_OP.DW_OP_reg31) {
        const name = registerName(op - DW_OP.DW_OP_reg0);
        if (name !== undefined) text += `(${name})`;
      }
      text += ' ';
      if (operands === undefined) return `${text}(not known) `;
      for (const operand of operands) text += `${formatOperand(cursor, operand)} `;
    }
  } catch (error) {
    if (!isDebugError(error)) throw error;
    text += '(cut off) ';
  }
  return text;
}

function formatOperand(cursor: Cursor, operand: Operand): string {
  switch (operand) {
    case 'u1':
      return hex(cursor.u8());
    case 's1':
      return hex(cursor.i8());
    case 'u2':
      return hex(cursor.u16());
    case 's2':
      return hex(BigInt.asIntN(16, BigInt(cursor.u16())));
    case 'u4':
    case 'offset':
      return hex(cursor.u32());
    case 's4':
      return hex(cursor.i32());
    case 'u8':
    case 'addr':
      return hex(cursor.u64big());
    case 's8':
      return hex(BigInt.asIntN(64, cursor.u64big()));
    case 'uleb':
      return hex(cursor.ulebBig());
    case 'sleb':
      return hex(cursor.slebBig());
    case 'block':
      return formatBlock(cursor.take(cursor.uleb()));
    case 'block1':
      return formatBlock(cursor.take(cursor.u8()));
  }
}

function formatBlock(bytes: Uint8Array): string {
  return `[${Array.from(bytes, (byte) => hex(byte)).join(' ')}]`;
}
