import type { DebugProtocol } from '@vscode/debugprotocol';
import { evaluateLive, formatValue, isDebugError } from '@inquest/engine';
import { forClient } from './client.ts';
import type { CoreView } from './core-view.ts';
import { showValue } from './live-variables.ts';
import { viewCommand } from './view-command.ts';

/** What an evaluation came to. */
export interface Evaluation {
  readonly body: DebugProtocol.EvaluateResponse['body'];
  /** What the client should be told besides. */
  readonly after?: 'leave' | 'threads' | 'variables' | 'goroutine';
}

/** What is loaded for the clipboard: all, within reason. */
const WHOLE = { maxStringLen: 1 << 20, maxArrayValues: 10_000, maxVariableRecurse: 8 } as const;
/** Characters of the answer to a command; there are better ways for more. */
const LONGEST_ANSWER = 8 << 20;

/** Answers `evaluate`. */
export function evaluate(view: CoreView, args: DebugProtocol.EvaluateArguments): Evaluation {
  const { context, frameId, expression } = args;
  if (context === 'repl') return inConsole(view, args);
  // How vscode-go asks for a setting.
  if (/^\s*dlv\s/.test(expression)) return command(view, expression.replace(/^\s*dlv\s+/, ''), frameId);
  if (context === 'clipboard') {
    // The Go extension of VS Code asks for a variable that it has just listed, and does not say where.
    const result = view.inFrame(frameId ?? view.frameLookedAt, () =>
      formatValue(evaluateLive(view.session, expression).tree(WHOLE), { multiline: false }),
    );
    return { body: { result, variablesReference: 0 } };
  }
  return { body: value(view, args) };
}

function value(
  view: CoreView,
  args: DebugProtocol.EvaluateArguments,
  suggest = true,
): DebugProtocol.EvaluateResponse['body'] {
  const { frameId, expression, format } = args;
  return view.inFrame(frameId, () => {
    const live = evaluateLive(view.session, expression, { suggest });
    const key = `expression ${frameId ?? selectedKey(view)} ${expression}`;
    const { value: result, ...rest } = showValue(view.showing(format?.hex, frameId), key, live, expression, live.stale);
    return { result, ...forClient(view.client, rest) };
  });
}

function selectedKey({ session, threads }: CoreView): string {
  return `${threads.threadOf(session.selection)}:${session.selectedFrame}`;
}

/** The debug console takes all that the prompt takes, and plain expressions, which go first: `dlv` says that it is a command. */
function inConsole(view: CoreView, args: DebugProtocol.EvaluateArguments): Evaluation {
  const text = args.expression.trim();
  if (text === '') return { body: { result: '', variablesReference: 0 } };
  const [, line] = /^dlv(?:\s+(.*))?$/s.exec(text) ?? [];
  if (line !== undefined || text === 'dlv') return command(view, line ?? 'help', args.frameId);
  const isCommand = view.core.prompt.knows(text);
  try {
    return { body: value(view, { ...args, expression: text }, !isCommand) };
  } catch (error) {
    if (!isDebugError(error) || !isCommand) throw error;
    return command(view, text, args.frameId);
  }
}

function command(view: CoreView, line: string, frameId: number | undefined): Evaluation {
  const own = viewCommand(view, line);
  if (own !== undefined)
    return {
      body: { result: own.text, variablesReference: 0 },
      ...(own.after === undefined ? {} : { after: own.after }),
    };
  if (frameId !== undefined) select(view, frameId);
  const { session } = view;
  const before = { goroutine: session.selection.goroutine?.id, settings: session.settings };
  const { text, leave } = view.core.prompt.run(line);
  const body = { result: shortened(text.trimEnd()), variablesReference: 0 };
  if (leave) return { body, after: 'leave' };
  if (session.selection.goroutine?.id !== before.goroutine) return { body, after: 'goroutine' };
  return session.settings === before.settings ? { body } : { body, after: 'variables' };
}

function shortened(text: string): string {
  if (text.length <= LONGEST_ANSWER) return text;
  return `${text.slice(0, LONGEST_ANSWER)}\n… ${text.length - LONGEST_ANSWER} characters more: ask for a part, or write it into a file with > FILE`;
}

/** The prompt works where the editor looks. */
function select({ session, ...view }: CoreView, frameId: number): void {
  const { selection, index } = view.frames.get(frameId) ?? {};
  if (selection === undefined || index === undefined) return;
  const { goroutine, thread } = selection;
  if (goroutine !== undefined && goroutine.id !== session.selection.goroutine?.id)
    session.selectGoroutine(goroutine.id);
  else if (goroutine === undefined && thread !== undefined) session.selectThread(thread.tid);
  if (session.selectedFrame !== index) session.selectFrame(index);
}
