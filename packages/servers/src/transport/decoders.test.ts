import { isDebugError } from '@inquest/engine';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeText } from './bytes.ts';
import { beginsWithContentLength, ContentLengthDecoder, encodeContentLength } from './content-length.ts';
import { JsonValueDecoder } from './json-values.ts';
import type { MessageDecoder } from './protocol.ts';

const LIMIT = 1000;

function decode(decoder: MessageDecoder, text: string | Uint8Array, pieces = 1): string[] {
  const bytes = typeof text === 'string' ? encodeText(text) : text;
  const size = Math.max(1, Math.ceil(bytes.length / pieces));
  const messages: string[] = [];
  for (let at = 0; at < bytes.length; at += size)
    decoder.push(bytes.subarray(at, at + size), (message) => messages.push(message));
  return messages;
}

function failure(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (isDebugError(error)) return `${error.detail.code}: ${error.message}`;
    throw error;
  }
  return 'no failure';
}

const object = fc.dictionary(fc.string(), fc.jsonValue());

describe('messages behind their length', () => {
  it('come out as they went in, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(object, { maxLength: 5 }), fc.integer({ min: 1, max: 200 }), (values, pieces) => {
        const texts = values.map((value) => JSON.stringify(value));
        const bytes = Buffer.concat(texts.map(encodeContentLength));
        expect(decode(new ContentLengthDecoder(1 << 20), bytes, pieces)).toEqual(texts);
      }),
    );
  });

  it('have a length in bytes, not in characters', () => {
    expect(decode(new ContentLengthDecoder(LIMIT), 'Content-Length: 4\r\n\r\n"é"')).toEqual(['"é"']);
  });

  it('may name their type, and be empty', () => {
    const text = 'content-length:2\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n{}';
    expect(decode(new ContentLengthDecoder(LIMIT), `${text}Content-Length: 0\r\n\r\n${text}`)).toEqual([
      '{}',
      '',
      '{}',
    ]);
  });

  it.each([
    ['Content-Length: 1001\r\n\r\n', 'limit: a message of 1001 bytes is refused: 1000 is the most'],
    ['Content-Length: 99999999999999999999\r\n\r\n', 'bad-data: Content-Length is not a number'],
    ['Content-Length: -1\r\n\r\n', 'bad-data: Content-Length is not a number'],
    [
      'Content-Length: 2\r\nOrigin: http://example.org\r\n\r\n{}',
      'bad-data: a header is not that of a message: Content-Length was expected',
    ],
    ['\r\n\r\n', 'bad-data: a header is not that of a message: Content-Length was expected'],
    ['Content-Type: x\r\n\r\n', 'bad-data: a header has no Content-Length'],
    ['Content-Length: 2'.padEnd(1100), 'bad-data: a header is longer than 1024 bytes'],
  ])('end with what cannot be followed: %j', (text, expected) => {
    expect(failure(() => decode(new ContentLengthDecoder(LIMIT), text))).toBe(expected);
  });

  it('are delivered up to the one that cannot be followed', () => {
    const messages: string[] = [];
    const decoder = new ContentLengthDecoder(LIMIT);
    const push = (): void =>
      decoder.push(encodeText('Content-Length: 2\r\n\r\n{}rubbish\r\n\r\n'), (text) => messages.push(text));
    expect(failure(push)).toContain('bad-data');
    expect(messages).toEqual(['{}']);
  });

  it('are kept in as many bytes as have come, not as were announced', () => {
    const decoder = new ContentLengthDecoder(LIMIT);
    decode(decoder, 'Content-Length: 900\r\n\r\n{"a"');
    expect(decoder.buffered).toBe(4);
  });

  it('are recognised by their first bytes', () => {
    const recognise = (text: string): boolean | undefined => beginsWithContentLength(encodeText(text));
    expect([recognise('Content-'), recognise('content-LENGTH: 3'), recognise('CONNECT'), recognise('{')]).toEqual([
      undefined,
      true,
      false,
      false,
    ]);
  });
});

describe('JSON objects in a row', () => {
  it('come out as they went in, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(object, { maxLength: 5 }), fc.integer({ min: 1, max: 200 }), (values, pieces) => {
        const texts = values.map((value) => JSON.stringify(value));
        for (const between of ['', '\n', ' \r\n\t'])
          expect(decode(new JsonValueDecoder(1 << 20), texts.join(between), pieces)).toEqual(texts);
      }),
    );
  });

  it('hold braces in strings', () => {
    const text = '{"a":"}\\"{"}';
    expect(decode(new JsonValueDecoder(LIMIT), text + text, 7)).toEqual([text, text]);
  });

  it.each([
    ['[1]', 'bad-data: a message does not begin with {'],
    ['{} x', 'bad-data: a message does not begin with {'],
    ['{"a":'.repeat(1001), 'limit: a message with more than 1000 levels is refused'],
    [`{"a":"${'x'.repeat(LIMIT)}`, 'limit: a message of more than 1000 bytes is refused'],
  ])('end with what cannot be followed: %s', (text, expected) => {
    const limit = text.startsWith('{"a":{') ? 1 << 20 : LIMIT;
    expect(failure(() => decode(new JsonValueDecoder(limit), text, 3))).toBe(expected);
  });
});
