import { hex } from '../../base/errors.ts';
import { signalName } from '../../target/signals.ts';
import type { Thread } from '../../target/target.ts';
import { callLocation } from '../calls.ts';
import { defineOperation, type Operation } from '../operation.ts';
import type { LibraryResult, RegisterResult, ThreadResult } from '../results.ts';
import type { Session } from '../session.ts';

function threadResult(session: Session, thread: Thread): ThreadResult {
  const { runtime, program } = session;
  const m = runtime.threadOf(thread.tid);
  const goroutine = m && m.curg !== 0 ? runtime.goroutineAt(m.curg) : undefined;
  const stack = session.stackOf({ goroutine: undefined, thread });
  const crashed = (runtime.crashingThread()?.tid ?? program.target.threads[0]?.tid) === thread.tid;
  const selected = session.selection.goroutine?.tid ?? session.selection.thread?.tid;
  return {
    id: thread.tid,
    selected: selected === thread.tid,
    crashed,
    // The kernel writes the fatal signal into every thread's status.
    signal: crashed && thread.signal !== 0 ? signalName(thread.signal) : undefined,
    goroutine: goroutine?.id,
    location: callLocation(stack.at(0)),
  };
}

export const threadsOperation: Operation<readonly ThreadResult[]> = defineOperation({
  name: 'threads',
  aliases: [],
  group: 'goroutines',
  summary: 'List the threads of the process',
  parameters: [],
  run: (session) => session.program.target.threads.map((thread) => threadResult(session, thread)),
});

export const threadOperation: Operation<ThreadResult> = defineOperation({
  name: 'thread',
  aliases: ['tr'],
  group: 'goroutines',
  summary: 'Select a thread by its number, or show the selected one',
  parameters: [{ name: 'id', kind: 'number', positional: true, summary: 'Linux thread id' }],
  run(session, parameters) {
    if (typeof parameters['id'] === 'number') session.selectThread(parameters['id']);
    const { threads } = session.program.target;
    const tid = session.selection.goroutine?.tid ?? session.selection.thread?.tid;
    return threadResult(session, threads.find((t) => t.tid === tid) ?? (threads[0] as Thread));
  },
});

export const regsOperation: Operation<readonly RegisterResult[]> = defineOperation({
  name: 'regs',
  aliases: [],
  group: 'data',
  summary: 'Print the registers of the selected frame, as far as they are known there',
  details: 'regs -a    with the vector registers',
  parameters: [{ name: 'a', kind: 'flag', summary: 'with the vector registers' }],
  run(session, parameters) {
    const { arch } = session.program.target;
    const { registers } = session.call().frame;
    const rows: RegisterResult[] = [];
    for (const { name, dwarf, wide } of arch.registers) {
      if (wide === true) {
        const bytes = parameters['a'] === true ? registers.getWide(dwarf) : undefined;
        if (bytes !== undefined)
          rows.push({
            name,
            value: `0x${[...bytes]
              .reverse()
              .map((b) => b.toString(16).padStart(2, '0'))
              .join('')}`,
            note: undefined,
          });
        continue;
      }
      const value = registers.get(dwarf);
      if (value === undefined) continue;
      const found = value < 1n << 47n ? session.program.findFunc(Number(value)) : undefined;
      const note = found && `${found.func.name}+${hex(Number(value) - found.func.entry)}`;
      rows.push({ name, value: `0x${value.toString(16).padStart(16, '0')}`, note });
    }
    return rows;
  },
});

export const librariesOperation: Operation<readonly LibraryResult[]> = defineOperation({
  name: 'libraries',
  aliases: [],
  group: 'symbols',
  summary: 'List the files that were mapped into the process',
  parameters: [],
  run(session) {
    const { target } = session.program;
    const paths = [...new Set(target.mappedFiles.map((file) => file.path))];
    return paths.map((path) => {
      const parts = target.mappedFiles.filter((file) => file.path === path);
      const start = Math.min(...parts.map((file) => file.start));
      const isExecutable = path === target.executablePath;
      const image = isExecutable ? session.program.main : session.program.imageAt(start);
      const ids = image?.buildIds;
      const problem =
        image === undefined
          ? isExecutable
            ? 'no executable was given'
            : 'not at hand, or not the file that was mapped'
          : undefined;
      return {
        path,
        start: hex(start),
        end: hex(Math.max(...parts.map((file) => file.end))),
        opened: image !== undefined,
        buildId: ids?.gnu ?? ids?.go,
        problem,
      };
    });
  },
});
