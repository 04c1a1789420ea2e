import type { InstructionSymbols } from '../instruction.ts';
import type { A64Draft, A64Memory, A64Operand } from './model.ts';

/** An instruction as the GNU tools write it. */
export function gnuText(draft: A64Draft, symbols: InstructionSymbols): string {
  const isPage = draft.name === 'adrp' || draft.name === 'adr' || draft.name.startsWith('ldr');
  const operands = draft.operands.map((operand) => gnuOperand(operand, isPage, symbols));
  return operands.length === 0 ? draft.name : `${draft.name} ${operands.join(', ')}`;
}

function hexOf(value: bigint | number): string {
  return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

function labelText(address: number, isData: boolean, symbols: InstructionSymbols): string | undefined {
  const symbol = isData ? symbols.data(address) : symbols.code(address);
  return symbol === undefined ? undefined : symbol.offset === 0 ? symbol.name : `${symbol.name}+${symbol.offset}`;
}

function gnuOperand(operand: A64Operand, isData: boolean, symbols: InstructionSymbols): string {
  switch (operand.kind) {
    case 'register': {
      if (operand.modifier === undefined) return operand.name;
      const bare = operand.amount === 0 && operand.modifier !== 'lsl' && !/^(?:lsr|asr|ror)$/.test(operand.modifier);
      return `${operand.name}, ${operand.modifier}${bare ? '' : ` #${operand.amount ?? 0}`}`;
    }
    case 'vector':
      return `v${operand.number}.${operand.shape}${operand.index === undefined ? '' : `[${operand.index}]`}`;
    case 'list':
      return gnuList(operand);
    case 'immediate': {
      const text = `#${operand.base === 16 ? hexOf(operand.value) : operand.value}`;
      return operand.shift === undefined ? text : `${text}, lsl #${operand.shift}`;
    }
    case 'label':
      return labelText(operand.address, isData, symbols) ?? hexOf(operand.address);
    case 'condition':
      return operand.name;
    case 'word':
      return operand.text;
    case 'memory':
      return gnuMemory(operand);
  }
}

function gnuMemory({ base, offset, index, mode, step }: A64Memory): string {
  if (step !== undefined) return `[${base}], ${step}`;
  if (index !== undefined) {
    const amount = index.isScaled ? ` #${index.amount}` : '';
    const modifier = index.modifier === undefined ? '' : `, ${index.modifier}${amount}`;
    return `[${base}, ${index.name}${modifier}]`;
  }
  if (mode === 'post') return `[${base}], #${offset}`;
  if (mode === 'pre') return `[${base}, #${offset}]!`;
  return offset === 0n ? `[${base}]` : `[${base}, #${offset}]`;
}

/** Jumps whose target within a function is counted in instructions. */
const JUMP = /^(?:JMP|CALL|B[A-Z]{2}|CBN?ZW?|TBN?Z)$/;

/** An instruction as the Go assembler's language has it; `address` is where it lies. */
export function goText(draft: A64Draft, address: number, symbols: InstructionSymbols): string {
  const operands = draft.goOperands ?? [...draft.operands].reverse();
  const texts: string[] = [];
  const isPair = /^F?(?:LD|ST)N?P(?:SW|[WSDQ])?(?:\.|$)|^(?:LD|ST)A?L?XP/.test(draft.go);
  for (let i = 0; i < operands.length; i++) {
    const operand = operands[i];
    const next = operands[i + 1];
    if (operand === undefined) continue;
    if (isPair && operand.kind === 'register' && next?.kind === 'register') {
      texts.push(`(${goOperand(operand, draft, address, symbols)}, ${goOperand(next, draft, address, symbols)})`);
      i++;
    } else texts.push(goOperand(operand, draft, address, symbols));
  }
  return texts.length === 0 ? draft.go : `${draft.go} ${texts.join(', ')}`;
}

/** `R0` of x0 and w0, `RSP`, `ZR`, `F0` of d0. */
function goRegister(name: string): string {
  if (name === 'sp' || name === 'wsp') return 'RSP';
  if (name === 'xzr' || name === 'wzr') return 'ZR';
  return `${/^[xw]/.test(name) ? 'R' : 'F'}${name.slice(1)}`;
}

const SHIFT_SIGNS: Readonly<Record<string, string>> = { lsl: '<<', lsr: '>>', asr: '->', ror: '@>' };

function goOperand(operand: A64Operand, draft: A64Draft, address: number, symbols: InstructionSymbols): string {
  switch (operand.kind) {
    case 'register': {
      const { modifier, amount = 0 } = operand;
      const register = goRegister(operand.name);
      if (modifier === undefined) return register;
      const sign = SHIFT_SIGNS[modifier];
      if (sign !== undefined) return `${register}${sign}${amount}`;
      return `${register}.${modifier.toUpperCase()}${amount === 0 ? '' : `<<${amount}`}`;
    }
    case 'vector':
      return `V${operand.number}${goShape(operand.shape)}${operand.index === undefined ? '' : `[${operand.index}]`}`;
    case 'list':
      return goList(operand);
    case 'immediate':
      // The assembler's numbers have signs.
      if (operand.shift === undefined) return `$${BigInt.asIntN(64, operand.value)}`;
      return `$(${operand.value}<<${operand.shift})`;
    case 'label': {
      const name = labelText(operand.address, !JUMP.test(draft.go), symbols);
      if (name !== undefined) return `${name}(SB)`;
      if (draft.go === 'ADRP') return `${operand.address - (address - (address % 4096))}(PC)`;
      const unit = draft.go === 'ADR' ? 1 : 4;
      return `${(operand.address - address) / unit}(PC)`;
    }
    case 'condition':
      return operand.name.toUpperCase().replace('CS', 'HS').replace('CC', 'LO');
    case 'word':
      return operand.text.toUpperCase();
    case 'memory':
      return goMemory(operand);
  }
}

/** `.B16` of `16b`. */
function goShape(shape: string): string {
  const [, count = '', letter = ''] = /^(\d*)([bhsd])$/.exec(shape) ?? [];
  return shape === '' ? '' : `.${letter.toUpperCase()}${count}`;
}

type List = A64Operand & { readonly kind: 'list' };

function numbersOf({ first, count }: List): number[] {
  return Array.from({ length: count }, (_, i) => (first + i) % 32);
}

function gnuList(list: List): string {
  const names = numbersOf(list).map((number) => `v${number}.${list.shape}`);
  const [first = '', last = ''] = [names[0], names.at(-1)];
  // The tools write ranges from three on, unless they go round.
  const inside = names.length > 2 && list.first + list.count <= 32 ? `${first}-${last}` : names.join(', ');
  return `{${inside}}${list.index === undefined ? '' : `[${list.index}]`}`;
}

function goList(list: List): string {
  const names = numbersOf(list).map((number) => `V${number}${goShape(list.shape)}`);
  if (list.index !== undefined && names.length === 1) return `${names.join('')}[${list.index}]`;
  return `[${names.join(', ')}]${list.index === undefined ? '' : `[${list.index}]`}`;
}

function goMemory({ base, offset, index, step }: A64Memory): string {
  const register = `(${goRegister(base)})`;
  if (step !== undefined) return `${register}(${goRegister(step)})`;
  if (index === undefined) return offset === 0n ? register : `${offset}${register}`;
  const extension = index.modifier === undefined || index.modifier === 'lsl' ? '' : `.${index.modifier.toUpperCase()}`;
  return `${register}(${goRegister(index.name)}${extension}${index.amount === 0 ? '' : `<<${index.amount}`})`;
}
