import { describe, expect, it } from 'vitest';
import { nameInSource } from './names.ts';

describe('what a line waits on', () => {
  it('is what it receives from, ranges over, sends to, locks or waits for', () => {
    expect(nameInSource('\treply := <-s.answers', 'channel')).toBe('s.answers');
    expect(nameInSource('\t<-ctx.Done()', 'channel')).toBe('ctx.Done()');
    expect(nameInSource('\tfor job := range jobs[i] {', 'channel')).toBe('jobs[i]');
    expect(nameInSource('\ts.jobs <- job{text}', 'channel')).toBe('s.jobs');
    expect(nameInSource('\ts.mu.Lock()', 'mutex')).toBe('s.mu');
    expect(nameInSource('\tl.RLock()', 'rwmutex')).toBe('l');
    expect(nameInSource('\twg.Wait()', 'waitgroup')).toBe('wg');
    expect(nameInSource('\to.Do(func() {', 'once')).toBe('o');
  });

  it('is not told where there are two, or none', () => {
    expect(nameInSource('\tout <- <-in', 'channel')).toBeUndefined();
    expect(nameInSource('\tb.mu.Lock(); a.mu.Lock()', 'mutex')).toBeUndefined();
    expect(nameInSource('\twait(ch)', 'channel')).toBeUndefined();
    expect(nameInSource('\ts.mu.Lock()', 'channel')).toBeUndefined();
  });
});
