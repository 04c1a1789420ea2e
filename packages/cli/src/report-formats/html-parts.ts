import { formatValue, type SourceResult, type VariableResult } from '@inquest/engine';
import { classifyGo } from '../output/highlight.ts';
import { expandTabs, sanitize } from '../output/sanitize.ts';
import { cut } from '../render/place.ts';
import { markup, type Html, type HtmlPart } from './html-text.ts';
import { tellingVariables, valueWords, variableName } from './words.ts';

/** Longer values are folded, in characters; no more than `MOST` are shown at all. */
const SHORT = 160;
const MOST = 20_000;
/** Types are cut to this many characters: the value's own text has them in full. */
const LONGEST_TYPE = 40;

/** A part of the page with a heading; nothing if it has no content. */
export function section(title: HtmlPart, content: readonly HtmlPart[]): Html | undefined {
  const filled = content.filter((part) => part !== undefined);
  return filled.length === 0 ? undefined : markup`<section><h2>${title}</h2>${filled}</section>\n`;
}

/** Source with its line numbers, coloured, the current line marked; else why it is not there. */
export function sourceHtml(source: SourceResult | undefined): Html | undefined {
  if (source === undefined) return undefined;
  if (source.lines === undefined) return markup`<p class="dim">(${sanitize(source.problem ?? 'no source')})</p>`;
  const pieces = classifyGo(source.lines.map(({ text }) => sanitize(expandTabs(text))));
  const rows = source.lines.map(({ number, current }, i) => {
    const code = (pieces[i] ?? []).map(({ text, kind }) =>
      kind === '' ? text : markup`<span class="${kind}">${text}</span>`,
    );
    return markup`<span class="row${current ? ' current' : ''}"><span class="no">${number}</span>${code}</span>`;
  });
  return markup`<pre>${rows}</pre>`;
}

/** A table of variables; nothing if there are none. */
export function variableTable(title: string, all: readonly VariableResult[]): Html | undefined {
  const told = tellingVariables(all);
  if (told.length === 0) return undefined;
  const rows = told.map((variable) => {
    const stale =
      variable.stale === undefined
        ? undefined
        : markup` <span class="note">(may be stale: ${sanitize(variable.stale)})</span>`;
    const name = markup`<td class="name"><code>${variableName(variable)}</code></td>`;
    const type = markup`<td class="name"><code class="type">${cut(sanitize(variable.type), LONGEST_TYPE)}</code></td>`;
    return markup`<tr>${name}${type}<td>${valueHtml(variable)}${stale}</td></tr>\n`;
  });
  return markup`<h3>${title}</h3><table><tr><th>Name</th><th>Type</th><th>Value</th></tr>\n${rows}</table>`;
}

function valueHtml(variable: VariableResult): Html {
  const { value } = variable;
  const line = valueWords(variable);
  if (value === undefined) return markup`<span class="dim">${line}</span>`;
  if (line.length <= SHORT) return markup`<code>${line}</code>`;
  const lines = formatValue(value, { multiline: true }).slice(0, MOST).split('\n');
  const whole = lines.map((each) => sanitize(expandTabs(each))).join('\n');
  return markup`<details><summary><code>${cut(line, SHORT)}</code></summary><pre>${whole}</pre></details>`;
}
