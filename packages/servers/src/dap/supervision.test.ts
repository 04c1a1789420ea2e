import { describe, expect, it } from 'vitest';
import { Supervision } from './supervision.ts';

const first = { connection: 1, request: 7 };
const second = { connection: 2, request: 3 };

/** What the thread that answers has, and the one that carries messages, over the same memory. */
function threads(): { answers: Supervision; messages: Supervision; sent: string[] } {
  const answers = new Supervision();
  return { answers, messages: new Supervision(answers.memory), sent: [] };
}

describe('an interrupt', () => {
  it('is sent for the request that is being answered, and for no other', () => {
    const { answers, messages, sent } = threads();
    messages.giveUp(first, () => sent.push('too early'));
    answers.begin(first);
    expect(messages.running).toEqual(first);
    messages.giveUp(second, () => sent.push('another'));
    expect([answers.wasGivenUp, sent]).toEqual([false, []]);
    messages.giveUp(first, () => sent.push('first'));
    expect([answers.wasGivenUp, sent]).toEqual([true, ['first']]);
    answers.stopped();
    expect(messages.running).toBeUndefined();
    answers.begin(second);
    expect(answers.wasGivenUp).toBe(false);
    answers.end();
    messages.giveUp(second, () => sent.push('too late'));
    expect([answers.wasGivenUp, sent]).toEqual([false, ['first']]);
  });

  it('is sent once, however often the request is given up, and again for the next with its number', () => {
    const { answers, messages, sent } = threads();
    for (const round of ['one', 'two']) {
      answers.begin(first);
      for (let i = 0; i < 3; i++) messages.giveUp(first, () => sent.push(round));
      answers.stopped();
      messages.giveUp(first, () => sent.push('too late'));
    }
    expect(sent).toEqual(['one', 'two']);
  });

  it('that was sent is waited for where the answer ends', () => {
    const { answers, messages } = threads();
    answers.begin(first);
    messages.giveUp(first, () => undefined);
    const stop = new Error('stopped');
    const { now } = Date;
    let calls = 0;
    Date.now = () => {
      // The interrupt comes while the end waits for it.
      if (++calls === 50) throw stop;
      return now();
    };
    try {
      expect(() => answers.end()).toThrow(stop);
    } finally {
      Date.now = now;
    }
    answers.stopped();
    answers.begin(second);
    answers.end();
    expect(calls).toBe(50);
  });
});
