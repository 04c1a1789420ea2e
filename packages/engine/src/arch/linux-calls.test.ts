import { describe, expect, it } from 'vitest';
import { systemCallName } from './linux-calls.ts';

describe('names of system calls', () => {
  it('are those of the machine', () => {
    expect(['amd64', 'arm64'].map((arch) => systemCallName(arch, 63))).toEqual(['uname', 'read']);
    expect(systemCallName('amd64', 0)).toBe('read');
    expect(systemCallName('amd64', 334)).toBe('rseq');
    expect(systemCallName('arm64', 260)).toBe('wait4');
    expect(['amd64', 'arm64'].map((arch) => systemCallName(arch, 435))).toEqual(['clone3', 'clone3']);
  });

  it('end where the numbers end, and are missing in between', () => {
    for (const number of [335, 400, 9999, -1]) expect(systemCallName('amd64', number)).toBeUndefined();
    expect(systemCallName('arm64', 244)).toBeUndefined();
  });
});
