import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { FOLDER, knownDifferences, play, transcriptFiles, unexplained } from './transcript-tools/play.ts';
import { formatTranscript, mergeSides, parseTranscript } from './transcript-tools/transcript.ts';

vi.mock('../src/output/terminal.ts', async () => (await import('./transcript-tools/capture.ts')).capture);

const ADVICE =
  'INQUEST_UPDATE=1 npx vitest run packages/cli/test/transcripts.test.ts accepts what changed; transcripts/README.md tells more';
const update = process.env['INQUEST_UPDATE'] === '1';

describe('transcripts', () => {
  it.each(transcriptFiles())('%s says what Inquest prints now', (name) => {
    const path = join(FOLDER, name);
    const text = readFileSync(path, 'utf8');
    const now = play(parseTranscript(text), false);
    if (update) writeFileSync(path, formatTranscript(now));
    else expect(formatTranscript(now), ADVICE).toBe(text);
    expect(unexplained(now, knownDifferences())).toEqual([]);
  });

  it('are written as they are read', () => {
    for (const name of transcriptFiles()) {
      const text = readFileSync(join(FOLDER, name), 'utf8');
      expect(formatTranscript(parseTranscript(text))).toBe(text);
    }
  });

  it('put both sides into one', () => {
    expect(mergeSides(['a', 'b', '', 'd'], ['a', 'x', '', 'd', 'e'])).toEqual(['  a', '- x', '+ b', '', '  d', '- e']);
    expect(mergeSides(['1', '2', ''], ['3', '4', ''])).toEqual(['- 3', '- 4', '-', '+ 1', '+ 2', '+']);
  });
});
