import { readFileSync } from 'node:fs';
import type { SourceProvider } from '@inquest/engine';
import { COMPILED_IN, PROGRAMS } from '../../../fixtures/fixtures.mjs';

/** The sources of the fixtures and no others, so that Go's own are on no machine. */
export const FIXTURE_SOURCES: SourceProvider = {
  read(path) {
    if (!path.startsWith(`${COMPILED_IN}/`)) return undefined;
    return readFileSync(path.replace(COMPILED_IN, PROGRAMS), 'utf8').split('\n');
  },
  isAsBuilt: (path) => path.startsWith(`${COMPILED_IN}/`),
};
