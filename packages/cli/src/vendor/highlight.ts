import { parser } from '@lezer/go';
import { highlightCode, tagHighlighter, tags } from '@lezer/highlight';

/** SGR codes; only the eight basic colours, which every theme makes readable. */
const CODES: Readonly<Record<string, string>> = {
  keyword: '35',
  string: '32',
  number: '36',
  comment: '2',
  type: '34',
  function: '1',
};

const highlighter = tagHighlighter([
  { tag: tags.keyword, class: 'keyword' },
  { tag: [tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword, tags.operatorKeyword], class: 'keyword' },
  { tag: [tags.string, tags.character, tags.special(tags.string)], class: 'string' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], class: 'number' },
  { tag: tags.comment, class: 'comment' },
  { tag: tags.typeName, class: 'type' },
  { tag: tags.function(tags.definition(tags.variableName)), class: 'function' },
]);

/** A piece of a line; `kind` is '' for what has no colour. */
export interface SourcePiece {
  readonly text: string;
  readonly kind: string;
}

/** Lines of Go source in pieces of one kind each: keyword, string, number, comment, type, function. */
export function classifyLines(lines: readonly string[]): readonly (readonly SourcePiece[])[] {
  const code = lines.join('\n');
  const out: SourcePiece[][] = [];
  let line: SourcePiece[] = [];
  highlightCode(
    code,
    parser.parse(code),
    highlighter,
    (text, kind) => line.push({ text, kind }),
    () => {
      out.push(line);
      line = [];
    },
  );
  return [...out, line];
}

/** Lines of Go source with SGR sequences, each closed on its own line. `codes` go before the usual ones. */
export function highlightLines(
  lines: readonly string[],
  codes: Readonly<Record<string, string>> = {},
): readonly string[] {
  const paint = ({ text, kind }: SourcePiece): string => {
    const own = codes[kind];
    if (own !== undefined) return `\u001b[${own}m${text}\u001b[0m`;
    const sgr = CODES[kind];
    return sgr === undefined ? text : `\u001b[${sgr}m${text}\u001b[${sgr === '1' || sgr === '2' ? '22' : '39'}m`;
  };
  return classifyLines(lines).map((line) => line.map(paint).join(''));
}
