import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DapClient } from '@inquest/testkit/dap';
import { openFixture } from '../../../fixtures/fixtures.mjs';
import { linesOf, useCommand } from './command-process.ts';
import { startInquest, type HeadlessServer } from './connect/servers.ts';
import { VSCODE } from './dap/open-dap.ts';

const FIXTURE = 'sum/go1.27/default';
/** An engine that goes back over what it tried needs longer than anyone waits, with any name of some length. */
const ENDLESS = '(\\w+\\.?)+!';
const PATIENCE = 60_000;
/** Names that these find are in Go's syntax alone. */
const OF_GO = '(?i)^MAIN\\.[[:alpha:]]+\\z';

const command = useCommand();
let server: HeadlessServer;

beforeAll(async () => {
  server = await startInquest(FIXTURE);
});
afterAll(() => server.stop());

describe('regular expressions of users are those of Go', () => {
  it('at the command', () => {
    const { exe, core } = openFixture(FIXTURE);
    const lists = ['funcs', 'types', 'sources', 'packages', 'vars', 'args', 'locals'].map(
      (name) => `${name} ${ENDLESS}`,
    );
    const lines = [...lists, `list /${ENDLESS}/`, `funcs ${OF_GO}`, 'vars a(?!b)'];
    const { out, err } = command.run([exe, core, ...linesOf(...lines)], { timeout: PATIENCE });
    expect(out).toMatch(/\nmain\.main\n$/);
    expect(err).toBe(
      `inquest: no function matches /${ENDLESS}/\n` +
        'inquest: error parsing regexp: invalid or unsupported Perl syntax: `(?!`\n',
    );
  });

  it(
    'over JSON-RPC',
    async () => {
      for (const method of ['ListFunctions', 'ListTypes', 'ListSources'])
        expect(Object.values((await server.call(method, { Filter: ENDLESS })) as object)).toEqual([[]]);
      expect(await server.call('ListPackageVars', { Filter: ENDLESS })).toEqual({ Variables: [] });
      expect(await server.call('ListFunctions', { Filter: OF_GO })).toMatchObject({ Funcs: ['main.main'] });
      const refused = server.call('ListPackagesBuildInfo', { Filter: '(' });
      await expect(refused).rejects.toThrow('error parsing regexp: missing closing ): `(`');
    },
    PATIENCE,
  );

  it(
    'in the debug console',
    async () => {
      const editor = await DapClient.overSocket(server.address);
      await editor.request('initialize', VSCODE);
      await editor.request('attach', { request: 'attach', mode: 'remote' });
      await editor.request('configurationDone');
      const answer = async (expression: string): Promise<unknown> =>
        (await editor.request('evaluate', { expression, context: 'repl' })).result;
      expect(await answer(`funcs ${ENDLESS}`)).toContain('no functions match');
      expect(await answer(`funcs ${OF_GO}`)).toContain('main.main');
      editor.close();
    },
    PATIENCE,
  );
});
