import type { DebugProtocol } from '@vscode/debugprotocol';
import type { CoreView } from './core-view.ts';

/** Answers `completions`: commands, and what can stand in expressions. */
export function completions(view: CoreView, args: DebugProtocol.CompletionsArguments): DebugProtocol.CompletionItem[] {
  const { text, column, line, frameId } = args;
  const lines = text.split('\n');
  const row = lines[(line ?? 1 + view.client.lineOffset) - 1 - view.client.lineOffset] ?? '';
  const typed = row.slice(0, Math.max(0, column - 1 - view.client.columnOffset));
  const [, prefix = '', rest = ''] = /^(\s*dlv\s+)?(.*)$/s.exec(typed) ?? [];
  const { prompt } = view.core;
  // Behind a command only what belongs to it.
  const isCommand = prefix !== '' || (/\S\s/.test(rest) && prompt.knows(rest));
  return view.inFrame(frameId, () => {
    const offers = [prompt.complete(rest), ...(isCommand ? [] : [prompt.complete(`print ${rest}`)])];
    const seen = new Set<string>();
    return offers.flatMap(({ names, tail }) =>
      names.flatMap((name): DebugProtocol.CompletionItem[] => {
        const key = `${tail.length} ${name}`;
        if (seen.has(key)) return [];
        seen.add(key);
        const start = typed.length - tail.length;
        return [
          { label: name, text: name, start: start + view.client.columnOffset + 1, length: tail.length, type: 'text' },
        ];
      }),
    );
  });
}
