import type { GoroutinesResult, StackResult, WaitsResult, DeadlocksResult } from '@inquest/engine';

/** What the extension needs of a debug session: `vscode.DebugSession` has it, and so has a client in a test. */
export interface Asker {
  customRequest(command: string, args?: unknown): PromiseLike<unknown>;
}

interface Answers {
  goroutines: GoroutinesResult;
  stack: StackResult;
  waiting: WaitsResult;
  deadlocks: DeadlocksResult;
}

/** Runs an operation of the session, as the command of that name at the prompt; rejects with its sentence where it fails. */
export async function ask<Name extends keyof Answers>(
  session: Asker,
  operation: Name,
  parameters: Readonly<Record<string, unknown>> = {},
  goroutine?: number,
): Promise<Answers[Name]> {
  const answer = (await session.customRequest('inquest', { operation, parameters, goroutine })) as {
    readonly result: Answers[Name];
  };
  return answer.result;
}

/** The whole report as one HTML page without scripts. */
export async function reportPage(session: Asker): Promise<string> {
  const line = { expression: 'report -html', context: 'repl' };
  const answer = (await session.customRequest('evaluate', line)) as { readonly result: string };
  return answer.result;
}
