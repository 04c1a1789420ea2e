import { existsSync, readFileSync } from 'node:fs';
import {
  DebugError,
  formatValue,
  operations,
  type PrintResult,
  type Session,
  type StackResult,
  type ValueTree,
} from '@inquest/engine';
import { openCore } from '@inquest/node';
import { describe, expect, it } from 'vitest';
import { listFixtures, openFixture } from '../../../fixtures/fixtures.mjs';

interface Truth {
  readonly frames: readonly {
    readonly func: string;
    readonly vars: readonly { readonly name: string; readonly value: string }[];
  }[];
}

function run<T>(session: Session, name: string, parameters: Record<string, string | number | boolean>): T {
  const operation = operations.find((each) => each.name === name);
  if (operation === undefined) throw new Error(`no operation ${name}`);
  return operation.run(session, parameters) as T;
}

function plain(name: string): string {
  const open = name.indexOf('[');
  return open < 0 ? name : `${name.slice(0, open)}[...]${name.slice(name.lastIndexOf(']') + 1)}`;
}

/** Entries of a map in the order of their text, as the program recorded them. */
function entriesText(tree: ValueTree): string {
  const pairs: string[] = [];
  for (let i = 0; i + 1 < tree.children.length; i += 2) {
    const [key, value] = [tree.children[i]?.tree, tree.children[i + 1]?.tree];
    if (key === undefined || value === undefined) continue;
    const text = (part: ValueTree): string => formatValue(part, { bare: !['interface', 'slice'].includes(part.kind) });
    pairs.push(`${text(key)}: ${text(value)}`);
  }
  return pairs.sort((a, b) => (a < b ? -1 : 1)).join('; ');
}

type Outcome = { readonly text: string; readonly stale: boolean } | { readonly absent: string };

/** What Inquest shows for a variable, or the reason why it shows nothing. */
function shown(session: Session, name: string): Outcome {
  const entries = name.startsWith('{}');
  try {
    const { variable } = run<PrintResult>(session, 'print', { expression: entries ? name.slice(2) : name });
    if (variable.value === undefined) return { absent: variable.absent ?? '' };
    const text = entries ? entriesText(variable.value) : formatValue(variable.value);
    return { text, stale: variable.stale !== undefined };
  } catch (error) {
    if (error instanceof DebugError && /not available|there is no variable/.test(error.message))
      return { absent: error.message };
    throw error;
  }
}

/** Frame numbers of a function, innermost first. */
function framesOf(frames: StackResult['frames'], name: string): number[] {
  return frames.filter((frame) => plain(frame.function) === name).map((frame) => frame.index);
}

const fixtures = listFixtures().filter(({ program }) => program === 'truth');

describe.skipIf(fixtures.length === 0)('values against the truth', () => {
  it.each(fixtures)('$id', ({ id, flags, go }) => {
    const fixture = openFixture(id);
    expect(existsSync(fixture.truth)).toBe(true);
    const truth = JSON.parse(readFileSync(fixture.truth, 'utf8')) as Truth;
    const { session } = openCore({ paths: [fixture.exe, fixture.core] });
    session.settings.maxArrayValues = 2000;
    session.settings.maxVariableRecurse = 3;
    const stack = run<StackResult>(session, 'stack', { depth: 200 });
    const wrong: string[] = [];
    const counts = { right: 0, stale: 0, absent: 0 };
    for (const frame of truth.frames) {
      // The release's own rules decide whether a closure is inlined; where it is, it has no frame of its own name.
      const [index] = framesOf(stack.frames, frame.func);
      if (index === undefined) {
        wrong.push(`${frame.func}: no such frame`);
        continue;
      }
      session.selectFrame(index);
      for (const { name, value } of frame.vars) {
        const outcome = shown(session, name);
        if ('absent' in outcome) {
          counts.absent++;
          if (flags === 'noopt') wrong.push(`${frame.func} ${name}: absent (${outcome.absent}), but it is ${value}`);
        } else if (outcome.text === value) counts.right++;
        else if (outcome.stale && flags !== 'noopt') counts.stale++;
        else wrong.push(`${frame.func} ${name}: shown as ${outcome.text}, but it is ${value}`);
      }
    }
    console.log(`${id}: ${counts.right} right, ${counts.stale} flagged and older, ${counts.absent} absent`);
    expect(wrong).toEqual([]);
    expect(counts.right).toBeGreaterThan(flags === 'noopt' ? 150 : 80);
    expect(truth.frames.length).toBeGreaterThan(go === '1.15' ? 24 : 26);
  });
});
