import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ReportResult, ValueTree } from '@inquest/engine';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { listFixtures } from '../../../fixtures/fixtures.mjs';
import { reportSchema, schemaPath } from '../../../scripts/report-schema.mjs';
import { formatEnvelope } from '../src/output/envelope.ts';
import { formOf, nodesOf, reportOf, textReportOf } from './report-forms.ts';
import { REPORT } from './results.ts';

const ALL = listFixtures().filter(({ committed }) => committed);
/** One of each program, of the oldest and the newest Go. */
const SOME = ALL.filter(
  ({ go, flags }) => (go === '1.19' || go === '1.27') && (flags === 'default' || flags === 'noopt'),
);

const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(schemaPath, 'utf8')) as object,
);

function expectValid(report: ReportResult): void {
  const core = { path: 'core', executable: 'exe', buildId: undefined };
  const line = formatEnvelope(core, { text: 'report', operation: 'report' }, report, []);
  expect(validate(JSON.parse(line)), JSON.stringify(validate.errors)).toBe(true);
}

/** Who failed where is the same sentence in all forms, without what marks names. */
describe('who', () => {
  it.each([
    ['idle/go1.27/default', 'the signal came here'],
    ['crash/go1.27/default/deadlock', 'waits here'],
    ['crash/go1.27/default/nil', 'failed here'],
  ])('of %s: the page says that it %s', (id, mark) => {
    const page = formOf(reportOf(id, { full: true }), 'html');
    expect(page.match(/\((?:failed|the signal came|waits) here\)/g)).toEqual([`(${mark})`]);
  });

  it.each([
    [
      'idle/go1.27/default',
      /^thread \d+ got the signal in .*Syscall6 at .*asm_linux_amd64\.s:\d+; it ran no goroutine$/,
    ],
    ['crash/go1.27/default/deadlock', /^goroutine 1 waits in main\.main at .*main\.go:158$/],
    ['cgocrash/go1.27/cgo', /^goroutine 1 died in work at .*main\.go:\d+$/],
    ['crash/go1.27/default/nil', /^goroutine 1 died in main\.withdraw at .*main\.go:76$/],
  ])('of %s', (id, sentence) => {
    const report = reportOf(id, {});
    const texts = [
      formOf(report, 'text'),
      formOf(report, 'md').replaceAll(/\*\*|`/g, ''),
      formOf(report, 'html').replaceAll(/<[^>]+>/g, ''),
    ];
    for (const text of texts) expect(text.split('\n').filter((line) => sentence.test(line))).toHaveLength(1);
  });
});

/** Panics of the crash fixtures whose words are the runtime's. */
const RUNTIME_PANICS = ['assignment to entry in nil map', 'close of closed channel', 'send on closed channel'];

const isTree = (node: object): node is ValueTree => 'onlyAddress' in node && 'kind' in node;

describe('the JSON', () => {
  it('has the schema that its types have; npm run docs writes it anew', () => {
    expect(readFileSync(schemaPath, 'utf8')).toBe(reportSchema());
  }, 120_000);

  it('of something else has not', () => {
    const core = { path: 'core', executable: undefined, buildId: undefined };
    const line = formatEnvelope(core, { text: 'report', operation: 'report' }, { ...REPORT, cause: { kind: 'x' } }, []);
    expect(validate(JSON.parse(line))).toBe(false);
  });

  it.each(ALL.map(({ id }) => id))('of %s is as the schema says', (id) => {
    expectValid(reportOf(id, {}));
  });

  it.each(SOME.map(({ id }) => id))('of what %s printed is as the schema says', (id) => {
    expectValid(textReportOf(id));
  });
});

describe.each(SOME.map(({ id }) => id))('of %s', (id) => {
  const report = reportOf(id, { full: true });
  const redacted = reportOf(id, { full: true, redact: true });

  it('the long JSON is as the schema says, redacted as well', () => {
    expectValid(report);
    expectValid(redacted);
  });

  it('the Markdown has its parts closed and fits an issue', () => {
    const text = formOf(report, 'md');
    expect(text.length).toBeLessThan(65_536);
    expect(text).toContain(report.cause.headline.split('\n')[0]);
    expectClosed(text);
  });

  it('the page is whole, and nothing in it runs or is fetched', () => {
    const page = formOf(report, 'html');
    expectWellFormed(page);
    expect(page).not.toMatch(/<(?:script|link|img|iframe|object|embed|form|base|meta http-equiv="refresh")/i);
    expect(page).not.toMatch(/\s(?:on\w+|style|src|href)=/i);
    expect(page).not.toMatch(/url\(|@import/i);
    for (const { function: name } of report.stack?.frames.filter(({ plumbing }) => !plumbing) ?? [])
      expect(page).toContain(name.replaceAll('&', '&amp;').replaceAll('<', '&lt;'));
  });

  it('redaction leaves no contents of strings and bytes, and says so', () => {
    const kept = nodesOf(redacted, isTree).filter(
      ({ kind, value, bytes }) => kind === 'string' && (value ?? bytes) !== undefined,
    );
    expect(kept.filter(({ unreadable, type }) => unreadable === undefined && !/^\*?runtime\./.test(type))).toEqual([]);
    const lists = nodesOf(redacted, isTree).filter(({ kind }) => kind === 'slice' || kind === 'array');
    expect(lists.filter(({ children }) => children[0]?.tree.kind === 'uint8')).toEqual([]);
    expect(nodesOf(report, isTree).length).toBeGreaterThanOrEqual(nodesOf(redacted, isTree).length);
    for (const form of ['text', 'md', 'html'] as const) expect(formOf(redacted, form)).toMatch(/redacted/i);
    expect(redacted).toMatchObject({ redacted: true });
    expect(redacted.stack?.frames.map(({ function: name, line }) => [name, line])).toEqual(
      report.stack?.frames.map(({ function: name, line }) => [name, line]),
    );
  });

  it('no string of the program that is no name of it too is left in any form', () => {
    // What the runtime says, and words of the JSON's own.
    const own = [report.cause.kind === 'fatal-error' ? report.cause.headline : '', RUNTIME_PANICS, 'argument'];
    const plain = JSON.stringify([own, redacted.stack, redacted.others, redacted.program]);
    const names = JSON.stringify(
      nodesOf(redacted, isTree).map(({ type, children }) => [type, children.map(({ name }) => name)]),
    );
    const code = JSON.stringify(nodesOf(redacted, isSourceLine).map(({ text }) => text));
    const secrets = nodesOf(report, isTree)
      .filter(({ kind, value, type }) => kind === 'string' && (value ?? '').length >= 8 && !type.startsWith('runtime.'))
      .map(({ value }) => value ?? '')
      .filter((secret) => !secret.startsWith('runtime error: ') && !(plain + names + code).includes(secret));
    for (const form of ['text', 'md', 'html'] as const) {
      const shown = formOf(redacted, form);
      expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
    }
    const json = JSON.stringify(redacted);
    expect(secrets.filter((secret) => json.includes(JSON.stringify(secret).slice(1, -1)))).toEqual([]);
  });
});

const isSourceLine = (node: object): node is { readonly text: string } => 'number' in node && 'current' in node;

/** Every block and every part that is opened is closed, and no markup stands outside of code. */
function expectClosed(text: string): void {
  let fence: string | undefined;
  let depth = 0;
  for (const line of text.split('\n')) {
    if (fence !== undefined) {
      if (line === fence) fence = undefined;
      continue;
    }
    const open = /^(`{3,})\w*$/.exec(line);
    if (open !== null) fence = open[1];
    else if (line === '<details>') depth++;
    else if (line === '</details>') depth--;
    else expect(line.replaceAll(/(`+)(?!`).+?(?<!`)\1(?!`)/g, '')).not.toMatch(/<(?!\/?summary>)/);
    expect(depth).toBeGreaterThanOrEqual(0);
  }
  expect([fence, depth]).toEqual([undefined, 0]);
}

const VOID: ReadonlySet<string> = new Set(['meta', 'br', 'rect']);

/** Every tag that is opened is closed, in order. */
function expectWellFormed(page: string): void {
  const open: string[] = [];
  for (const [, close, name = '', , end] of page.matchAll(
    /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-zA-Z-]+="[^"]*")*)\s*(\/?)>/g,
  )) {
    if (VOID.has(name) || end === '/') continue;
    if (close === '') open.push(name);
    else expect(open.pop()).toBe(name);
  }
  expect(open).toEqual([]);
  // What is no tag has no angle brackets.
  const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
  const rest = page
    .replace('<!doctype html>', '')
    .replace(style, '')
    .replaceAll(/<\/?[a-z][a-z0-9]*(?:\s+[a-zA-Z-]+="[^"]*")*\s*\/?>/g, '');
  expect(rest).not.toMatch(/[<>]/);
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  expect(page.includes(`content="${policy.replaceAll("'", '&#39;')}"`)).toBe(true);
}
