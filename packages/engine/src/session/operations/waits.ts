import { defineOperation, type Operation } from '../operation.ts';
import type { DeadlocksResult, WaitsResult } from '../results-waits.ts';
import { deadlocksResult, MOST_GROUPS, waitsResult } from '../wait-results.ts';

export const waitingOperation: Operation<WaitsResult> = defineOperation({
  name: 'waiting',
  aliases: ['waits'],
  group: 'goroutines',
  summary: 'Show what blocked goroutines wait for, and who has it',
  details: `waiting               goroutines that wait, together by the thing that they wait on, the longest waits first
waiting -limit 500    more groups

Channels, locks, wait groups and conditions are named by an expression where a variable of a waiting goroutine or a package
variable leads to them, or as the line calls them that waits. Descriptors are told with the addresses of both ends, sleeps with the time
that is left, system calls by their names. Who waits on what is read from the runtime's own queues. Who has a lock is not recorded by Go: it is
told where a stack shows it, and how sure that is.`,
  parameters: [{ name: 'limit', kind: 'number', summary: `how many groups at most (${MOST_GROUPS})` }],
  run(session, parameters) {
    const limit = typeof parameters['limit'] === 'number' ? Math.max(0, parameters['limit']) : MOST_GROUPS;
    return waitsResult(session, limit);
  },
});

export const deadlocksOperation: Operation<DeadlocksResult> = defineOperation({
  name: 'deadlocks',
  aliases: [],
  group: 'goroutines',
  summary: 'Find goroutines that wait for each other, and those that nothing can wake',
  details: `Two kinds are looked for:

cycles    goroutines each of which waits for a lock that the next one has. Who has a lock is told by stacks (see waiting).
leaks     goroutines that wait on something that nothing else can reach: no package variable, no goroutine that can go on, no
          timer. The whole memory is searched, and every word that could be an address counts, so that what is told is so.

A program can be stuck in other ways as well; what is not certain enough is not told.`,
  parameters: [],
  run: deadlocksResult,
});
