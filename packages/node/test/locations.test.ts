import {
  findLocation,
  isDebugError,
  operations,
  requireCode,
  type ListResult,
  type Page,
  Program,
  Session,
  CoreTarget,
  parseElf,
} from '@inquest/engine';
import { decompressors, openCore, openSource } from '@inquest/node';
import { describe, expect, it } from 'vitest';
import { openFixture } from '../../../fixtures/fixtures.mjs';

const sessions = new Map<string, Session>();

function open(id: string): Session {
  let session = sessions.get(id);
  if (session === undefined) {
    const { exe, core } = openFixture(id);
    ({ session } = openCore({ paths: [exe, core] }));
    sessions.set(id, session);
  }
  return session;
}

function ask<T>(session: Session, name: string, parameters: Record<string, string | number> = {}): T {
  return operations.find((each) => each.name === name)?.run(session, parameters) as T;
}

/** `main.go:45 main.main`, with the file's base name. */
function where(session: Session, text: string): string {
  const { file, line, function: name } = findLocation(session, text);
  return `${file.slice(file.lastIndexOf('/') + 1)}:${line}${name === undefined ? '' : ` ${name}`}`;
}

function failure(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (!isDebugError(error)) throw error;
    return error.detail.hint === undefined ? error.message : `${error.message} | ${error.detail.hint}`;
  }
  return 'no error';
}

describe('locations', () => {
  const truth = open('truth/go1.27/default');

  it.each([
    ['main.main', 'main.go:45 main.main'],
    ['main.main:0', 'main.go:45 main.main'],
    ['main.main:3', 'main.go:48 main.main'],
    ['/src/truth/main.go:50', 'main.go:50'],
    ['main.go:50', 'main.go:50'],
    ['truth/main.go:1', 'main.go:1'],
    ['/main.g.*s/', 'generics.go:39 main.generics'],
    ['scale', 'generics.go:27 main.scale[go.shape.float64]'],
    ['main.(*pair).show', 'generics.go:14 main.(*pair[go.shape.string,go.shape.int]).show'],
    ['pair.show', 'generics.go:14 main.(*pair[go.shape.string,go.shape.int]).show'],
    ['closures.func1', 'main.go:252 main.closures.func1'],
    ['base.describe', 'shapes.go:17 main.base.describe'],
    ['abi.Kind.String', 'type.go:144 internal/abi.Kind.String'],
    ['inlinedInner', 'shapes.go:355 main.inlinedInner'],
    ['*main.main', 'main.go:45 main.main'],
  ])('%s is %s', (text, expected) => {
    if (text.startsWith('/src')) {
      const full = ask<Page<string>>(truth, 'sources', { regex: '/truth/main\\.go$' }).items[0] ?? '';
      expect(where(truth, `${full}:50`)).toBe(expected);
    } else expect(where(truth, text)).toBe(expected);
  });

  it('counts lines from the selected frame', () => {
    const { file, line } = truth.call();
    expect(findLocation(truth, '+3')).toMatchObject({ file, line: line + 3 });
    expect(findLocation(truth, '-5')).toMatchObject({ file, line: line - 5 });
    expect(findLocation(truth, '60')).toMatchObject({ file, line: 60 });
    expect(findLocation(truth, '+0').addresses).toEqual([truth.call().frame.pc]);
  });

  it('finds what is at an address, by any expression', () => {
    const entry = findLocation(truth, 'main.main').addresses[0] ?? 0;
    expect(where(truth, `*${entry}`)).toBe('main.go:45 main.main');
    expect(where(truth, `*0x${entry.toString(16)}`)).toBe('main.go:45 main.main');
  });

  it('gives the code of all inlined calls of a function that has none of its own', () => {
    const [address = 0] = findLocation(truth, 'main.inlinedInner').addresses;
    expect(truth.program.sourceFrames(address).map(({ name }) => name)).toContain('main.inlinedInner');
    expect(truth.program.findFunc(address)?.func.name).not.toBe('main.inlinedInner');
  });

  it.each([
    ['String', /^String is ambiguous: (\S+, ){3}\S+ \| write more of the path or of the name$/],
    ['Add', /^Add is ambiguous: (\S+, ){5}and 2 more \|/],
    ['/main.s/', /^\/main\.s\/ is ambiguous: main\.square\.area, (\S+, ){4}and 1 more \|/],
    ['main.go', /^main\.go is a file, and no line is given \| write main\.go:LINE$/],
    ['foo.go:3', /^no function, file or variable is called foo\.go \|/],
    ['main.Closures', /\| did you mean main\.closures\?$/],
    ['*0', /^there is no code at 0x0$/],
    ['*nothing', /nothing/],
    ['/(/', /^error parsing regexp: missing closing \): `\(`$/],
    ['/nosuchfunction/', /^no function matches \/nosuchfunction\/$/],
    ['-99999', /^there is no line -/],
  ])('%s fails', (text, expected) => {
    expect(failure(() => findLocation(truth, text))).toMatch(expected);
  });

  it('names the nearest lines that have code', () => {
    expect(failure(() => requireCode(truth, findLocation(truth, 'main.go:1')))).toMatch(
      /^there is no code at .*main\.go:1 \| the nearest line with code is \d+$/,
    );
    expect(failure(() => requireCode(truth, findLocation(truth, 'main.go:44')))).toMatch(
      /\| the nearest lines with code are 43 and 45$/,
    );
  });

  it.each(['1.15', '1.19', '1.24', '1.27'])('needs no DWARF (Go %s)', (go) => {
    const stripped = open(`sum/go${go}/stripped`);
    const whole = open(`sum/go${go}/default`);
    for (const text of ['main.main', 'main.go:11', 'runtime.gopanic', '/^main\\.main$/']) {
      expect(where(stripped, text)).toBe(where(whole, text));
      expect(findLocation(stripped, text).addresses).not.toEqual([]);
    }
  });

  it('finds C functions by their symbol', () => {
    const cgo = open('sum/go1.27/cgo');
    const { addresses, function: name } = findLocation(cgo, 'crosscall2');
    expect([addresses.length, name]).toEqual([1, 'crosscall2']);
    expect(findLocation(cgo, 'C.crosscall2').addresses).toEqual(addresses);
  });
});

describe('lists of names', () => {
  it.each(['1.15', '1.19', '1.24', '1.27'])('of functions and packages are the same without DWARF (Go %s)', (go) => {
    for (const name of ['funcs', 'packages']) {
      const stripped = ask<Page<string>>(open(`sum/go${go}/stripped`), name).items;
      const whole = new Set(ask<Page<string>>(open(`sum/go${go}/default`), name).items);
      const strange = stripped.filter((each) => !whole.has(each));
      expect(strange).toEqual([]);
      expect(stripped.length).toBeGreaterThan(whole.size * 0.7);
    }
  });

  it.each(['1.15', '1.19', '1.24', '1.27'])('of types come from the descriptors without DWARF (Go %s)', (go) => {
    const types = ask<Page<string>>(open(`sum/go${go}/stripped`), 'types').items;
    expect(types).toEqual(expect.arrayContaining(['int', 'string', 'error', 'runtime.errorString', 'func()']));
    expect(types.length).toBeGreaterThan(300);
  });

  it('can be cut and filtered', () => {
    const session = open('sum/go1.27/default');
    expect(ask(session, 'funcs', { regex: '^main\\.' })).toEqual({ items: ['main.main'], total: 1, truncated: false });
    expect(ask<Page<string>>(session, 'sources', { limit: 2 })).toMatchObject({ truncated: true });
    expect(ask<Page<string>>(session, 'packages').items).toContain('main');
  });
});

describe('list', () => {
  it('tells whose code it shows, and where a source that is not there was looked for', () => {
    const session = open('sum/go1.27/trimpath');
    const shown = ask<ListResult>(session, 'list');
    expect(shown).toMatchObject({ function: 'main.main', goroutine: 1, pc: expect.stringMatching(/^0x/) as string });
    const other = ask<ListResult>(session, 'list', { location: 'main.main' });
    expect(other).toMatchObject({ function: 'main.main', goroutine: undefined, line: 5 });
    const made = ask<ListResult>(open('truth/go1.27/default'), 'list', { location: 'main.init' });
    expect(made.problem).toBe('the compiler made this function: it has no source');
  });
});

describe('a core without its executable', () => {
  it('has no names to list or to find, and says why', () => {
    const { core } = openFixture('sum/go1.27/default');
    const target = new CoreTarget(parseElf(openSource(core)), undefined);
    const alone = new Session(new Program(target, { decompress: decompressors }), {
      corePath: core,
      sources: { read: () => undefined },
    });
    for (const [name, what] of [
      ['funcs', 'functions'],
      ['types', 'types'],
      ['sources', 'source files'],
      ['packages', 'packages'],
    ] as const)
      expect(failure(() => ask(alone, name))).toBe(
        `without the executable there is no list of ${what} | give the executable as well`,
      );
    expect(failure(() => findLocation(alone, 'main.main'))).toBe(
      'no function, file or variable is called main.main | names need the executable: give it as well',
    );
  });
});
