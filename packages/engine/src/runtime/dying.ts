import type { GoRuntime } from './go-runtime.ts';
import type { Goroutine, RuntimeThread } from './goroutine.ts';
import { G_SYSCALL } from './status.ts';

/** The thread that crashed the program, by the runtime's own marks: dying first, then throwing, then a fatal signal. */
export function crashingThread(runtime: GoRuntime): RuntimeThread | undefined {
  const order = runtime.program.target.threads.map((t) => runtime.threadOf(t.tid)).filter((m) => m !== undefined);
  return (
    order.find((m) => m.dying !== 0) ?? order.find((m) => m.throwing !== 0) ?? order.find((m) => m.caughtSignalG !== 0)
  );
}

/** The goroutine that a thread ran, or was running when a fatal signal came; undefined if it ran none. */
export function goroutineOn(
  runtime: GoRuntime,
  { curg, caughtSignalG, g0, gsignal }: RuntimeThread,
): Goroutine | undefined {
  const caught = caughtSignalG === g0 || caughtSignalG === gsignal ? 0 : caughtSignalG;
  const goroutine = runtime.goroutineAt(curg || caught);
  if (goroutine?.status !== G_SYSCALL) return goroutine;
  // To a thread of C one is lent, which does nothing until C calls Go.
  const isIdle = runtime.program.findFunc(goroutine.syscall.pc)?.func.name === 'runtime.goexit';
  return isIdle ? undefined : goroutine;
}

/** The functions with which a panic or a fatal error ends the program: debuggers stop it there, before it is marked as dying. */
const ENDS: ReadonlySet<string> = new Set(['runtime.fatalpanic', 'runtime.throw', 'runtime.fatal']);

/** A thread that a debugger stopped when it was about to die, and the function that it had called. */
export function endingThread(
  runtime: GoRuntime,
): { readonly thread: RuntimeThread; readonly name: string } | undefined {
  const { program } = runtime;
  const { target } = program;
  for (const { tid, registers } of target.threads) {
    const name = program.findFunc(Number(registers.get(target.arch.pc) ?? 0n))?.func.name;
    const thread = name !== undefined && ENDS.has(name) ? runtime.threadOf(tid) : undefined;
    if (name !== undefined && thread !== undefined) return { thread, name };
  }
  return undefined;
}
