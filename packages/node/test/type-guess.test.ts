import { describe, expect, it, vi } from 'vitest';
import { openWithSources } from './fixture-session.ts';

const openSession = (): ReturnType<typeof openWithSources> => openWithSources('sum/go1.26/default', 'sum', false);

describe('a type that is guessed by its text', () => {
  it('is believed only if the type’s descriptor says the same', () => {
    const { types, program } = openSession();
    const { dwarf } = program;
    if (dwarf === undefined) throw new Error('no DWARF');
    const right = dwarf.typeNamed('runtime.mspan')[0];
    const wrong = dwarf.typeNamed('runtime.hchan')[0];
    for (const offset of [wrong, (right ?? 0) + 1, (right ?? 0) - 1, 5, right]) {
      const other = openSession();
      const guess = vi.spyOn(other.program.dwarf ?? dwarf, 'guessType').mockReturnValue(offset);
      const type = other.types.named('runtime.mspan');
      expect(guess).toHaveBeenCalledOnce();
      expect([type?.name, type?.dwarfOffset]).toEqual(['runtime.mspan', right]);
    }
    expect(types.named('runtime.no such type')).toBeUndefined();
  });
});
