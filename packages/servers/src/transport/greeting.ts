import { DebugError } from '@inquest/engine';
import { decodeText, encodeText } from './bytes.ts';
import type { Protocol } from './protocol.ts';

/** Begins the line by which a client gives its token before it says anything else. */
const TOKEN_LINE = 'Inquest-Token: ';
/** Bytes by which a client must have said what it speaks, and its token. */
const LONGEST = 512;
const NEWLINE = 10;

/** The line by which a client gives its token before it says anything else. */
export function tokenLine(token: string): string {
  return `${TOKEN_LINE}${token}\n`;
}

/** What a client begins with. */
export interface Greeting {
  readonly protocol: Protocol;
  readonly token: string | undefined;
  /** What the protocol gets: all but the line with the token. */
  readonly rest: Uint8Array;
}

/** Understands how a client begins; undefined if more bytes are needed. Throws `unsupported` for what is spoken by none. */
export function parseGreeting(head: Uint8Array, protocols: readonly Protocol[]): Greeting | undefined {
  const { token, rest } = splitToken(head) ?? {};
  let open = rest === undefined || rest.length === 0;
  if (rest !== undefined && rest.length > 0) {
    for (const protocol of protocols) {
      const answer = protocol.recognises(rest);
      if (answer === true) return { protocol, token, rest };
      open ||= answer === undefined;
    }
  }
  if (open && head.length <= LONGEST) return undefined;
  const known = protocols.map(({ name }) => name).join(' and ');
  throw new DebugError(`what it sent is not ${known}`, { code: 'unsupported' });
}

/** The token's line and what follows it; undefined if the line is not complete. */
function splitToken(head: Uint8Array): { token: string | undefined; rest: Uint8Array } | undefined {
  const beginning = decodeText(head.subarray(0, TOKEN_LINE.length));
  if (beginning !== TOKEN_LINE.slice(0, beginning.length)) return { token: undefined, rest: head };
  const end = head.indexOf(NEWLINE);
  if (beginning.length < TOKEN_LINE.length || end < 0) return undefined;
  return { token: decodeText(head.subarray(TOKEN_LINE.length, end)).trimEnd(), rest: head.subarray(end + 1) };
}

const HTTP = /^(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|TRACE|CONNECT|PRI) /;

/**
 * What to answer to a browser that was led here: any page may send requests to a port of this machine, and what is in their
 * body must not be taken for messages. Undefined if the client is none.
 */
export function refusalOfHttp(head: Uint8Array): Uint8Array | undefined {
  if (!HTTP.test(decodeText(head.subarray(0, 16)))) return undefined;
  const text = 'This port is for debuggers: it does not speak HTTP.\n';
  return encodeText(
    `HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`,
  );
}

/** Compares in a time that does not tell how much is right. */
export function sameToken(given: string, wanted: string): boolean {
  let difference = given.length ^ wanted.length;
  for (let i = 0; i < wanted.length; i++) difference |= (given.charCodeAt(i) || 0) ^ wanted.charCodeAt(i);
  return difference === 0;
}
