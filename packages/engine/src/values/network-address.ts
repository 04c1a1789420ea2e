import type { ValueContext } from './context.ts';
import { dynamicValue, fieldOf, sequenceOf, type Value } from './value.ts';
import { readPlace } from './place.ts';
import { wordOf } from './handle.ts';
import { decodeUtf8 } from '../base/text.ts';

/** Longest name and address believed, in bytes. */
const LONGEST_NAME = 4096;

/** A net.Addr as its String method says it; undefined for nil, and for types that package net does not have. */
export function networkAddress(context: ValueContext, value: Value): string | undefined {
  const dynamic = dynamicValue(context, value);
  switch (dynamic?.type.name) {
    case '*net.TCPAddr':
    case '*net.UDPAddr':
      return hostAndPort(context, dynamic);
    case '*net.IPAddr':
      return hostText(context, dynamic);
    case '*net.UnixAddr':
      return textField(context, dynamic, 'Name');
    default:
      return undefined;
  }
}

/** The text of a string field; undefined if there is no such field. */
export function textField(context: ValueContext, value: Value, name: string): string | undefined {
  const bytes = bytesField(context, value, name);
  return bytes && decodeUtf8(bytes);
}

function bytesField(context: ValueContext, value: Value, name: string): Uint8Array | undefined {
  const field = fieldOf(context, value, name);
  if (field === undefined) return undefined;
  const { base, length } = sequenceOf(context, field);
  return length === 0 ? new Uint8Array(0) : readPlace(context.memory, base, Math.min(length, LONGEST_NAME));
}

function hostAndPort(context: ValueContext, value: Value): string | undefined {
  const host = hostText(context, value);
  const port = fieldOf(context, value, 'Port');
  if (host === undefined || port === undefined) return undefined;
  return `${host.includes(':') ? `[${host}]` : host}:${wordOf(context, port)}`;
}

function hostText(context: ValueContext, value: Value): string | undefined {
  const ip = bytesField(context, value, 'IP');
  const zone = textField(context, value, 'Zone') ?? '';
  const text = ip && ipText(ip);
  return text === undefined || zone === '' ? text : `${text}%${zone}`;
}

/** Bytes before an IPv4 address that is written as one of IPv6. */
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/** An IP address of 4 or 16 bytes as net.IP.String and RFC 5952 write it; empty for none, undefined for other lengths. */
export function ipText(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return '';
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) return undefined;
  if (MAPPED.every((byte, i) => bytes[i] === byte)) return bytes.subarray(12).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[i * 2] as number) << 8) | (bytes[i * 2 + 1] as number));
  const zeros = longestZeros(groups);
  const hex = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return zeros === undefined ? hex(0, 8) : `${hex(0, zeros.start)}::${hex(zeros.end, 8)}`;
}

/** The first longest run of two zeros or more. */
function longestZeros(groups: readonly number[]): { readonly start: number; readonly end: number } | undefined {
  let best: { readonly start: number; readonly end: number } | undefined;
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === 0) end++;
    if (end - start >= 2 && (best === undefined || end - start > best.end - best.start)) best = { start, end };
  }
  return best;
}
