// Runs commands as the prompt runs them, in this process. The test that uses it replaces output/terminal.ts by capture.ts.
import { Session } from '@inquest/engine';
import { compileGoRegex, openCore } from '@inquest/node';
import { COMPILED_IN, openFixture, PROGRAMS, type Fixture } from '../../../../fixtures/fixtures.mjs';
import { createStyle } from '../../src/output/style.ts';
import { Runner } from '../../src/runner.ts';
import { FIXTURE_SOURCES } from '../fixture-sources.ts';
import { capture } from './capture.ts';
import type { World } from './normalise.ts';

/** Runs the commands one after the other over a fixture. Answers what each printed, and what is to be normalised in it. */
export function runInquest(id: string, commands: readonly string[]): { outputs: string[]; world: World } {
  // What `edit` would start, and where sources are, is the user's.
  for (const name of ['INQUEST_EDITOR', 'DELVE_EDITOR', 'VISUAL', 'EDITOR', 'INQUEST_SOURCE_PATH'])
    delete process.env[name];
  const fixture = openFixture(id);
  // The C library of the fixtures and no other, without debugging information.
  const places = { libs: fixture.libs, debugDirectories: () => [], onlyGiven: true };
  const { session: opened } = openCore({ paths: [fixture.exe, fixture.core], places });
  const session = new Session(opened.program, {
    corePath: fixture.core,
    sources: FIXTURE_SOURCES,
    compileRegex: compileGoRegex,
    ...(opened.decodeX86 === undefined ? {} : { decodeX86: opened.decodeX86 }),
  });
  const runner = new Runner({
    session,
    core: { path: fixture.core, executable: fixture.exe, buildId: undefined },
    warnings: [],
    style: () => createStyle(false, Number.POSITIVE_INFINITY),
    json: false,
    pager: false,
  });
  const outputs = commands.map((command) => {
    capture.text = '';
    runner.run(command, { prompt: true });
    return capture.text.replace(/\n$/, '');
  });
  return { outputs, world: worldOf(session, fixture) };
}

const RUNTIME_FILE = '/src/runtime/proc.go';

function worldOf(session: Session, { dir, libs }: Fixture): World {
  const files = session.program.modules.flatMap(({ pclntab }) => [...pclntab.files()]);
  const runtime = files.map((file) => Buffer.from(file).toString()).find((file) => file.endsWith(RUNTIME_FILE));
  const goroot = runtime?.slice(0, -RUNTIME_FILE.length);
  return {
    threads: session.program.target.threads.map(({ tid }) => tid),
    paths: [
      [PROGRAMS, '$SRC'],
      [COMPILED_IN, '$SRC'],
      [dir, '$FIXTURE'],
      ...libs.map((folder) => [folder, '$LIBS'] as const),
      ...(goroot === undefined ? [] : [[goroot, '$GOROOT'] as const]),
    ],
  };
}
