import type { DebugProtocol } from '@vscode/debugprotocol';
import type { CoreView } from './core-view.ts';

/** What a completion is put in for: some clients go back no further than to the last mark. */
const LAST_WORD = /[\p{L}\p{N}_]*$/u;

/** Answers `completions`: commands, and what can stand in expressions. */
export function completions(view: CoreView, args: DebugProtocol.CompletionsArguments): DebugProtocol.CompletionItem[] {
  const { text, column, line, frameId } = args;
  const lines = text.split('\n');
  const row = lines[(line ?? 1 + view.client.lineOffset) - 1 - view.client.lineOffset] ?? '';
  const typed = row.slice(0, Math.max(0, column - 1 - view.client.columnOffset));
  const [, prefix = '', rest = ''] = /^(\s*dlv\s+)?(.*)$/s.exec(typed) ?? [];
  const { prompt } = view.core;
  const { columnOffset, isNvimDap } = view.client;
  // Behind a command only what belongs to it.
  const isCommand = prefix !== '' || (/\S\s/.test(rest) && prompt.knows(rest));
  // A line of text among the frames is chosen like a frame: commands are there all the same.
  const isFrame = frameId !== undefined && view.frame(frameId).selection !== undefined;
  return view.inFrame(isFrame ? frameId : undefined, () => {
    const offers = [prompt.complete(rest), ...(isCommand ? [] : [prompt.complete(`print ${rest}`)])];
    const seen = new Set<string>();
    return offers.flatMap(({ names, tail }) =>
      names.flatMap((name): DebugProtocol.CompletionItem[] => {
        const key = `${tail.length} ${name}`;
        if (seen.has(key)) return [];
        seen.add(key);
        const kept = tail.length - (LAST_WORD.exec(tail)?.[0].length ?? 0);
        const start = typed.length - tail.length + kept + columnOffset + 1;
        const place = isNvimDap ? {} : { start, length: tail.length - kept };
        return [{ label: name, text: name.slice(kept), ...place, type: 'text' }];
      }),
    );
  });
}
