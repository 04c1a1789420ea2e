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

/** Lines of Go source with SGR sequences, each closed on its own line. `codes` go before the usual ones. */
export function highlightLines(
  lines: readonly string[],
  codes: Readonly<Record<string, string>> = {},
): readonly string[] {
  const code = lines.join('\n');
  const out: string[] = [];
  let line = '';
  const put = (text: string, classes: string): void => {
    const own = codes[classes];
    if (own !== undefined) {
      line += `\u001b[${own}m${text}\u001b[0m`;
      return;
    }
    const sgr = CODES[classes];
    line += sgr === undefined ? text : `\u001b[${sgr}m${text}\u001b[${sgr === '1' || sgr === '2' ? '22' : '39'}m`;
  };
  highlightCode(code, parser.parse(code), highlighter, put, () => {
    out.push(line);
    line = '';
  });
  out.push(line);
  return out;
}
