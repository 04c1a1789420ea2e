import { attempt } from '../base/errors.ts';
import { polledDescriptor } from '../runtime/poll-descriptors.ts';
import type { Goroutine } from '../runtime/goroutine.ts';
import { networkAddress, textField } from '../values/network-address.ts';
import { memoryPlace } from '../values/place.ts';
import { bytesOf, fieldOf, type Value } from '../values/value.ts';
import { listingOf } from './goroutine-listing.ts';
import type { DescriptorResult } from './results-waits.ts';
import type { Session } from './session.ts';

/** What a goroutine waits to do with a descriptor, by the calls of its stack. */
const DEEDS: readonly (readonly [call: RegExp, deed: DescriptorResult['deed']])[] = [
  [/^internal\/poll\.\(\*FD\)\.Accept$/, 'accept'],
  [/^net\.\(\*netFD\)\.(connect|dial)$/, 'connect'],
];

/** A descriptor that the poller watches: what it is, and the addresses of both ends, as package net or os has them. */
export function descriptorResult(session: Session, goroutine: Goroutine): DescriptorResult | undefined {
  const polled = polledDescriptor(session.runtime, goroutine);
  if (polled === undefined) return undefined;
  const { fd, way, file } = polled;
  const calls = listingOf(session).stackOf(goroutine).functions;
  const deed = DEEDS.find(([call]) => calls.some((name) => call.test(name)))?.[1] ?? way;
  const ends = file === undefined ? undefined : attempt(() => endsOf(session, file));
  return { fd, deed, network: undefined, local: undefined, remote: undefined, file: undefined, ...ends };
}

/** A poll.FD is the beginning of the struct that owns it; which one, it says itself. */
function endsOf(session: Session, address: number): Partial<DescriptorResult> | undefined {
  const { types } = session;
  const { context } = types;
  const at = (name: string): Value | undefined => {
    const type = types.named(name);
    return type && { type, place: memoryPlace(address) };
  };
  const poll = at('internal/poll.FD');
  const isFile = poll && fieldOf(context, poll, 'isFile');
  if (isFile === undefined) return undefined;
  if (bytesOf(context, isFile)[0] !== 0) {
    const file = at('os.file');
    return file && { file: textField(context, file, 'name') };
  }
  const net = at('net.netFD');
  if (net === undefined) return undefined;
  const end = (name: string): string | undefined => {
    const field = fieldOf(context, net, name);
    return field && networkAddress(context, field);
  };
  return { network: textField(context, net, 'net'), local: end('laddr'), remote: end('raddr') };
}

const VERBS: Readonly<Record<DescriptorResult['deed'], string>> = {
  read: 'reads',
  write: 'writes',
  accept: 'accepts on',
  connect: 'connects',
};

/** `reads file descriptor 7, tcp 127.0.0.1:80 from 10.0.0.7:51234`. */
export function descriptorText({ fd, deed, network, local, remote, file }: DescriptorResult): string {
  const head = `${VERBS[deed]} file descriptor ${fd}`;
  if (file !== undefined) return `${head}, ${file}`;
  const ends = [local, ...(remote === undefined ? [] : [deed === 'read' ? 'from' : 'to', remote])];
  return network === undefined ? head : [`${head}, ${network}`, ...ends].join(' ');
}
