import { attempt, type Operation, type Session, type SourceResult } from '@inquest/engine';
import type { Style } from './output/style.ts';
import { renderResult } from './render/index.ts';

/** Commands after which the code of the place is shown as well, as Delve does. */
const SHOWS_CODE: ReadonlySet<string> = new Set(['frame', 'up', 'down', 'bottom']);

/** Lines of a disassembly around the current instruction: as many as `list` shows of source. */
const AROUND = 5;

interface Context {
  readonly session: Session;
  readonly operations: readonly Operation[];
  readonly style: Style;
}

/** What follows the answer of `frame`, `up` or `down`: the source around the place, or its instructions by the setting `position`. */
export function sourceAfter(name: string, result: unknown, { session, operations, style }: Context): string[] {
  if (!SHOWS_CODE.has(name)) return [];
  const { index } = result as { readonly index: number };
  const ask = (operation: string): unknown =>
    attempt(() =>
      session.within({ frame: index }, () => operations.find((each) => each.name === operation)?.run(session, {})),
    );
  if (session.settings.position === 'disassembly') {
    const listing = ask('disassemble');
    if (listing !== undefined) return aroundArrow(renderResult('disassemble', listing, style, {}));
  }
  const source = ask('list') as SourceResult | undefined;
  return source === undefined ? [] : renderResult('list', source, style, {}).slice(1);
}

function aroundArrow(lines: readonly string[]): string[] {
  const current = lines.findIndex((line) => line.includes('=>'));
  return current < 0 ? [...lines] : lines.slice(Math.max(0, current - AROUND), current + AROUND + 1);
}
