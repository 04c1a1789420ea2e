import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { completeLine } from '../src/prompt/complete.ts';
import { frameOf, openRunner } from './open-runner.ts';

const folder = mkdtempSync(join(tmpdir(), 'inquest-complete-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { run, runner } = openRunner('truth/go1.27/default');
const exprs = openRunner('exprs/go1.27/noopt');

function complete(line: string): readonly [readonly string[], string] {
  return completeLine(line, runner.options.session, runner.view.operations);
}

describe('completeLine', () => {
  it.each([
    ['loc', ['locals '], 'loc'],
    ['goroutine 1 frame 2 loc', ['locals '], 'loc'],
    ['help loca', ['locals', 'locations'], 'loca'],
    ['help stepo', ['stepout '], 'stepo'],
    ['help express', ['expressions '], 'express'],
    ['config max-s', ['max-string-len '], 'max-s'],
    ['config show-raw-strings t', ['true '], 't'],
    ['config position ', ['default', 'disassembly', 'source'], ''],
    ['config substitute-path -g', ['-guess '], '-g'],
    ['config debug-info-directories ', ['-add', '-clear', '-rm'], ''],
    ['config alias loc', ['locals '], 'loc'],
    ['transcript -o', ['-off '], '-o'],
    ['info sharedl', ['sharedlibrary '], 'sharedl'],
    ['nonsense x', [], 'x'],
    ['print main.mapNest', ['main.mapNested'], 'main.mapNest'],
    ['print len(main.mapNest', ['main.mapNested'], 'main.mapNest'],
    ['goroutine 1', ['1 '], '1'],
  ])('%s', (line, names, tail) => {
    const [offered, part] = complete(line);
    expect(part).toBe(tail);
    expect(offered).toEqual(names);
  });

  it('knows aliases, and what scripts or files of this machine are there', () => {
    run('config alias locals vv');
    expect(complete('v')[0]).toContain('vv');
    expect(complete('config alias vv')[0]).toEqual(['vv ']);
    mkdirSync(join(folder, 'scripts'));
    writeFileSync(join(folder, 'scripts', 'one.js'), '');
    expect(complete(`source ${folder}/scr`)[0]).toEqual([`${folder}/scripts/`]);
    expect(complete(`source ${folder}/scripts/o`)[0]).toEqual([`${folder}/scripts/one.js `]);
    expect(complete(`source ${folder}/none/`)[0]).toEqual([]);
  });

  it('offers variables of the package that the frame is in, and fields of what stands before a dot', () => {
    const { run, runner } = exprs;
    const offer = (line: string): string[] => completeLine(line, runner.options.session, runner.view.operations)[0];
    run(`frame ${frameOf(runner, 'main.inner')}`);
    expect(offer('print gPoi')).toEqual(['gPoint', 'gPointer', 'gPointers', 'gPoints']);
    expect(offer('print gTree.Left.')).toEqual(
      ['Attrs', 'Key', 'Left', 'Right', 'Weights'].map((name) => `gTree.Left.${name}`),
    );
    // What a nil pointer would point to has fields, too.
    expect(offer('print crash.')).toEqual(['crash.X', 'crash.Y']);
    expect(offer('print len(main.gMixed.ba')).toEqual(['main.gMixed.base']);
    expect(offer('print gInt.')).toEqual([]);
    expect(offer('print nothing.')).toEqual([]);
    run(`frame ${frameOf(runner, 'runtime.main')}`);
    expect(offer('print gPoi')).toEqual([]);
  });

  it('offers variables of the frame', () => {
    run(`frame ${frameOf(runner, 'main.text2')}`);
    expect(complete('print ut')[0]).toEqual(['utf8']);
    expect(complete('display -a ut')[0]).toEqual(['utf8']);
    expect(complete('print len("ut')[0]).toEqual([]);
    expect(complete('print "a" + ut')[0]).toEqual(['utf8']);
  });
});
