import type { LineDifference } from './compare.ts';

/** Why a line differs from Delve's: by an item of docs/differences-from-delve.md. All that is given must hold. */
export interface TerminalReason {
  readonly id: string;
  readonly command?: RegExp;
  readonly inquest?: RegExp;
  readonly delve?: RegExp;
  readonly when?: (difference: LineDifference) => boolean;
}

/** The other side has no such line. */
const NONE = /^$/;

/** The same place but for its line. */
const otherLine = ({ inquest = '', delve = '' }: LineDifference): boolean => {
  const withoutLine = (text: string): string => text.replace(/(\.\w+):\d+/g, '$1');
  return inquest !== '' && withoutLine(inquest) === withoutLine(delve);
};

const text = (line: string | undefined): string => /^.*\t+([^\t]+)\t*$/.exec(line ?? '')?.[1] ?? '';

/** The first that fits a difference counts. */
export const TERMINAL_REASONS: readonly TerminalReason[] = [
  { id: 'call-line', when: otherLine },
  { id: 'start-function', command: /^goroutines -s$/, inquest: / - Start: / },
  { id: 'start-function', command: /^goroutines -s$/, delve: / - Start: .*\.gowrap\d/ },
  { id: 'start-function', command: /-group startloc/, inquest: /^\/.* in runtime\.\w+$/, delve: NONE },
  { id: 'start-function', command: /-group startloc/, inquest: NONE, delve: /\.gowrap\d+$/ },
  { id: 'signal-frames', inquest: /in runtime\.(sigtramp|sigreturn__sigaction|dieFromSignal|raise)$/ },
  { id: 'signal-frames', inquest: /^\s*at .*\/runtime\/(sys_linux_amd64\.s|signal_unix\.go):\d+$/, delve: NONE },
  { id: 'signal-frames', command: /-mode simple/, inquest: NONE },
  { id: 'signal-frames', command: /-offsets/, inquest: /^ *frame: -|^$/, delve: NONE },
  {
    id: 'lea-operand',
    when: ({ inquest, delve }) => /^(lea|nop)\b/.test(text(inquest)) && /^(lea|nop)\b/.test(text(delve)),
  },
  { id: 'displacement-sign', inquest: /-0x/, delve: /0xfff/ },
  { id: 'byte-registers', inquest: /\tMOVSD /, delve: /\tMOVSD_XMM / },
  { id: 'large-immediates', inquest: /\$0x[89a-f][0-9a-f]{15}/, delve: /\$-0x/ },
  {
    id: 'data-symbols',
    inquest: /[a-z]\w*[.:][\w.,*()[\]:·{}; ]+(\+\d+)?(\(SB\))?[\],]/,
    delve: /0x\w+(\(IP\)|\(%rip\)|\])/,
  },
  { id: 'frame-mark', command: /disassemble$/, inquest: /^=>/ },
  { id: 'whole-instructions', command: /disassemble -a/ },
  { id: 'whatis', command: /^whatis error$/ },
  { id: 'target-details', command: /^target list$/, inquest: /^\* +\d+ +\// },
  { id: 'target-details', command: /^target list$/, delve: /^\* +\d+ *$/ },
  { id: 'stale-flag', inquest: /\(unreadable possibly stale: / },
  { id: 'lost-parts', inquest: / = \(unreadable /, delve: / = (?!\(unreadable )/ },
  { id: 'absent-words', inquest: /= \(unreadable /, delve: /= \(unreadable |^$/ },
  { id: 'computed-from-source', inquest: / = (?!\(unreadable)/, delve: NONE },
  { id: 'values-recovered', inquest: / = (?!\(unreadable)/, delve: / = / },
  { id: 'compiler-variables', inquest: NONE, delve: /^\s*\.autotmp_\d+ = / },
  // Between a frame's variables and the next frame.
  { id: 'signal-frames', command: /-full/, inquest: NONE, delve: NONE },
  { id: 'whole-grammar', inquest: /^\d+$/, delve: NONE },
  { id: 'wording', inquest: /^Command failed: /, delve: NONE },
  { id: 'wording', inquest: NONE, delve: /^Command failed: / },
];

/** The first reason that covers a difference. */
export function reasonOf(difference: LineDifference): TerminalReason | undefined {
  return TERMINAL_REASONS.find(
    ({ command, inquest, delve, when }) =>
      (command?.test(difference.command) ?? true) &&
      (inquest?.test(difference.inquest ?? '') ?? true) &&
      (delve?.test(difference.delve ?? '') ?? true) &&
      (when?.(difference) ?? true),
  );
}
