import { attempt } from '../base/errors.ts';
import type { ValueContext } from '../values/context.ts';
import { loadValue } from '../values/load.ts';
import { channelOf, type Value } from '../values/value.ts';
import { callLocation, userCall } from './calls.ts';
import type { WaitingResult } from './results.ts';
import type { Session } from './session.ts';

/** Goroutines listed that wait on a channel, as in Delve. */
const MOST_WAITING = 100;

/** Who waits on a channel; empty for other values, and where the queues cannot be read. */
export function waitersOn(session: Session, context: ValueContext, value: Value): WaitingResult[] {
  if (value.type.kind !== 'chan') return [];
  const channel = attempt(() => channelOf(context, value));
  const waiting: WaitingResult[] = [];
  for (const action of ['receive', 'send'] as const) {
    const queue = action === 'receive' ? channel?.receivers() : channel?.senders();
    attempt(() => {
      for (const { g, item } of queue ?? []) {
        if (waiting.length >= MOST_WAITING) return;
        const goroutine = session.runtime.goroutineAt(g);
        if (goroutine === undefined) continue;
        const call = attempt(() => userCall(session.stackOf({ goroutine, thread: undefined })));
        const sent = action === 'send' && item !== undefined ? loadValue(context, item) : undefined;
        waiting.push({ goroutine: goroutine.id, action, item: sent, location: callLocation(call) });
      }
    });
  }
  return waiting;
}
