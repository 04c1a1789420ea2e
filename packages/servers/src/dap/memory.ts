import type { DebugProtocol } from '@vscode/debugprotocol';
import { DebugError, hex, type Session } from '@inquest/engine';

/** Bytes that are sent at once; a client asks on. */
const MOST_BYTES = 16 << 20;
const PAGE = 4096;

/** An address, in hexadecimal with 0x, and perhaps how many bytes are there. */
const REFERENCE = /^(0x[0-9a-f]+|\d+)(?::(\d+))?$/i;

/** What stands for the memory from an address on, or for so many bytes of it. */
export function memoryReference(address: number, size?: number): string {
  return size === undefined ? hex(address) : `${hex(address)}:${size}`;
}

/** True for a reference to so many bytes. */
export function hasExtent(reference = ''): boolean {
  return reference.includes(':');
}

/** The address that a reference and an offset lead to, and the first one that the reference is not for. Throws `usage`. */
export function parseReference(reference: string, offset = 0): { readonly address: number; readonly end: number } {
  const [, start, size] = REFERENCE.exec(reference) ?? [];
  const address = start === undefined ? Number.NaN : Number(start) + offset;
  if (Number.isSafeInteger(address) && address >= 0)
    return { address, end: size === undefined ? Infinity : Number(start) + Number(size) };
  const what =
    start === undefined ? `${reference} is no address` : `there is no memory at ${reference} with offset ${offset}`;
  throw new DebugError(what, { code: 'usage' });
}

/**
 * Answers `readMemory`. All that is missing counts as unreadable, though some may be readable again further on: clients such as VS
 * Code fill with zeros what is neither sent nor unreadable.
 */
export function readMemory(
  { program }: Session,
  { memoryReference: reference, offset, count }: DebugProtocol.ReadMemoryArguments,
): NonNullable<DebugProtocol.ReadMemoryResponse['body']> {
  const { address, end } = parseReference(reference, offset);
  if (!Number.isSafeInteger(count) || count < 0)
    throw new DebugError(`${count} is no number of bytes`, { code: 'usage' });
  if (count > MOST_BYTES)
    throw new DebugError(`${count} bytes are too many at once: ${MOST_BYTES} are the most`, { code: 'limit' });
  const bytes = program.memory.readSome(address, Math.max(0, Math.min(count, end - address)));
  const missing = count - bytes.length;
  return { address: hex(address), data: base64(bytes), ...(missing === 0 ? {} : { unreadableBytes: missing }) };
}

function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += PAGE) parts.push(String.fromCharCode(...bytes.subarray(at, at + PAGE)));
  return btoa(parts.join(''));
}
