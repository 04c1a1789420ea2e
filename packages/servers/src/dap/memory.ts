import type { DebugProtocol } from '@vscode/debugprotocol';
import { DebugError, hex, type Session } from '@inquest/engine';

/** Bytes that are sent at once; a client asks on. */
const MOST_BYTES = 1 << 20;
const PAGE = 4096;

/** An address that was handed out: hexadecimal with 0x. Throws `usage`. */
export function parseReference(reference: string, offset = 0): number {
  const address = /^(0x[0-9a-f]+|\d+)$/i.test(reference) ? Number(reference) + offset : Number.NaN;
  if (Number.isSafeInteger(address) && address >= 0) return address;
  throw new DebugError(`${reference} is no address`, { code: 'usage' });
}

/** Answers `readMemory`. */
export function readMemory(
  { program }: Session,
  { memoryReference, offset, count }: DebugProtocol.ReadMemoryArguments,
): NonNullable<DebugProtocol.ReadMemoryResponse['body']> {
  const address = parseReference(memoryReference, offset);
  if (!Number.isSafeInteger(count) || count < 0)
    throw new DebugError(`${count} is no number of bytes`, { code: 'usage' });
  const wanted = Math.min(count, MOST_BYTES);
  const bytes = program.memory.readSome(address, wanted);
  const missing = bytes.length === wanted ? 0 : unreadable(program.memory, address + bytes.length, address + wanted);
  return {
    address: hex(address),
    data: base64(bytes),
    ...(missing === 0 ? {} : { unreadableBytes: missing }),
  };
}

/** Bytes from `start` on that cannot be read, up to `end`. */
function unreadable(memory: Session['program']['memory'], start: number, end: number): number {
  let at = start;
  while (at < end && memory.readSome(at, 1).length === 0) at = Math.floor(at / PAGE + 1) * PAGE;
  return Math.min(at, end) - start;
}

function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += PAGE) parts.push(String.fromCharCode(...bytes.subarray(at, at + PAGE)));
  return btoa(parts.join(''));
}
