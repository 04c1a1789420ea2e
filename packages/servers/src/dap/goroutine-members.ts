import type { DebugProtocol } from '@vscode/debugprotocol';
import { describeGoroutine, type FrameResult, type GoroutineResult, type StackResult } from '@inquest/engine';
import type { CoreView } from './core-view.ts';
import { frameVariables } from './frame-variables.ts';
import { statusOf } from './threads.ts';
import { textVariable, type Container, type Showing } from './variables.ts';

/** Goroutines that are shown as one, each of which can be looked into: its facts, its frames, and their variables. */
export function goroutineMembers(view: CoreView, ids: readonly number[]): Container {
  return {
    indexed: {
      count: ids.length,
      children: (start, end, showing) => ids.slice(start, end).map((id) => member(view, id, showing)),
    },
  };
}

function member(view: CoreView, id: number, { register }: Showing): DebugProtocol.Variable {
  const goroutine = describeGoroutine(view.session, id);
  const { userLocation } = goroutine;
  const where = userLocation === undefined ? '?' : `${userLocation.function} ${userLocation.file}:${userLocation.line}`;
  return {
    name: `[Go ${id}]`,
    value: `${where} [${statusOf(goroutine)}]`,
    variablesReference: register(`goroutine ${id}`, () => ({ named: (showing) => facts(view, goroutine, showing) })),
  };
}

function facts(view: CoreView, goroutine: GoroutineResult, { register }: Showing): DebugProtocol.Variable[] {
  const { id, labels, goLocation, parent } = goroutine;
  const out = Object.entries(labels ?? {}).map(([key, value]) => textVariable(`label ${key}`, value));
  if (goLocation !== undefined) {
    const by = parent === undefined ? '' : `, goroutine ${parent}`;
    out.push(textVariable('created by', `${goLocation.function} ${goLocation.file}:${goLocation.line}${by}`));
  }
  const { stack, truncated } = view.session.within({ goroutine: id }, () => {
    const result = view.ask<StackResult>('stack', { depth: view.view.stackTraceDepth });
    return { stack: result.frames, truncated: result.truncated };
  });
  out.push(...stack.map((frame) => stackLine(view, id, frame, register)));
  if (truncated) out.push(textVariable('…', `goroutine ${id} bt in the debug console shows more frames`));
  return out;
}

function stackLine(
  view: CoreView,
  id: number,
  frame: FrameResult,
  register: Showing['register'],
): DebugProtocol.Variable {
  const { index, function: name, file, line } = frame;
  const key = `goroutine ${id} frame ${index}`;
  return {
    name: `#${index}`,
    value: `${name} ${file}:${line}`,
    variablesReference: register(key, () => ({
      named: (showing) =>
        view.session.within({ goroutine: id, frame: index }, () => frameVariables(view.session, `${key} `, showing)),
    })),
  };
}
