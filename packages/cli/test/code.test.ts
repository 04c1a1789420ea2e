import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openFixture } from '../../../fixtures/fixtures.mjs';
import { useCommand, type Run } from './command-process.ts';

const command = useCommand();
const { folder } = command;
const source = readFileSync(new URL('../../../fixtures/programs/sum/main.go', import.meta.url), 'utf8');

beforeAll(() => writeFileSync(join(folder, 'main.go'), source));

/** What a command prints for a fixture; the sources lie in `folder`. */
function run(id: string, line: string, env: NodeJS.ProcessEnv = {}): Run {
  const { exe, core } = openFixture(id);
  return command.run(['core', exe, core, '-q', '-e', line], { env: { INQUEST_SOURCE_PATH: folder, ...env } });
}

describe('list', () => {
  it('marks the line and tells its address', () => {
    const { out } = run('sum/go1.27/stripped', 'list main.main:2');
    const [head = '', ...lines] = out.split('\n');
    expect(head).toMatch(/^Showing \S+main\.go:7 \(PC: 0x[0-9a-f]+\)$/);
    expect(lines.filter((line) => line.startsWith('=>'))).toEqual([
      `=>   7:  ${(source.split('\n')[6] ?? '').replaceAll('\t', '    ')}`,
    ]);
  });
});

describe('edit', () => {
  it('runs the editor at the line of the file that was found', () => {
    const path = join(folder, 'main.go');
    expect(run('sum/go1.27/trimpath', 'edit', { EDITOR: 'echo' }).out).toBe(`+11 ${path}\n`);
    expect(run('sum/go1.27/trimpath', 'ed main.main', { EDITOR: 'echo', INQUEST_EDITOR: 'echo mine' }).out).toBe(
      `mine +5 ${path}\n`,
    );
  });

  it('says what is wrong', () => {
    expect(run('sum/go1.27/trimpath', 'edit').err).toBe(
      'inquest: no editor is chosen\n  set EDITOR or INQUEST_EDITOR\n',
    );
    expect(run('sum/go1.27/trimpath', 'edit', { EDITOR: 'false' }).err).toBe('inquest: the editor failed: false\n');
    expect(run('sum/go1.27/trimpath', 'edit type:.eq.nothing', { EDITOR: 'echo' }).err).toMatch(
      /^inquest: no function/,
    );
  });
});
