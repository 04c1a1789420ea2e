import { parseCorePattern, type CorePattern } from './core-pattern.ts';
import { findContainer, type Container } from './container.ts';
import { readAbrtSettings, readSystemdSettings, type AbrtSettings, type SystemdSettings } from './handler-settings.ts';
import type { HostReader } from './host-reader.ts';
import { readProcessFacts, type ProcessFacts } from './process-facts.ts';

/** What decides whether a core is kept on a machine. */
export interface HostFacts {
  /** As core_pattern has it; undefined where there is none to be read. */
  readonly patternText: string | undefined;
  readonly pattern: CorePattern | undefined;
  readonly hostName: string | undefined;
  /** As fs.suid_dumpable. */
  readonly suidDumpable: number | undefined;
  readonly container: Container | undefined;
  /** Windows Subsystem for Linux. */
  readonly isWsl: boolean;
  readonly process: ProcessFacts;
  /** GOTRACEBACK; '' where it is not set, undefined where that cannot be told. */
  readonly goTraceback: string | undefined;
  readonly systemd: SystemdSettings | undefined;
  readonly abrt: AbrtSettings | undefined;
}

export interface HostQuestion {
  /** The process asked about; without one, programs that are started from here. */
  readonly pid?: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** Reads the facts; undefined if there is no such process (or no /proc). */
export function readHostFacts(reader: HostReader, { pid, env, cwd }: HostQuestion): HostFacts | undefined {
  const found = readProcessFacts(reader, pid ?? 'self');
  if (found === undefined) return undefined;
  const process = pid === undefined ? { ...found, cwd, goTraceback: env['GOTRACEBACK'] ?? '' } : found;
  const patternText = reader.text('/proc/sys/kernel/core_pattern')?.replace(/\n$/, '');
  const usesPid = reader.text('/proc/sys/kernel/core_uses_pid')?.trim() === '1';
  const pattern = patternText === undefined ? undefined : parseCorePattern(patternText, usesPid);
  const handler = pattern?.kind === 'pipe' ? pattern.handler : undefined;
  const suid = Number.parseInt(reader.text('/proc/sys/fs/suid_dumpable') ?? '', 10);
  return {
    patternText,
    pattern,
    hostName: reader.text('/proc/sys/kernel/hostname')?.trim(),
    suidDumpable: Number.isNaN(suid) ? undefined : suid,
    container: findContainer(reader, process.cgroup, process.root ?? '', pid === undefined ? env : {}),
    isWsl: /microsoft/i.test(reader.text('/proc/sys/kernel/osrelease') ?? ''),
    process,
    goTraceback: process.goTraceback,
    systemd: handler === 'systemd' ? readSystemdSettings(reader) : undefined,
    abrt: handler === 'abrt' ? readAbrtSettings(reader) : undefined,
  };
}
