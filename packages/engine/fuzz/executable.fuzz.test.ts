import { describe, expect, it } from 'vitest';
import { isDebugError, type Session } from '@inquest/engine';
import { ask, hasCommand, type Tally } from './ask.ts';
import { Patient, randomFrom } from './damage.ts';
import { forSeeds, TIMEOUT } from './rounds.ts';

/** Sections that are damaged, and questions that read them. */
const CASES: readonly { readonly section: string; readonly questions: readonly string[] }[] = [
  {
    section: '.gopclntab',
    questions: ['stack 60', 'goroutines', 'funcs ^main', 'sources main', 'list main.main', 'traceback'],
  },
  {
    section: '.debug_info',
    questions: ['vars ^main\\.', 'stack -full 30', 'types ^main', 'funcs ^main', 'whatis main.pair'],
  },
  { section: '.debug_abbrev', questions: ['vars ^main\\.', 'stack -full 30', 'types ^main', 'funcs ^main'] },
  { section: '.debug_line', questions: ['list main.main', 'list main.go:40', 'vars ^main\\.', 'disassemble'] },
  { section: '.debug_loc', questions: ['stack -full 30'] },
  { section: '.debug_loclists', questions: ['stack -full 30'] },
  { section: '.debug_ranges', questions: ['stack -full 30', 'vars ^main\\.'] },
  { section: '.debug_rnglists', questions: ['stack -full 30', 'vars ^main\\.'] },
  { section: '.debug_addr', questions: ['stack -full 30', 'vars ^main\\.'] },
  { section: '.debug_frame', questions: ['stack 60', 'stack -full 30', 'goroutines'] },
  { section: '.rodata', questions: ['vars ^main\\.', 'stack -full 30', 'report', 'goroutines'] },
  { section: '.typelink', questions: ['types ^main', 'vars ^main\\.'] },
  { section: '.go.type', questions: ['types ^main', 'vars ^main\\.', 'stack -full 30'] },
  { section: '.go.module', questions: ['report', 'stack 60', 'goroutines', 'funcs ^main'] },
  { section: '.symtab', questions: ['report', 'stack 60', 'libraries', 'goroutines'] },
  { section: '.text', questions: ['stack -full 60', 'disassemble', 'report'] },
];

describe.each(['truth/go1.21/default', 'truth/go1.27/default'])('a damaged executable of %s', (id) => {
  const patient = new Patient(id);
  const there = CASES.filter(({ section }) => patient.section(section) !== undefined);

  it.each(there)('$section', { timeout: TIMEOUT }, ({ section, questions }) => {
    const { offset, size } = patient.section(section) ?? { offset: 0, size: 0 };
    const lines = questions.filter((line) => hasCommand(line.split(' ')[0] ?? ''));
    const tally: Tally = { answered: 0, refused: 0 };
    forSeeds((seed) => {
      const random = randomFrom(seed);
      patient.damageBytes(offset, size, 1 + (size >> (4 + random(12))), random);
      try {
        const session = openDamaged(patient);
        if (session !== undefined) for (const line of lines) ask(session, line, tally);
      } finally {
        patient.mend();
      }
    });
    // Now and then the damage is such that nothing can be said; never always.
    expect(tally.answered).toBeGreaterThan(0);
  });
});

/** A session, or undefined where the damage is too large to open the files, and that is said. */
function openDamaged(patient: Patient): Session | undefined {
  try {
    return patient.open();
  } catch (error) {
    if (!isDebugError(error)) throw error;
    return undefined;
  }
}
