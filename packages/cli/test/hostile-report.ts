import type { ReportResult } from '@inquest/engine';
import { group, place, REPORT, tree, variable } from './results.ts';
import { hostileSummary, hostileWaits } from './hostile-waits.ts';

/** What a program may have had in its memory to break out of a report. */
export const ATTACKS: readonly string[] = [
  '<script>document.title="pwned"</script>',
  '"><img src=x onerror=document.title="pwned">',
  "'><svg onload=document.title='pwned'>",
  '</code></pre></td><iframe src=javascript:document.title="pwned">',
  '</style><script>document.title="pwned"</script>',
  '<!--',
  '&lt;script&gt;',
  '```\n</details>\n# heading @someone #1 ![x](http://example.invalid/x.png)',
  '`a`` [x](javascript:alert(1)) |',
  '\u202etxt.exe\u0000\u001b[31m',
];

/** A report in which every text of the program is such an attack. */
export function hostileReport(): ReportResult {
  const attack = ATTACKS.join(' ');
  const variables = ATTACKS.map((text, i) => ({
    ...variable(`v${i}`, text, { type: text, stale: text }),
    value: { ...tree(text, 'string'), length: new TextEncoder().encode(text).length },
  }));
  const bad = place(attack, `/work/${attack}.go`, 1);
  const frames = (REPORT.stack?.frames ?? []).map((each) => ({
    ...each,
    function: attack,
    file: `/work/${attack}.go`,
  }));
  const source = {
    file: '/work/a.go',
    line: 2,
    lines: ATTACKS.map((text, i) => ({ number: i + 1, text, current: i === 1 })),
    problem: undefined,
  };
  const detail = { index: 2, source, arguments: variables, locals: [], problem: attack };
  return {
    ...REPORT,
    program: {
      ...REPORT.program,
      executable: attack,
      core: attack,
      command: attack,
      goVersion: attack,
      mainPackage: attack,
      build: [attack],
    },
    cause: {
      ...REPORT.cause,
      headline: `panic: ${attack}`,
      panics: ATTACKS.map((text) => ({ text, value: undefined, recovered: true, repanicked: false, goexit: false })),
      signal: { name: attack, code: attack, address: '0x0', pc: '0x1' },
      evidence: ATTACKS,
      findings: ATTACKS.map((text) => ({ text, confidence: 'likely', evidence: text })),
    },
    stack: { goroutine: 1, thread: 1, frames, truncated: true, problem: attack, gap: attack, selected: 0 },
    recursion: { functions: [attack], first: 0, frames: 2, bytesPerRound: 1, callers: [bad] },
    source,
    arguments: variables,
    locals: variables,
    variablesProblem: attack,
    others: [{ ...group(3, attack, false, bad), key: 'k', createdBy: bad }],
    health: ATTACKS,
    waits: hostileSummary(attack, bad),
    detail: {
      frames: [detail],
      stacks: [{ key: 'k', frames: [bad], truncated: true }],
      stacksLeftOut: 1,
      waits: hostileWaits(attack, bad),
    },
  };
}
