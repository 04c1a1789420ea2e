import { attempt, fault } from '../base/errors.ts';
import { DW_AT, DW_TAG } from '../dwarf/attributes.ts';
import type { Entry } from '../dwarf/entry.ts';
import { evaluateValue, type ExpressionContext } from '../dwarf/expression.ts';
import type { FunctionEntry } from '../dwarf/functions.ts';
import type { Program } from '../program/program.ts';
import type { Frame } from './frame.ts';

/** Calls followed up from a function for one value. */
const LONGEST_CHAIN = 50;
/** How deep blocks and inlined calls are searched for a call site. */
const DEEPEST_SCOPE = 100;

/** The physical frame that called another; undefined at the end of the stack. */
export type CallerOf = (frame: Frame) => Frame | undefined;

/**
 * What a register held when the function of a frame of C code was entered, for DW_OP_entry_value: the compiler tells in the
 * caller what it passed there (DW_TAG_call_site_parameter). Undefined if it does not, if the value would have to be read from
 * memory that may have changed since, or if another function was called there and jumped on to this one.
 */
export function entryValue(
  program: Program,
  frame: Frame,
  expression: Uint8Array,
  callerOf: CallerOf,
  depth = 0,
): bigint | undefined {
  const caller = depth < LONGEST_CHAIN ? callerOf(frame) : undefined;
  if (caller === undefined || caller.interrupted || caller.found !== undefined || expression.length !== 1)
    return undefined;
  const callee = functionAt(program, frame);
  const calling = functionAt(program, caller);
  const image = program.imageAt(caller.lookupPc);
  if (callee === undefined || calling === undefined || image === undefined) return undefined;
  const site = findSite(calling.entry, caller.pc - image.bias, 0);
  if (site === undefined || !calls(site, callee)) return undefined;
  const passed = parameterValue(site, expression[0] as number);
  if (passed === undefined) return undefined;
  const context: ExpressionContext = {
    register: (number) => caller.registers.get(number),
    cfa: caller.cfa,
    frameBase: attempt(() => calling.frameBase),
    readMemory: (address) => {
      throw fault(address, 'it may have changed since the call');
    },
    addressAt: (index) => calling.unit.addressAt(index),
    bias: image.bias,
    entryValue: (inner) => entryValue(program, caller, inner, callerOf, depth + 1),
  };
  const result = evaluateValue(passed, context);
  return 'value' in result ? result.value : undefined;
}

function functionAt(program: Program, frame: Frame): FunctionEntry | undefined {
  const image = program.imageAt(frame.lookupPc);
  return image && attempt(() => image.dwarf?.functionAt(frame.lookupPc - image.bias));
}

function isSite({ tag }: Entry): boolean {
  return tag === DW_TAG.DW_TAG_call_site || tag === DW_TAG.DW_TAG_GNU_call_site;
}

/** The call that returns to a link-time `pc`, anywhere in a function. */
function findSite(entry: Entry, pc: number, depth: number): Entry | undefined {
  if (depth > DEEPEST_SCOPE) return undefined;
  for (const child of entry.children()) {
    if (isSite(child)) {
      // Before DWARF 5 GCC wrote the return address as the site's low_pc.
      const returns = child.address(DW_AT.DW_AT_call_return_pc) ?? child.address(DW_AT.DW_AT_low_pc);
      if (returns === pc) return child;
    } else if (child.tag === DW_TAG.DW_TAG_lexical_block || child.tag === DW_TAG.DW_TAG_inlined_subroutine) {
      const found = findSite(child, pc, depth + 1);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** True if a call site names the function: by its entry, its abstract entry, or a declaration of its name. */
function calls(site: Entry, { entry, name }: FunctionEntry): boolean {
  const target = site.refEntry(DW_AT.DW_AT_call_origin) ?? site.refEntry(DW_AT.DW_AT_abstract_origin);
  if (target === undefined) return false;
  const abstract = entry.ref(DW_AT.DW_AT_abstract_origin);
  if (target.offset === entry.offset || target.offset === abstract) return true;
  return target.flag(DW_AT.DW_AT_declaration) && target.name() === name;
}

/** The expression for what was passed in a register, given as the one byte DW_OP_reg0 to DW_OP_reg31. */
function parameterValue(site: Entry, register: number): Uint8Array | undefined {
  for (const child of site.children()) {
    const location = child.bytes(DW_AT.DW_AT_location);
    if (location?.length !== 1 || location[0] !== register) continue;
    return child.bytes(DW_AT.DW_AT_call_value) ?? child.bytes(DW_AT_GNU_call_site_value);
  }
  return undefined;
}

/** GCC's name for DW_AT_call_value before DWARF 5. */
const DW_AT_GNU_call_site_value = 0x2111;
