import { expect, it } from 'vitest';
import { encodeBase64 } from './base64.ts';

it.each([0, 1, 2, 3, 4, 255, 256])('%d bytes in base64', (length) => {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * 37) & 0xff);
  expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
});
