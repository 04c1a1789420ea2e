import type { InstructionSymbols, MachineInstruction, SymbolPlace } from '../arch/text/instruction.ts';
import { attempt } from '../base/errors.ts';
import type { Image } from '../image/image.ts';
import { PF_W, PT_LOAD } from '../elf/constants.ts';
import { isCode } from './native-code.ts';
import type { Session } from './session.ts';

/**
 * Names for what the instructions refer to: functions by their entry, C code by symbol and distance; package variables and other
 * data symbols, type descriptors and the function values of the read-only data, in stripped programs too.
 */
export function instructionSymbols(session: Session, instructions: readonly MachineInstruction[]): InstructionSymbols {
  const data = dataNames(
    session,
    instructions.flatMap((each) => each.data ?? []),
  );
  const first = instructions[0]?.address ?? 0;
  const last = instructions.at(-1)?.address ?? 0;
  return {
    code: (address) => {
      const symbol = codeName(session, address);
      // Within what is shown, addresses are easier to follow than distances.
      return symbol !== undefined && symbol.offset !== 0 && address >= first && address <= last ? undefined : symbol;
    },
    data: (address) => data.get(address),
  };
}

/** A function's name for its entry. Inside Go functions addresses say more than distances; C labels have no other name. */
function codeName(session: Session, address: number): SymbolPlace | undefined {
  const found = session.program.findFunc(address);
  if (found !== undefined) return found.func.entry === address ? { name: found.func.name, offset: 0 } : undefined;
  return attempt(() => session.program.nativeName(address));
}

function dataNames(session: Session, addresses: readonly number[]): ReadonlyMap<number, SymbolPlace> {
  const names = new Map<number, SymbolPlace>();
  const byImage = new Map<Image, number[]>();
  for (const address of new Set(addresses)) {
    const image = attempt(() => session.program.imageAt(address));
    if (image === undefined) continue;
    const own = typeName(session, address) ?? constantName(session, image, address);
    if (own !== undefined) names.set(address, own);
    else byImage.set(image, [...(byImage.get(image) ?? []), address]);
  }
  for (const [image, wanted] of byImage)
    for (const [address, symbol] of image.dataSymbols(wanted)) names.set(address, symbol);
  return names;
}

/** `type:main.T` for the descriptor of a type, which has no symbol of its own. */
function typeName(session: Session, address: number): SymbolPlace | undefined {
  const module = session.program.modules.find(({ data }) => address >= data.types && address < data.etypes);
  if (module === undefined || address % 8 !== 0) return undefined;
  const type = attempt(() => session.types.runtime.at(address));
  // Constants lie in the same region: a descriptor names itself in it.
  if (type === undefined || type.name === '' || type.name === '?') return undefined;
  return isDescriptor(session, address) ? { name: `type:${type.name}`, offset: 0 } : undefined;
}

/** Whether the runtime could use a descriptor at `address`: its string lies in the same region, behind a name's flag byte. */
function isDescriptor(session: Session, address: number): boolean {
  const { memory } = session.program;
  // internal/abi.Type: Hash at 16 is never 0, Align and FieldAlign at 21 and 22 are the same power of two.
  const head = attempt(() => [memory.u32(address + 16), memory.u8(address + 21), memory.u8(address + 22)]);
  return head !== undefined && head[0] !== 0 && head[1] === head[2];
}

/** `main.f` for code whose address is taken, `main.f·f` for the function value that points to it. */
function constantName(session: Session, image: Image, address: number): SymbolPlace | undefined {
  const { program } = session;
  if (isCode(program, address)) return codeName(session, address);
  const at = address - image.bias;
  const isConstant = image.elf.segments.some(
    ({ type, flags, vaddr, memsz }) => type === PT_LOAD && (flags & PF_W) === 0 && at >= vaddr && at < vaddr + memsz,
  );
  if (!isConstant || address % 8 !== 0) return undefined;
  const entry = attempt(() => program.memory.u64(address));
  const found = entry === undefined ? undefined : program.findFunc(entry);
  return found !== undefined && found.func.entry === entry ? { name: `${found.func.name}·f`, offset: 0 } : undefined;
}
