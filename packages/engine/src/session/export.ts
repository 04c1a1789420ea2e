import { encodeUtf8 } from '../base/text.ts';
import { formatValue } from '../values/format.ts';
import { addressOf, partOf, readPlace } from '../values/place.ts';
import { sequenceOf } from '../values/value.ts';
import { evaluateHere, loadEvaluated } from './evaluation.ts';
import { elementsOf } from './paging.ts';
import { limitsOf } from './presentation.ts';
import type { Session } from './session.ts';

/** Bytes handed out at a time. */
const CHUNK = 1 << 20;

/** What a value is as a file. */
export interface ExportedValue {
  /** `bytes`: the contents of a string, or of a slice or array of bytes. `text`: any other value as `print` shows it. */
  readonly kind: 'bytes' | 'text';
  readonly type: string;
  /** Bytes in all. */
  readonly size: number;
  /** The bytes in their order. Throws `fault` where memory is missing. */
  chunks(): Generator<Uint8Array, void, undefined>;
}

/** Evaluates an expression and gives its bytes, whole whatever the limits of printing are. Throws what evaluation throws. */
export function exportValue(session: Session, expression: string): ExportedValue {
  const evaluated = evaluateHere(session, expression);
  const { value, environment, type } = evaluated;
  const { context } = environment;
  const elements = value && elementsOf(context, value);
  const kind = elements?.value.type.kind;
  const isBytes = kind === 'string' || elements?.value.type.elem?.kind === 'uint8';
  if (elements !== undefined && isBytes && (kind === 'string' || kind === 'slice' || kind === 'array')) {
    const { base } = sequenceOf(context, elements.value);
    const { total } = elements;
    return {
      kind: 'bytes',
      type,
      size: total,
      *chunks() {
        // A nil string or slice has no place to read.
        if (total === 0 || addressOf(base) === 0) return;
        for (let at = 0; at < total; at += CHUNK) {
          const size = Math.min(CHUNK, total - at);
          yield readPlace(context.memory, partOf(base, at, size), size);
        }
      },
    };
  }
  const tree = loadEvaluated(evaluated, limitsOf(session.settings));
  const text = encodeUtf8(`${formatValue(tree, { multiline: true, pointerAddress: true })}\n`);
  return {
    kind: 'text',
    type,
    size: text.length,
    *chunks() {
      yield text;
    },
  };
}
