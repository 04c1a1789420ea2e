import type { FoundFunc } from '../../program/program.ts';
import type { GoRuntime } from '../../runtime/go-runtime.ts';
import type { Goroutine } from '../../runtime/goroutine.ts';
import type { Call, CallStack } from '../../unwind/call-stack.ts';
import type { ValueContext } from '../../values/context.ts';
import type { NamedValue } from './names.ts';
import type { SourceLines } from './source-statements.ts';

/** A deferred call that has not run. */
export interface PendingDefer {
  /** Name of what will be called. */
  readonly name: string;
  /** What may be its first argument, the receiver of a method: in its register, or captured by the compiler's wrapper. */
  readonly receivers: readonly number[];
  /** The code that runs first: a wrapper of the compiler's, or what is called. */
  readonly code: FoundFunc | undefined;
}

/** What a session knows that the search for waits needs; asked for few goroutines only. */
export interface Surroundings {
  readonly runtime: GoRuntime;
  readonly context: ValueContext;
  /** True for goroutines of the runtime itself. */
  isSystem(goroutine: Goroutine): boolean;
  /** True for the one whose thread died: it waits for nothing. */
  isCrashed(goroutine: Goroutine): boolean;
  /** Names of the calls of a stack, innermost first: cheap, for all goroutines. The same list for the same stack. */
  functions(goroutine: Goroutine): readonly string[];
  stack(goroutine: Goroutine): CallStack;
  /** Variables of a call that have a value. */
  variables(call: Call): readonly NamedValue[];
  globals(): Iterable<NamedValue>;
  deferred(goroutine: Goroutine, call: Call): readonly PendingDefer[];
  /** Address of the lock that an expression means in a call, itself, behind a pointer or embedded; undefined if it means none. */
  lockAt(goroutine: Goroutine, call: Call, expression: string, type: 'mutex' | 'rwmutex'): number | undefined;
  /** The source of a call's function, if it is at hand and as it was built. */
  functionSource(call: Call): SourceLines | undefined;
  /** A line of source; undefined where it is not at hand. */
  sourceLine(file: string, line: number): string | undefined;
}
