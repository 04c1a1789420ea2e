import { describe, expect, it } from 'vitest';
import { cutReason } from './cut-reason.ts';

describe('why a core was cut off', () => {
  it('is told by the sizes at which systemd-coredump stops', () => {
    const { why, fixes } = cutReason(2 * 2 ** 30, undefined);
    expect(why).toMatch(/exactly 2 GiB, where systemd-coredump stops/);
    expect(fixes[0]).toMatch(/ProcessSizeMax=.*ExternalSizeMax=.*coredump\.conf/);
    expect(cutReason(32 * 2 ** 30, undefined).why).toMatch(/32 GiB, where systemd/);
    expect(cutReason(5 * 2 ** 30, undefined).why).toMatch(/exactly 5 GiB, as a limit/);
  });

  it('is told by what the file takes on disk: the limit does not count holes', () => {
    // As Linux 6.18 left them with ulimit -c 4096 and 10000.
    expect(cutReason(7_499_776, 4_198_400).why).toMatch(/a limit of 4096 KiB would end it \(ulimit -c 4096\)/);
    expect(cutReason(12_492_800, 10_244_096).why).toMatch(/ulimit -c 10000\)/);
    expect(cutReason(12_492_800, 10_244_096).fixes[0]).toBe('ulimit -c unlimited');
  });

  it('is not guessed where the sizes tell nothing', () => {
    for (const [size, allocated] of [
      [7_499_776, undefined],
      [7_499_776, 4_300_000],
      [2 * 2 ** 30 + 4096 * 5, undefined],
      [0, 0],
    ] as const) {
      const { why, fixes } = cutReason(size, allocated);
      expect(why).toMatch(/its size does not tell which/);
      expect(fixes.join('\n')).toMatch(/ulimit -c unlimited[^]*core_pattern[^]*copy it again/);
    }
  });
});
