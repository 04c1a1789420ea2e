import { describe, expect, it } from 'vitest';
import { codeBlock, codeSpan } from '../src/report-formats/markdown-code.ts';
import { hostileReport } from './hostile-report.ts';
import { formOf } from './report-forms.ts';
import { REPORT, variable } from './results.ts';

describe('code', () => {
  it.each([
    ['plain', '`plain`'],
    ['a `b` c', '``a `b` c``'],
    ['`b`', '`` `b` ``'],
    ['a``b', '```a``b```'],
    [' a ', '`  a  `'],
    ['', '` `'],
    ['a\n\n# b', '`a\\n\\n# b`'],
  ])('span of %j', (text, expected) => {
    expect(codeSpan(text)).toBe(expected);
  });

  it('block has a fence that is longer than those in it', () => {
    expect(codeBlock(['```', '\ta\u001b'], 'go')).toEqual(['````go', '```', '\ta\\x1b', '````']);
  });
});

describe('Markdown', () => {
  it('tells why, where, with what', () => {
    expect(formOf(REPORT, 'md')).toMatchInlineSnapshot(`
      "## \`panic: :(\`

      **goroutine 1** died in \`main.explode\` at \`main.go:11\`

      \`\`\`go
         10  		if sum%42 == 0 {
      => 11  			panic(":(")
         12  		}
      \`\`\`

      **Locals**

      - \`sum\` \`int\` = \`7163186\` (may be stale: \`last written at line 9\`)
      - \`n\`: \`not available: optimised away at this point\`

      <details>
      <summary>Stack of goroutine 1 (5 frames)</summary>

      \`\`\`text
         0  runtime.raise    sys_linux_amd64.s:154
         1  runtime.gopanic  panic.go:879
      => 2  main.explode     main.go:11
         3  main.main        main.go:20
         4  runtime.main     proc.go:290
      \`\`\`

      </details>

      <details>
      <summary>Other goroutines: 4 in all, 1 group</summary>

      \`\`\`text
      3 goroutines [force gc (idle)]: goroutines 2 3 4
          0  runtime.gopark  proc.go:463
      \`\`\`

      </details>

      <details>
      <summary>What the conclusion rests on</summary>

      - \`kind of death: panic (proven)\`

      </details>

      _Core of_ \`exe\`: \`go1.26.10\`, \`amd64\`, \`pid 5457\`, \`the executable matches the core\` · inquest 0.1.0"
    `);
  });

  it('keeps what a program had in its memory in code', () => {
    const text = formOf(hostileReport(), 'md');
    // Without blocks and spans of code nothing of it is left.
    const bare: string[] = [];
    let fence: string | undefined;
    for (const line of text.split('\n')) {
      if (fence === undefined) {
        fence = /^(`{3,})\w*$/.exec(line)?.[1];
        if (fence === undefined) bare.push(line.replaceAll(/(?<!`)(`+)(?!`)[^]*?[^`]\1(?!`)/g, ''));
      } else if (line === fence) fence = undefined;
    }
    expect(fence).toBeUndefined();
    expect(bare.join('\n')).not.toMatch(/script|img|javascript|@someone|#1|http|iframe|&lt;/);
  });

  it('leaves whole parts out where it would be too long for an issue', () => {
    const long = Array.from({ length: 5000 }, (_, i) => variable(`v${i}`, 'x'.repeat(500)));
    const detail = {
      frames: [3, 4].map((index) => ({
        index,
        source: { file: '', line: 0, lines: undefined, problem: undefined },
        arguments: long,
        locals: [],
        problem: undefined,
      })),
      stacks: [],
      stacksLeftOut: 0,
    };
    const text = formOf({ ...REPORT, arguments: long, locals: long, detail }, 'md');
    expect(text.length).toBeLessThan(65_536);
    expect(text).toMatch(/\d parts? left out: too long for an issue/);
    expect(text).toMatch(/_Core of_ `exe`.*$/);
  });
});
