import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Session, type SourceProvider } from '@inquest/engine';
import { compileGoRegex, openCore } from '@inquest/node';
import { openFixture, PROGRAMS } from '../../../fixtures/fixtures.mjs';

/** A program's sources where they lie in this repository, or none at all. */
export function sourcesOf(program: string, atHand: boolean): SourceProvider {
  const read = (path: string): readonly string[] | undefined => {
    const file = join(PROGRAMS, program, basename(path));
    return atHand && existsSync(file) ? readFileSync(file, 'utf8').split('\n') : undefined;
  };
  return { read, isAsBuilt: (path) => read(path) !== undefined };
}

/** A session over a fixture, with the program's sources or without any. */
export function openWithSources(id: string, program: string, atHand: boolean): Session {
  const { exe, core } = openFixture(id);
  const opened = openCore({ paths: [exe, core] });
  const sources = sourcesOf(program, atHand);
  return new Session(opened.session.program, { corePath: opened.corePath, sources, compileRegex: compileGoRegex });
}
