import { attempt, DebugError, hex, notFound } from '../base/errors.ts';
import { functionMatcher } from '../pclntab/function-name.ts';
import { evaluate } from '../expr/evaluator.ts';
import { parseLocation, type LocationSpec } from '../expr/location-spec.ts';
import { integerOf, isInteger } from '../values/scalars.ts';
import { bytesOf, wordOf, type Value } from '../values/value.ts';
import type { ValueContext } from '../values/context.ts';
import { replaceRegisters } from './address-argument.ts';
import { unsubstitutePath } from './configuration/path-rules.ts';
import { sessionEnvironment } from './environment.ts';
import { findFunctions, matchFunctions, type FunctionPlace } from './functions.ts';
import { isCode, nativeLine } from './native-code.ts';
import type { Session } from './session.ts';

/** A place in the program. */
export interface CodeLocation {
  /** As compiled in; '' where none is known. */
  readonly file: string;
  /** 0 where none is known. */
  readonly line: number;
  /** Where code of it begins, ascending; empty for lines without code. */
  readonly addresses: readonly number[];
  /** The function, where the location named or is one. */
  readonly function: string | undefined;
}

/** Most candidates that an error names, as in Delve. */
const MOST_CANDIDATES = 5;

/**
 * The one place that a location specifier means (docs of `parseLocation` tell the forms), seen from the selected frame.
 * Throws `syntax`, `not-found` (with near names) or, when several match, `not-found` with the first five of them.
 */
export function findLocation(session: Session, text: string): CodeLocation {
  const locations = findLocations(session, text);
  const [only] = locations;
  if (only === undefined) throw noLocation(session, text);
  if (locations.length > 1)
    throw ambiguous(
      text,
      locations.map((each) => each.function ?? `${each.file}:${each.line}`),
    );
  return only;
}

/** All places that a location specifier means: more than one only for `/regex/`. Never empty. */
export function findLocations(session: Session, text: string): readonly CodeLocation[] {
  const spec = parseLocation(text);
  switch (spec.kind) {
    case 'address':
      return [addressLocation(session, addressOf(session, spec.expression))];
    case 'line':
    case 'offset':
      return [relativeLocation(session, spec)];
    case 'regex': {
      const pattern = session.regex(spec.pattern);
      const found = matchFunctions(session, (name) => pattern === undefined || pattern.test(name));
      if (found.length === 0) throw notFound(`no function matches ${text.trim()}`);
      return found.map(functionLocation);
    }
    case 'name':
      return [namedLocation(session, spec.name, spec.line)];
  }
}

/** The address at which a location's code begins. Throws `not-found` with the nearest lines that have code. */
export function requireCode(session: Session, location: CodeLocation): number {
  const [address] = location.addresses;
  if (address !== undefined) return address;
  const { file, line } = location;
  const near = session.code.nearestLines(file, line);
  const hint =
    near.length === 0
      ? `${file} has no code at all in this program`
      : near.length === 1
        ? `the nearest line with code is ${near[0]}`
        : `the nearest lines with code are ${near.join(' and ')}`;
  throw new DebugError(`there is no code at ${file}:${line}`, { code: 'not-found', hint });
}

/** The value of an address expression: a number, a pointer, or the entry of a function. */
export function addressOf(session: Session, expression: string): number {
  if (/^(?:0[xX][0-9a-fA-F]+|\d+)$/.test(expression)) return checkedAddress(BigInt(expression), expression);
  const text = replaceRegisters(session, expression);
  const environment = sessionEnvironment(session);
  const value = attemptUnlessFound(() => evaluate(text, environment));
  if (!(value instanceof DebugError)) return addressOfValue(environment.context, value, expression);
  // `*main.main`: a function's name is no variable.
  const functions = findFunctions(session, expression);
  if (functions.length === 0) throw value;
  if (functions.length > 1)
    throw ambiguous(
      expression,
      functions.map((each) => each.name),
    );
  return functions[0]?.addresses[0] ?? 0;
}

/** The value, or the error that says that a name is unknown; other errors pass. */
function attemptUnlessFound(read: () => Value): Value | DebugError {
  try {
    return read();
  } catch (error) {
    if (error instanceof DebugError && (error.detail.code === 'not-found' || error.detail.code === 'syntax')) {
      return error;
    }
    throw error;
  }
}

function addressOfValue(context: ValueContext, value: Value, expression: string): number {
  const { kind } = value.type;
  if (kind === 'func') {
    const closure = wordOf(context, value);
    if (closure === 0) throw new DebugError(`${expression} is a nil function`, { code: 'type' });
    return context.memory.u64(closure);
  }
  if (isInteger(kind)) return checkedAddress(integerOf(kind, bytesOf(context, value)), expression);
  if (kind === 'pointer' || kind === 'unsafe.Pointer') return wordOf(context, value);
  throw new DebugError(`${expression} is no address: it is of type ${value.type.name}`, { code: 'type' });
}

function checkedAddress(value: bigint, expression: string): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new DebugError(`${expression} is no address of a user's process`, { code: 'not-found' });
  }
  return Number(value);
}

/** What is at an address: the innermost inlined call of Go code, or what DWARF tells of C. */
function addressLocation(session: Session, address: number): CodeLocation {
  const { program } = session;
  const [frame] = attempt(() => program.sourceFrames(address)) ?? [];
  if (frame !== undefined) {
    const file = frame.file === '?' ? '' : frame.file;
    return { file, line: frame.line, addresses: [address], function: frame.name };
  }
  const native = isCode(program, address) ? attempt(() => program.nativeName(address)) : undefined;
  if (native === undefined) throw notFound(`there is no code at ${hex(address)}`);
  const line = nativeLine(program, address);
  return { file: line?.file ?? '', line: line?.line ?? 0, addresses: [address], function: native.name };
}

function relativeLocation(session: Session, spec: LocationSpec & { kind: 'line' | 'offset' }): CodeLocation {
  const call = session.call();
  if (call.file === '' || call.line <= 0) {
    throw new DebugError(`no source line is known for the selected frame, ${call.name}`, {
      code: 'not-found',
      hint: 'write FILE:LINE, or select another frame',
    });
  }
  const line = spec.kind === 'line' ? spec.line : call.line + spec.offset;
  if (line < 1) throw notFound(`there is no line ${line} in ${call.file}`);
  if (spec.kind === 'offset' && spec.offset === 0) {
    return { file: call.file, line, addresses: [call.frame.pc], function: call.name };
  }
  return lineLocation(session, call.file, line);
}

function lineLocation(session: Session, file: string, line: number): CodeLocation {
  return { file, line, addresses: session.code.addressesOf(file, line), function: undefined };
}

function namedLocation(session: Session, name: string, line: number | undefined): CodeLocation {
  const files = filesNamed(session, name);
  // Files are told by their names; what was inlined somewhere is not searched for such a name.
  const functions =
    files.length > 0 ? matchFunctions(session, functionMatcher(name), false) : findFunctions(session, name);
  const candidates = [...files, ...functions.map((each) => each.name)];
  if (candidates.length > 1) throw ambiguous(name, candidates);
  const [file] = files;
  const [found] = functions;
  if (file !== undefined) {
    if (line === undefined) {
      throw new DebugError(`${name} is a file, and no line is given`, { code: 'usage', hint: `write ${name}:LINE` });
    }
    return lineLocation(session, file, line);
  }
  if (found === undefined) {
    // A variable that holds a function will do as well, as in Delve.
    const environment = sessionEnvironment(session);
    const value = line === undefined ? attempt(() => evaluate(name, environment)) : undefined;
    if (value?.type.kind !== 'func') throw noLocation(session, name);
    return addressLocation(session, addressOfValue(environment.context, value, name));
  }
  if (line === undefined || line === 0) return functionLocation(found);
  if (found.file === '' || found.line === 0) throw notFound(`no source line is known for ${found.name}`);
  return { ...lineLocation(session, found.file, found.line + line), function: found.name };
}

/** Files by their compiled-in paths, else by paths of this machine, which the rules of substitute-path lead back from. */
function filesNamed({ code, settings }: Session, name: string): readonly string[] {
  const found = code.filesNamed(name);
  if (found.length > 0) return found;
  const compiled = unsubstitutePath(name, settings.substitutePath);
  return [...new Set(compiled.flatMap((path) => code.filesNamed(path)))];
}

function functionLocation({ file, line, addresses, name }: FunctionPlace): CodeLocation {
  return { file, line, addresses, function: name };
}

function ambiguous(text: string, candidates: readonly string[]): DebugError {
  const some = candidates.slice(0, MOST_CANDIDATES).join(', ');
  const more = candidates.length > MOST_CANDIDATES ? `, and ${candidates.length - MOST_CANDIDATES} more` : '';
  return new DebugError(`${text.trim()} is ambiguous: ${some}${more}`, {
    code: 'not-found',
    hint: 'write more of the path or of the name',
  });
}

function noLocation(session: Session, text: string): DebugError {
  const name = text.trim();
  return new DebugError(`no function, file or variable is called ${name}`, {
    code: 'not-found',
    hint:
      session.program.modules.length === 0
        ? 'names need the executable: give it as well'
        : (similar(session, name) ?? 'funcs REGEX and sources REGEX find names'),
  });
}

/** Names that differ only in upper and lower case. */
function similar(session: Session, name: string): string | undefined {
  const small = name.toLowerCase();
  const last = small.slice(Math.max(small.lastIndexOf('.'), small.lastIndexOf('/')) + 1);
  if (last === '') return undefined;
  for (const { pclntab } of session.program.modules) {
    for (const [, each] of pclntab.names()) {
      const lower = each.toLowerCase();
      if (lower === small || lower.endsWith(`.${last}`) || lower.endsWith(`/${small}`)) return `did you mean ${each}?`;
    }
  }
  return undefined;
}
