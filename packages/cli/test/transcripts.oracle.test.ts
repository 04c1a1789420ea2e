import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { findDelve } from '../../testkit/src/index.ts';
import { FOLDER, knownDifferences, play, transcriptFiles, unexplained } from './transcript-tools/play.ts';
import { formatTranscript, parseTranscript } from './transcript-tools/transcript.ts';

vi.mock('../src/output/terminal.ts', async () => (await import('./transcript-tools/capture.ts')).capture);

const update = process.env['INQUEST_UPDATE'] === '1';
if (findDelve() === undefined)
  console.log('transcripts: Delve is not installed (scripts/go-toolchains delve), so its side is not run');

describe.skipIf(findDelve() === undefined)('transcripts', () => {
  it.each(transcriptFiles())('%s says what both print now', (name) => {
    const path = join(FOLDER, name);
    const text = readFileSync(path, 'utf8');
    const now = play(parseTranscript(text), true);
    if (update) writeFileSync(path, formatTranscript(now));
    else expect(formatTranscript(now)).toBe(text);
    expect(unexplained(now, knownDifferences())).toEqual([]);
  });
});
