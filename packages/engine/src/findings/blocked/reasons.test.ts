import { describe, expect, it } from 'vitest';
import type { Goroutine } from '../../runtime/goroutine.ts';
import { G_LEAKED, G_RUNNABLE, G_SYSCALL, G_WAITING } from '../../runtime/status.ts';
import { classOf, isAtSemaphore, isWaiting, outsideKind } from './reasons.ts';

function goroutine(status: number, waitReason: string): Goroutine {
  return { status, waitReason } as Goroutine;
}

describe('reasons to wait', () => {
  it('tell what is waited for, in bubbles of synctest too', () => {
    expect(classOf('chan receive')).toBe('receive');
    expect(classOf('chan receive (synctest)')).toBe('receive');
    expect(classOf('select (durable)')).toBe('select');
    expect(classOf('select (no cases)')).toBe('no cases');
    expect(classOf('sync.Cond.Wait (durable)')).toBe('condition');
    expect(['sync.Mutex.Lock', 'sync.WaitGroup.Wait', 'semacquire'].map(classOf)).toEqual(Array(3).fill('semaphore'));
    expect(['GC sweep wait', 'constructor', 'unknown wait reason 99'].map(classOf)).toEqual(Array(3).fill('runtime'));
    expect(classOf('')).toBe('unknown');
  });

  it('are believed of those that wait only', () => {
    expect(isAtSemaphore(goroutine(G_WAITING, 'sync.Mutex.Lock'))).toBe(true);
    expect(isAtSemaphore(goroutine(G_LEAKED, 'sync.Mutex.Lock'))).toBe(true);
    expect(isAtSemaphore(goroutine(G_RUNNABLE, 'sync.Mutex.Lock'))).toBe(false);
    expect(outsideKind(goroutine(G_WAITING, 'sleep'))).toBe('sleep');
    expect(outsideKind(goroutine(G_RUNNABLE, 'sleep'))).toBeUndefined();
    expect(outsideKind(goroutine(G_WAITING, 'IO wait'))).toBe('network');
    expect(outsideKind(goroutine(G_WAITING, 'select'))).toBeUndefined();
    expect(outsideKind(goroutine(G_SYSCALL, ''))).toBe('system call');
    expect([G_WAITING, G_SYSCALL, G_LEAKED, G_RUNNABLE].map((status) => isWaiting(goroutine(status, '')))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });
});
