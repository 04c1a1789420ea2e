import { DebugError, type FrameResult, type Parameters, type Scope, type StackResult } from '@inquest/engine';
import { frameOf } from './places.ts';
import type { DelveCommand, DelveCommands, DelveServer } from './server.ts';

/** Frames shown where no depth is given. */
const DEPTH = 50;

/** Bits of the options of a stack trace. */
const OPTION = { defers: 1, simple: 2, fromg: 4 } as const;

function optionsOf({ defer, mode }: Parameters): number {
  if (mode !== undefined && mode !== 'normal' && mode !== 'simple' && mode !== 'fromg')
    throw new DebugError(`there is no mode ${String(mode)}`, {
      code: 'usage',
      hint: 'the modes are normal, simple and fromg',
    });
  return (defer === true ? OPTION.defers : 0) | (mode === undefined || mode === 'normal' ? 0 : OPTION[mode]);
}

async function stack(server: DelveServer, parameters: Parameters, scope: Scope): Promise<StackResult> {
  const { depth, full, offsets, defer, from } = parameters;
  const count = typeof depth === 'number' ? Math.max(0, depth) : DEPTH;
  const start = typeof from === 'number' ? Math.max(0, from) : 0;
  const found = await server.frames(scope.goroutine ?? -1, {
    Skip: start,
    Depth: start + count,
    Opts: optionsOf(parameters),
    ...(full === true ? { Cfg: server.load } : {}),
  });
  const extras = { full: full === true, offsets: offsets === true, defers: defer === true };
  const problem = found.at(-1)?.Err ?? '';
  return {
    goroutine: scope.goroutine,
    thread: undefined,
    frames: found
      .filter(({ Err }) => Err === '')
      .slice(0, count)
      .map((frame, i) => frameOf(frame, start + i, extras)),
    truncated: found.length > count,
    problem: problem === '' ? undefined : problem,
    gap: undefined,
    selected: server.frame,
  };
}

/** Goes to a frame; in another goroutine it is only shown. */
async function goTo(server: DelveServer, index: number, scope: Scope): Promise<FrameResult> {
  const frame = frameOf(await server.frameAt(index, scope), index);
  if (scope.goroutine === undefined) server.frame = index;
  return frame;
}

function move(direction: 1 | -1): DelveCommand {
  return {
    takes: ['count'],
    run: (server, { count }, scope) =>
      goTo(server, server.frameOf(scope) + direction * (typeof count === 'number' ? count : 1), scope),
  };
}

export const STACK_COMMANDS: DelveCommands = {
  stack: { takes: ['depth', 'full', 'offsets', 'defer', 'from', 'mode'], run: stack },
  frame: {
    takes: ['index'],
    run: (server, { index }, scope) => goTo(server, typeof index === 'number' ? index : server.frameOf(scope), scope),
  },
  up: move(1),
  down: move(-1),
};
