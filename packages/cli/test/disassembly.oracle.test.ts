import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operations, type DisassemblyResult, type Flavour } from '@inquest/engine';
import { openCore } from '@inquest/node';
import { afterAll, describe, expect, it } from 'vitest';
import { delve } from '../../../bench/inputs.mjs';
import { openFixture } from '../../../fixtures/fixtures.mjs';

const folder = mkdtempSync(join(tmpdir(), 'inquest-disassembly-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fixture = openFixture('truth/go1.27/default');
const { session } = openCore({ paths: [fixture.exe, fixture.core] });
const operation = operations.find(({ name }) => name === 'disassemble');

/** Functions whose name Delve can read, each fifth. */
const names = session.program.modules
  .flatMap(({ pclntab }) => Array.from({ length: pclntab.count }, (_, i) => pclntab.nameOf(i)))
  .filter((name, i) => i % 5 === 0 && /^[a-z][\w/.()*]*\.[\w.()*]+$/.test(name) && !name.startsWith('type'));

/** Text by address, as Delve prints it. */
function askDelve(flavour: Flavour): Map<string, string> {
  const init = join(folder, `${flavour}.init`);
  const commands = [`config disassemble-flavor ${flavour}`, ...names.map((name) => `disassemble -l ${name}`), 'exit'];
  writeFileSync(init, commands.join('\n'));
  const flags = ['--check-go-version=false', '--allow-non-terminal-interactive=true', '--init', init];
  const out = execFileSync(delve ?? '', ['core', fixture.exe, fixture.core, ...flags], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, XDG_CONFIG_HOME: folder },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const texts = new Map<string, string>();
  for (const [, pc = '', text = ''] of out.matchAll(/^(?:=>)?\t+\S+:-?\d+\t+(0x[0-9a-f]+)\t+[0-9a-f]+\t+(.*?)\s*$/gm))
    texts.set(pc, text);
  return texts;
}

/** What differs on purpose: see "Machine code" in docs/differences-from-delve.md. */
const ON_PURPOSE: readonly (readonly [why: string, ours: RegExp, theirs: RegExp])[] = [
  ['lea-operand', /^(?:lea|nop|prefetch\w+)\b/, /^(?:lea|nop|prefetch\w+)\b/],
  ['displacement-sign', /./, /0xfff[0-9a-f]{5}\b/],
  ['byte-registers', /^(?:[A-Z]+; |LOCK )?[A-Z]+B /, /^(?:[A-Z]+; |LOCK )?[A-Z]+L /],
  ['byte-registers', /^MOVSD /, /^MOVSD_XMM /],
  ['index-riz', /%r12\)/, /%r12,%riz\)/],
  ['large-immediates', /\$0x[89a-f][0-9a-f]{15}/, /\$-0x/],
  ['avx', /^v|^V/, /./],
  ['data-symbols', /type:|·f|\$f(?:32|64)\.|\.\.dict\.|debugCallFrameTooLarge/, /./],
];

describe.skipIf(delve === undefined)('disassembly beside that of Delve', () => {
  it.each(['intel', 'gnu', 'go'] as const)('%s', (flavour) => {
    const theirs = askDelve(flavour);
    const unexplained: string[] = [];
    let compared = 0;
    for (const name of names) {
      const result = operation?.run(session, { location: name, flavour }) as DisassemblyResult;
      for (const { pc, text } of result.instructions) {
        const other = theirs.get(pc);
        if (other === undefined) continue;
        compared++;
        if (text === other || ON_PURPOSE.some(([, ours, their]) => ours.test(text) && their.test(other))) continue;
        unexplained.push(`${pc}: ${text} | ${other}`);
      }
    }
    expect(compared).toBeGreaterThan(15_000);
    expect(unexplained).toEqual([]);
  });
});
