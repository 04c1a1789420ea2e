// Plays transcript files: runs their commands again and compares or rewrites.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runDelve } from './delve-side.ts';
import { runInquest } from './inquest-side.ts';
import { normaliser } from './normalise.ts';
import type { Run, Section, Transcript } from './transcript.ts';

/** The folder of the transcripts. */
export const FOLDER: string = join(import.meta.dirname, '../transcripts');

/** Names of all transcript files. */
export function transcriptFiles(): string[] {
  return readdirSync(FOLDER).filter((name) => name.endsWith('.md') && name !== 'README.md');
}

/** The transcript as it is now. With `delve` its side is run again as well, else it is taken from the file. */
export function play(transcript: Transcript, delve: boolean): Transcript {
  return { ...transcript, runs: transcript.runs.map((run) => playRun(run, delve)) };
}

function playRun({ fixture, sections }: Run, delve: boolean): Run {
  const { outputs, world } = runInquest(
    fixture,
    sections.map(({ command }) => command),
  );
  const asked = sections.flatMap(({ delveCommand }) => (delveCommand === undefined ? [] : [delveCommand]));
  const goroot = world.paths.find(([, name]) => name === '$GOROOT')?.[0];
  const answers = delve && asked.length > 0 ? runDelve(fixture, asked, goroot) : undefined;
  let next = 0;
  return {
    fixture,
    sections: sections.map((section, i): Section => {
      const normalise = normaliser(world);
      const keep = (text: string): string[] =>
        text === '' ? [] : normalise(section.anyOrder ? sortLines(text) : text).slice(0, section.head);
      const inquest = keep(outputs[i] ?? '');
      if (section.delveCommand === undefined) return { ...section, inquest, delve: [] };
      if (answers === undefined) return { ...section, inquest };
      const answer = keep(answers[next++] ?? '(Delve had ended)');
      return { ...section, inquest, delve: section.delveVaries && section.delve.length > 0 ? section.delve : answer };
    }),
  };
}

function sortLines(text: string): string {
  return text.split('\n').sort().join('\n');
}

/** Ids of docs/differences-from-delve.md: items of the form "- `id`: what and why". */
export function knownDifferences(): Set<string> {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/differences-from-delve.md'), 'utf8');
  return new Set([...page.matchAll(/^- `([a-z0-9-]+)`: /gm)].map((match) => match[1] ?? ''));
}

/** What is wrong with the explanations of a transcript: a difference without one, an unknown id, one that is not needed. */
export function unexplained({ runs }: Transcript, known: ReadonlySet<string>): string[] {
  return runs.flatMap(({ fixture, sections }) =>
    sections.flatMap(({ command, delveCommand, differences, inquest, delve }) => {
      const place = `${fixture} ${command}`;
      const same = inquest.join('\n') === delve.join('\n');
      const problems = differences
        .filter((id) => !known.has(id))
        .map((id) => `${place}: docs/differences-from-delve.md has no item ${id}`);
      if (delveCommand === undefined) return problems;
      if (!same && differences.length === 0) problems.push(`${place}: both sides differ and nothing says why`);
      if (same && differences.length > 0)
        problems.push(`${place}: both sides are the same; no difference is to be named`);
      return problems;
    }),
  );
}
