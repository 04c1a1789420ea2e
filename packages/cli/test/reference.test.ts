import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { referencePage } from '../src/reference.ts';

const PATH = join(import.meta.dirname, '../../../docs/commands.md');

it('docs/commands.md is what the table of operations says; npm run docs writes it anew', async () => {
  const page = await format(referencePage(), { ...(await resolveConfig(PATH)), filepath: PATH });
  expect(readFileSync(PATH, 'utf8')).toBe(page);
});
