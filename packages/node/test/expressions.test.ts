import { DebugError, formatValue, operations, type PrintResult, type Session } from '@inquest/engine';
import { openCore } from '@inquest/node';
import { EXPRESSION_AREAS, EXPRESSION_CASES, type ExpressionCase } from '@inquest/testkit';
import { describe, expect, it } from 'vitest';
import { listFixtures, openFixture } from '../../../fixtures/fixtures.mjs';

const fixtures = listFixtures().filter(({ program }) => program === 'exprs');
const print = operations.filter(({ name }) => name === 'print');

function openInner(id: string): Session {
  const { exe, core } = openFixture(id);
  const { session } = openCore({ paths: [exe, core] });
  const inner = session.stack.first(100).find(({ name }) => name === 'main.inner');
  session.selectFrame(inner?.index ?? -1);
  return session;
}

/** What an expression comes to, in the form of its case. */
function outcome(session: Session, { expr, lines, type }: ExpressionCase): ExpressionCase {
  try {
    const { variable } = print.map((each) => each.run(session, { expression: expr }))[0] as PrintResult;
    if (variable.value === undefined) throw new Error(`${expr} has no value`);
    const text = formatValue(variable.value, { multiline: lines !== undefined });
    return {
      expr,
      [lines === undefined ? 'want' : 'lines']: text,
      ...(type === undefined ? {} : { type: variable.type }),
    };
  } catch (error) {
    if (!(error instanceof DebugError)) throw error;
    const { position } = error.detail;
    return { expr, error: error.message, ...(position === undefined ? {} : { at: position }) };
  }
}

it('has at least 600 different expressions', () => {
  expect(new Set(EXPRESSION_CASES.map(({ expr }) => expr)).size).toBeGreaterThanOrEqual(600);
});

describe.each(fixtures)('expressions over $id', ({ id, go }) => {
  const session = openInner(id);
  const minor = Number(go.split('.')[1]);

  it.each(Object.keys(EXPRESSION_AREAS))('%s', (area) => {
    const cases = (EXPRESSION_AREAS[area] ?? []).filter(({ from = 0 }) => from <= minor);
    const wanted = cases.map(({ from: _from, ...rest }) => rest);
    expect(cases.map((each) => outcome(session, each))).toEqual(wanted);
  });
});
